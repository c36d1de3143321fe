"""`streams demo`: from nothing to drift snapshots, and a check that the drift is where it was put."""
