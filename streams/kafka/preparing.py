"""Threads that work on chunks ahead of their turn."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

_FEW_CORES = 2


def open_preparing(topic: str) -> ThreadPoolExecutor:
    """Two threads; one on two cores, where a second only takes turns with it and costs a tenth more processor time."""
    return ThreadPoolExecutor(1 if (os.cpu_count() or 1) <= _FEW_CORES else 2, f"prepare-{topic}")
