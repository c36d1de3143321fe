"""Metrics of models that answer with labels."""
