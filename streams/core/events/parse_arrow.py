"""Events that are Arrow columns already (decoded Avro, Arrow IPC streams) to all the columns they have."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from streams.core.events.arrow_fields import Fields, members
from streams.core.events.arrow_lists import as_list, collectors_from_arrow, concepts_from_arrow
from streams.core.events.arrow_scalars import texts_from_arrow
from streams.core.events.avro_events import decoded
from streams.core.events.entries import entries_of_map
from streams.core.events.flat import GROUPS, KNOWN, TEXT_COLUMNS
from streams.core.events.parsed import ParsedEvents
from streams.core.events.table import CONCEPTS
from streams.core.events.typed import Typed
from streams.core.events.typed_arrow import json_texts, typed_from_arrow


def parse_avro(values: pa.BinaryArray, schema: str) -> ParsedEvents:
    """Flat columns of Avro events that were decoded before."""
    fields, _, bad = decoded(values, schema)
    if bad:
        raise next(iter(bad.values()))
    return parse_arrow(fields, len(values))


def parse_arrow(fields: Fields, rows: int) -> ParsedEvents:
    """Flat columns of so many events that are columns."""
    columns: dict[str, Typed] = {}
    entries = []
    for group in GROUPS:
        columns |= dict(_group(fields, group))
        nested = fields.get(group)
        if nested is not None and pa.types.is_map(nested.type):
            found = entries_of_map(f"{group}.", nested)
            entries.append(found.without(columns.keys()))
    if "caller" in fields:
        columns["caller"] = Typed(texts_from_arrow(fields["caller"])[0])
    if "prediction" in fields:
        columns["prediction"] = typed_from_arrow(fields["prediction"])
    if "collectors" in fields:
        columns["collectors"] = Typed(collectors_from_arrow(fields["collectors"])[0])
    if "concepts" in fields:
        columns |= _concepts(fields["concepts"])
    return ParsedEvents(rows, columns | dict(_extra(fields)), tuple(entries))


def _group(fields: Fields, group: str) -> Iterator[tuple[str, Typed]]:
    for key, column in members(fields, group):
        name = f"{group}.{key}"
        yield name, Typed(texts_from_arrow(column)[0]) if name in TEXT_COLUMNS else typed_from_arrow(column)


def _concepts(column: pa.Array) -> dict[str, Typed]:
    columns = {"concepts": Typed(concepts_from_arrow(column)[0])}
    listed = as_list(column)
    known = {field.name for field in CONCEPTS.value_type}
    inside = listed.type.value_type if listed is not None else None
    if inside is not None and pa.types.is_struct(inside) and {field.name for field in inside} - known:
        columns["extra.concepts"] = Typed(json_texts(column), is_json=True)
    return columns


def _extra(fields: Fields) -> Iterator[tuple[str, Typed]]:
    for name, column in fields.items():
        if name not in KNOWN and name.partition(".")[0] not in GROUPS:
            yield f"extra.{name}", typed_from_arrow(column)
