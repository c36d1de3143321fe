"""What each topic is for. Names are configurable, roles are not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Role = Literal[
    "predictions",
    "collected",
    "batches",
    "snapshots",
    "labels",
    "dead_letters",
    "window_progress",
    "alerts",
    "alert_progress",
]

PROGRESS_OF: Mapping[Role, Role] = {"window_progress": "collected", "alert_progress": "snapshots"}
"""Compacted topics, and the log that each keeps the progress of: they have equally many partitions."""
