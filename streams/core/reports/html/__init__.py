"""Snapshots as self-contained HTML pages: no network, no script, the same bytes for the same snapshot."""
