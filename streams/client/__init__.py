"""Snapshots and batches as pandas DataFrames, for notebooks and jobs. Reads the object store alone, never Kafka.

from streams.client import open_client

client = open_client("s3://ml-monitoring/streams") client.snapshots("hourly").plot("end", "drift_share")
"""

from streams.client.client import Client, open_client
from streams.client.errors import NotFoundError

__all__ = ["Client", "NotFoundError", "open_client"]
