"""Delayed ground truth: labels as columns, the rows that they belong to, and a model's quality on these."""
