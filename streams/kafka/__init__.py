"""All that touches librdkafka or a broker."""
