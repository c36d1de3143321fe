"""Reports: metrics and drift of a batch against a reference. Pure: the same data and configuration, the same report."""
