"""Tests of a report: conditions on the values of its metrics, with their outcome."""
