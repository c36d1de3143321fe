"""The full parse: every field of a batch's events as flat columns, once, when the batch is made."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from streams.core.events.arrow_fields import fields_of_struct
from streams.core.events.encoding import Encoding
from streams.core.events.flat import columns_of, names_of, table_of, with_text_columns
from streams.core.events.parse_arrow import parse_arrow, parse_avro
from streams.core.events.parse_json import parse_json
from streams.core.events.typed import Typed, merged


def parse_payloads(payloads: pa.Array, encoding: Encoding) -> pa.Table:
    """All fields but `id` and `time` of events that were decoded before, a row each, in their order.

    Columns: `model.*`, `caller`, `input.*`, `prediction`, `concepts` (list of id, name, value), `collectors`,
    `features.*`, `metadata.*`, and `extra.*` for fields nobody knows. A type depends on the set of a column's values
    alone (see `typed`). What does not fit its place is kept as JSON text: `metadata` that is a number in a column of
    that name, concepts that say more in `extra.concepts`. Types are independent of chunking where all of a batch's
    payloads of one encoding are given at once.
    """
    return table_of(with_text_columns(_columns(payloads, encoding), len(payloads)))


def _columns(payloads: pa.Array, encoding: Encoding) -> dict[str, Typed]:
    if encoding.kind == "json":
        return parse_json(payloads)
    if encoding.kind == "avro":
        return parse_avro(payloads, encoding.schema)
    return parse_arrow(fields_of_struct(payloads))


def merge_tables(tables: Sequence[pa.Table]) -> pa.Table:
    """Rows of several parsed tables one after the other, columns promoted to a type that holds all their values."""
    columns = [columns_of(table) for table in tables]
    parts = {
        name: [one.get(name, Typed(pa.nulls(table.num_rows))) for one, table in zip(columns, tables, strict=True)]
        for name in names_of(columns)
    }
    return table_of({name: merged(typed) for name, typed in parts.items()})
