"""What is kept outside Kafka: objects, reference data, collector files. Nothing here knows Kafka."""
