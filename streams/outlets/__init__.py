"""Where results are sent outside of topics and object store. Nothing here knows Kafka."""
