"""Metrics of models that answer with numbers."""
