"""The pure part: no input or output, no Kafka, no clock; time and seeds are arguments."""
