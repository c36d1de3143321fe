"""Metrics of the data as a whole: how many rows and columns, and which of them say nothing new."""
