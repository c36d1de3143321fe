"""Prediction events in, drift reports out: exactly-once collectors over Kafka."""

__version__ = "0.1.0"
