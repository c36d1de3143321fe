"""Snapshots in the words of Evidently, for its UI of both generations."""
