"""Drift of embeddings: columns, or lists, of numbers that mean something only together."""
