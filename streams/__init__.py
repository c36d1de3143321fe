"""Prediction events in, drift reports out: exactly-once collectors over Kafka."""
