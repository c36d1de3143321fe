"""JSON events to all the columns they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from streams.core.events.arrays import (
    Mask,
    all_of,
    first_bytes,
    looks_nested,
    null_rows,
    one_array,
    rows_of,
    valid_rows,
)
from streams.core.events.flat import GROUPS, TEXT_COLUMNS
from streams.core.events.json_events import JsonDecoderState
from streams.core.events.json_layout import Layout, layout_of
from streams.core.events.json_query import pointer, struct_keys, wrong_kind
from streams.core.events.scalars import scattered, texts_from_json
from streams.core.events.table import CONCEPTS, TEXTS
from streams.core.events.typed import Typed, typed_from_json

_NULL = b"n"[0]
_UNKNOWN_CONCEPT_KEYS = "NOT list_has_all(['id', 'name', 'value'], flatten(json_keys(j, '$.concepts[*]')))"


def parse_json(values: pa.BinaryArray) -> dict[str, Typed]:
    """Flat columns of events that were decoded before: nothing is refused any more."""
    duck, texts = JsonDecoderState(), values.view(pa.string())
    layout = layout_of(duck, texts)
    event, *others = map(one_array, duck.select(texts, layout.query()).columns)
    odd = dict(zip(layout.odd(), others, strict=True))
    columns = dict(_top(event, odd, layout))
    if layout.top is None:
        columns["extra"] = Typed(texts, is_json=True)
    for group in GROUPS:
        columns |= _group(duck, texts, event.field(group), group, odd, layout)
    return columns | _concepts(duck, texts, event.field("concepts"))


def _top(event: pa.StructArray, odd: Mapping[tuple[str, ...], pa.Array], layout: Layout) -> Iterator[tuple[str, Typed]]:
    yield "caller", Typed(_texts(event.field("caller")))
    yield "prediction", typed_from_json(event.field("prediction"))
    if event.field("collectors").null_count < len(event):
        yield "collectors", Typed(event.field("collectors").cast(TEXTS))
    for key in layout.top or ():
        texts = odd[(key,)] if (key,) in odd else event.field(key)
        yield f"extra.{key}", typed_from_json(texts)


def _group(
    duck: JsonDecoderState,
    texts: pa.StringArray,
    column: pa.Array,
    group: str,
    odd: Mapping[tuple[str, ...], pa.Array],
    layout: Layout,
) -> dict[str, Typed]:
    keys = layout.groups[group]
    if not keys:  # too many, or no event has an object there
        return _as_json(group, column)
    inside = {key: column.field(place) for place, key in enumerate(struct_keys(keys))}
    unclear = valid_rows(column) & all_of([null_rows(one) for one in inside.values()])
    inside |= {path[-1]: one for path, one in odd.items() if path[:-1] == (group,)}
    columns = {}
    for key, one in inside.items():
        name = f"{group}.{key}"
        columns[name] = Typed(_texts(one)) if name in TEXT_COLUMNS else typed_from_json(one)
    return columns | _as_json(group, _elsewhere(duck, texts, group, unclear))


def _elsewhere(duck: JsonDecoderState, texts: pa.StringArray, path: str, rows: Mask) -> pa.StringArray:
    """JSON text of a field that is not of its kind, where `rows` says that it may be so."""
    if not rows.any():
        return pa.nulls(len(texts), pa.string())
    chosen = f"CASE WHEN coalesce({wrong_kind(path)}, false) THEN {pointer(path)} END"
    return scattered(one_array(duck.select(texts.filter(pa.array(rows)), chosen).column(0)), rows)


def _concepts(duck: JsonDecoderState, texts: pa.StringArray, listed: pa.ListArray) -> dict[str, Typed]:
    """Concepts as they are known, and beside them the JSON text of those that have more to say."""
    ids, names, values = (listed.values.field(place) for place in range(3))
    odd = looks_nested(ids) | looks_nested(names) | null_rows(values)
    more = duck.flags(texts, _UNKNOWN_CONCEPT_KEYS) | rows_of(listed, odd)
    whole = pa.nulls(len(texts), pa.string())
    if more.any():
        whole = scattered(one_array(duck.select(texts.filter(pa.array(more)), pointer("concepts")).column(0)), more)
    whole = pc.coalesce(whole, _elsewhere(duck, texts, "concepts", null_rows(listed)))
    known = {"concepts": Typed(listed.cast(CONCEPTS))} if listed.null_count < len(listed) else {}
    return known | _as_json("extra.concepts", whole)


def _as_json(name: str, texts: pa.StringArray) -> dict[str, Typed]:
    present = _present(texts)
    if not present.any():
        return {}
    return {name: Typed(scattered(texts.filter(pa.array(present)), present), is_json=True)}


def _texts(texts: pa.StringArray) -> pa.StringArray:
    """Text for text, and for a number or a boolean its JSON text."""
    plain = texts_from_json(texts)
    other = null_rows(plain) & _present(texts)
    return pc.if_else(pa.array(other), texts, plain) if other.any() else plain


def _present(texts: pa.StringArray) -> Mask:
    first = first_bytes(texts)
    present: Mask = (first != 0) & (first != _NULL)
    return present
