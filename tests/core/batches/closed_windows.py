"""Closed windows for tests, from messages: what collecting them writes, all in one window."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from streams.core import segments
from streams.core.batches.build import Batch
from streams.core.collection import collect, routes
from streams.core.collectors.collector import Collector
from streams.core.collectors.routing import projection
from streams.core.events.block import EventBlock
from streams.core.events.messages import Headers
from streams.core.segments import Segment
from streams.core.windows.closed import ClosedWindow
from tests.core.events.chunks import decode

HOUR_MS = 3_600_000
BIG = 1_000_000


def collector_of(**parts: Any) -> Collector:
    """A collector of everything, in windows of an hour."""
    return Collector.model_validate({"id": "c", "trigger": {"type": "interval", "interval": "1h"}} | parts)


def segments_of(collector: Collector, block: EventBlock, max_bytes: int = BIG) -> list[Segment]:
    """What a collector keeps of a block."""
    (kept,) = collect(block, routes([collector], 1), {}, max_bytes).kept
    return [segments.decode(value) for value in kept.segments]


def decoded(
    collector: Collector, values: Sequence[bytes | None], headers: Sequence[Headers | None] | None = None
) -> EventBlock:
    """Decode messages as far as a collector looks at them."""
    return decode(values, headers, projection=projection([collector])).block


def window_of(collector: Collector, parts: Sequence[Segment], dropped: Mapping[str, int] | None = None) -> ClosedWindow:
    """A closed window of exactly these segments."""
    return ClosedWindow(collector.plan(), "predictions", 0, HOUR_MS, 0, tuple(parts), dropped or {})


def table_in(batch: Batch, name: str = "rows") -> pa.Table | None:
    """A batch's rows, or what lies beside them, as stored; None where nothing is."""
    found = [content for key, content in batch.objects if key.endswith(f"/{name}.parquet")]
    return pq.read_table(io.BytesIO(found[0])) if found else None
