"""JSON events to all the columns they have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from streams.core.events.arrays import Mask, first_bytes, looks_nested, null_rows, one_array, rows_of
from streams.core.events.entries import Entries, entries_of_lists
from streams.core.events.flat import GROUPS, KNOWN
from streams.core.events.json_events import JsonDecoderState
from streams.core.events.json_query import pointer, quoted, wrong_kind
from streams.core.events.parsed import ParsedEvents
from streams.core.events.scalars import present_rows, scattered
from streams.core.events.table import CONCEPTS, TEXTS
from streams.core.events.typed import Typed, json_as_text, typed_from_json

_BRACE: Final = b"{"[0]
_STRUCTURE: Final = {
    "caller": "JSON",
    "prediction": "JSON",
    "collectors": ["VARCHAR"],
    "concepts": [{"id": "VARCHAR", "name": "VARCHAR", "value": "DOUBLE"}],
    **dict.fromkeys(GROUPS, "JSON"),
}
_KNOWN_FIELDS: Final = f"from_json(j, {quoted(json.dumps(_STRUCTURE))})"
_UNKNOWN_KEYS: Final = f"NOT list_has_all([{', '.join(map(quoted, sorted(KNOWN)))}], json_keys(j))"
_UNKNOWN_CONCEPT_KEYS: Final = "NOT list_has_all(['id', 'name', 'value'], flatten(json_keys(j, '$.concepts[*]')))"
_FIRST: Final = f"{_KNOWN_FIELDS}, coalesce({_UNKNOWN_KEYS}, false), coalesce({_UNKNOWN_CONCEPT_KEYS}, false)"


def parse_json(values: pa.BinaryArray, duck: JsonDecoderState) -> ParsedEvents:
    """Flat columns of events that were decoded before: nothing is refused any more."""
    texts = values.view(pa.string())
    event, *flags = map(one_array, duck.select(texts, _FIRST).columns)
    more, more_of_concepts = (flag.to_numpy(zero_copy_only=False) for flag in flags)
    columns = dict(_top(event)) | _concepts(duck, texts, event.field("concepts"), more_of_concepts)
    objects = {}
    for group in GROUPS:
        is_object = first_bytes(event.field(group)) == _BRACE
        columns |= _as_json(group, event.field(group), ~is_object)
        if is_object.any():
            objects[group] = pc.if_else(pa.array(is_object), event.field(group), None)
    entries = [_members(duck, objects)] if objects else []
    if more.any():
        top = _members(duck, {"extra": pc.if_else(pa.array(more), texts, None)})
        entries.append(tuple(each.without({f"extra.{name}" for name in KNOWN}) for each in top))
    return ParsedEvents(len(texts), columns, tuple(chain.from_iterable(entries)))


def _top(event: pa.StructArray) -> Iterator[tuple[str, Typed]]:
    yield "caller", Typed(json_as_text(event.field("caller")))
    yield "prediction", typed_from_json(event.field("prediction"))
    if event.field("collectors").null_count < len(event):
        yield "collectors", Typed(event.field("collectors").cast(TEXTS))


def _members(duck: JsonDecoderState, objects: Mapping[str, pa.StringArray]) -> tuple[Entries, ...]:
    """Keys and values of JSON objects, by the prefix of their columns; what is null has none.

    Each is asked for two lists, with an entry for each key in the order of the text: a key is never part of a query.
    """
    found = duck.select_from(objects, ", ".join(f"json_keys({name}), json_extract({name}, '$.*')" for name in objects))
    lists = list(map(one_array, found.columns))
    rows = np.arange(len(found))
    return tuple(
        entries_of_lists(f"{name}.", rows, *lists[2 * place : 2 * place + 2]) for place, name in enumerate(objects)
    )


def _concepts(duck: JsonDecoderState, texts: pa.StringArray, listed: pa.ListArray, more: Mask) -> dict[str, Typed]:
    """Concepts as they are known, and beside them the JSON text of those that have more to say."""
    ids, names, values = (listed.values.field(place) for place in range(3))
    odd = looks_nested(ids) | looks_nested(names) | null_rows(values)
    whole = _where(duck, texts, pointer("concepts"), more | rows_of(listed, odd))
    no_list = f"CASE WHEN coalesce({wrong_kind('concepts')}, false) THEN {pointer('concepts')} END"
    whole = pc.coalesce(whole, _where(duck, texts, no_list, null_rows(listed)))
    known = {"concepts": Typed(listed.cast(CONCEPTS))} if listed.null_count < len(listed) else {}
    return known | _as_json("extra.concepts", whole, np.ones(len(texts), np.bool_))


def _where(duck: JsonDecoderState, texts: pa.StringArray, column: str, rows: Mask) -> pa.StringArray:
    """A text column over `j` where `rows` is true, null elsewhere."""
    if not rows.any():
        return pa.nulls(len(texts), pa.string())
    return scattered(one_array(duck.select(texts.filter(pa.array(rows)), column).column(0)), rows)


def _as_json(name: str, texts: pa.StringArray, rows: Mask) -> dict[str, Typed]:
    """A column of the JSON texts of these rows; none where they say nothing."""
    present = present_rows(texts) & rows
    if not present.any():
        return {}
    return {name: Typed(scattered(texts.filter(pa.array(present)), present), is_json=True)}
