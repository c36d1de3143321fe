"""What each topic is for. Names are configurable, roles are not."""

from __future__ import annotations

from typing import Literal

Role = Literal["predictions", "collected", "batches", "snapshots", "dead_letters", "window_progress"]
