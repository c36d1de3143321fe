"""Metrics of what a model says of its own certainty."""
