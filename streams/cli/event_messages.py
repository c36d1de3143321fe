"""Events as messages of one of the encodings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from streams.cli.exits import CommandError

if TYPE_CHECKING:
    import pyarrow as pa

    from streams.cli.event_sources import Line
    from streams.kafka.producing import Produced

_SINGLE_OBJECT = b"\xc3\x01"  # Avro's single-object encoding: this, the schema's fingerprint, the datum


class EventEncoding(StrEnum):
    """How events are written."""

    JSON = "json"
    AVRO = "avro"
    ARROW = "arrow"


def of_lines(lines: Iterable[Line]) -> list[Produced]:
    """Lines as they are; an event goes where its id says."""
    from streams.kafka.producing import Produced

    return [Produced(line.value, None if line.id is None else line.id.encode()) for line in lines]


def of_tables(encoding: EventEncoding, events_per_message: int) -> Callable[[pa.Table], list[Produced]]:
    """A function from events to messages."""
    if encoding is EventEncoding.ARROW:
        return lambda events: _arrow(events, events_per_message)
    return _avro() if encoding is EventEncoding.AVRO else _json


def _json(events: pa.Table) -> list[Produced]:
    from streams.core.events.encode import encode_json
    from streams.kafka.producing import Produced

    headers = (("content-type", b"application/json"),)
    return [Produced(value, key, headers) for key, value in zip(_keys(events), encode_json(events), strict=True)]


def _arrow(events: pa.Table, events_per_message: int) -> list[Produced]:
    from streams.core.events.encode import ARROW_STREAM, encode_arrow
    from streams.kafka.producing import Produced

    headers = (("content-type", ARROW_STREAM.encode()),)
    return [Produced(value, None, headers) for value in encode_arrow(events, events_per_message)]


def _avro() -> Callable[[pa.Table], list[Produced]]:
    import json

    from streams.core.events.encode import encode_avro
    from streams.core.events.local_schemas import fingerprint_of
    from streams.kafka.producing import Produced
    from streams.kafka.schemas import DEFAULT, shipped_schemas

    text = (shipped_schemas() / DEFAULT).read_text(encoding="utf-8")
    schema, prefix = json.loads(text), _SINGLE_OBJECT + bytes.fromhex(fingerprint_of(text))

    def encoded(events: pa.Table) -> list[Produced]:
        try:
            values = encode_avro(events, schema)
        except ValueError as error:
            raise CommandError(f"{error}: use --encoding json") from error
        return [Produced(prefix + value, key) for key, value in zip(_keys(events), values, strict=True)]

    return encoded


def _keys(events: pa.Table) -> list[bytes | None]:
    """The id: the same event lies in the same partition however often it is produced."""
    if "id" not in events.column_names:
        return [None] * events.num_rows
    return [None if each is None else str(each).encode() for each in events.column("id").to_pylist()]
