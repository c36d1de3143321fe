"""Batches: the rows of a closed window as Parquet, and the manifest that says what they are."""
