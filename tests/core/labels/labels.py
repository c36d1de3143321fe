"""Labels for tests, as the decoder makes them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from streams.core.events.limits import Limits
from streams.core.events.local_schemas import LocalSchemas
from streams.core.events.messages import Headers
from streams.core.labels.decode import DecodedLabels, LabelDecoder
from tests.core.events.chunks import chunk, events_as_json

SCHEMA = (Path(__file__).parents[3] / "schemas" / "label.avsc").read_text()


def decode(values: Sequence[bytes | None], headers: Sequence[Headers | None] | None = None) -> DecodedLabels:
    """Decode messages of offsets from 100 on."""
    return LabelDecoder().decode(chunk(values, headers), LocalSchemas([SCHEMA]), Limits())


def labels_of(*labels: dict[str, Any]) -> pa.Table:
    """Labels at offsets from 100 on."""
    return decode(events_as_json(labels)).table
