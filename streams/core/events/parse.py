"""The full parse: every field of a batch's events as flat columns, once, when the batch is made."""

from __future__ import annotations

import pyarrow as pa

from streams.core.events.arrow_fields import fields_of_struct
from streams.core.events.encoding import Encoding
from streams.core.events.json_events import JsonDecoderState
from streams.core.events.parse_arrow import parse_arrow, parse_avro
from streams.core.events.parse_json import parse_json
from streams.core.events.parsed import ParsedEvents


class PayloadParserState:
    """Parses payloads, one block after the other: it holds a parser that is not shared, and takes longer to open than
    a small window takes to parse.
    """

    def __init__(self) -> None:
        self._json = JsonDecoderState()

    def parse(self, payloads: pa.Array, encoding: Encoding) -> ParsedEvents:
        """All fields but `id` and `time` of events that were decoded before, a row each, in their order.

        Columns: `model.*`, `caller`, `input.*`, `prediction`, `concepts` (list of id, name, value), `collectors`,
        `features.*`, `metadata.*`, and `extra.*` for fields nobody knows. A type depends on the set of a column's
        values alone (see `typed`). What does not fit its place is kept as JSON text: `metadata` that is a number in a
        column of that name, concepts that say more in `extra.concepts`. Types are independent of chunking where all of
        a batch's payloads of one encoding are given at once.
        """
        if encoding.kind == "json":
            return parse_json(payloads, self._json)
        if encoding.kind == "avro":
            return parse_avro(payloads, encoding.schema)
        return parse_arrow(fields_of_struct(payloads), len(payloads))
