"""Snapshots and batches as pandas DataFrames, for notebooks and jobs. Reads the object store alone, never Kafka.

from streams.client import open_client

client = open_client("s3://ml-monitoring/streams")
client.drift("hourly", start="2026-11-26").query("drifted")
"""

from streams.client.client import Client, open_client
from streams.client.errors import NotFoundError

__all__ = ["Client", "NotFoundError", "open_client"]
