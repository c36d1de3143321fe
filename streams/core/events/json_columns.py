"""Parsed JSON to the columns of events, with the rows that need a closer look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
import pyarrow as pa

from streams.core.events.arrays import Mask, first_bytes, null_rows, one_array, valid_rows
from streams.core.events.json_query import by_pointer
from streams.core.events.projection import Projection
from streams.core.events.scalars import scalars_from_json, scattered, texts_from_json
from streams.core.events.table import CONCEPTS, TEXTS, event_schema, scalar_groups
from streams.core.events.times import parse_times

_BRACE, _BRACKET = b"{["


@dataclass(frozen=True, slots=True)
class JsonColumns:
    """A table as `event_schema` says, and doubts about its rows.

    `wrong`: certainly no event. `doubtful`: must be examined one by one (text that looks like JSON).
    `unclear[field]`: null where only the field's kind in the source tells missing from wrong.
    """

    table: pa.Table
    wrong: Mask
    doubtful: Mask
    unclear: Mapping[str, Mask]


def json_columns(parsed: pa.Table, projection: Projection) -> JsonColumns:
    """Take apart what `event_query` yields."""
    event = one_array(parsed.column("x"))
    columns, wrong, doubtful = _identity(event)
    unclear: dict[str, Mask] = {}
    if projection.concepts:
        listed = event.field("concepts")
        columns["concepts"], bad, odd = _concepts(listed)
        wrong |= bad
        doubtful |= odd
        unclear["concepts"] = null_rows(listed)
    if projection.input_text:
        data = event.field("input").field("data")
        columns["input_text"] = texts_from_json(data)
        unclear["input"] = valid_rows(event.field("input")) & null_rows(data)
    for name, keys in scalar_groups(projection):
        if keys:
            texts = _key_texts(parsed, event, name, keys)
            wrong |= _scalars(columns, texts)
            unclear[name] = _keyless(event.field(name), texts)
    table = pa.table(columns, schema=event_schema(projection))
    return JsonColumns(table, wrong, doubtful, {name: mask for name, mask in unclear.items() if mask.any()})


def _identity(event: pa.StructArray) -> tuple[dict[str, pa.Array], Mask, Mask]:
    model = event.field("model")
    columns = {"id": event.field("id"), "caller": event.field("caller")}
    columns |= {f"model_{key}": model.field(key) for key in ("user_id", "app_id", "id", "version")}
    doubtful = valid_rows(model) & _all([null_rows(model.field(i)) for i in range(4)])
    for texts in columns.values():
        doubtful |= _looks_nested(texts)
    times = event.field("time")
    times_ms, timed = parse_times(times)
    columns["time_ms"] = pa.array(times_ms, mask=~timed)
    columns["collectors"], wrong = _collectors(event.field("collectors"))
    wrong |= valid_rows(times) & ~timed
    nameless = first_bytes(columns["model_id"]) == 0
    if nameless.any():
        wrong |= nameless & null_rows(columns["collectors"])
    return columns, wrong, doubtful


def _collectors(texts: pa.StringArray) -> tuple[pa.ListArray, Mask]:
    wrong = np.zeros(len(texts), np.bool_)
    given = valid_rows(texts)
    if not given.any():
        return pa.nulls(len(texts), TEXTS), wrong
    distinct = texts.filter(pa.array(given)).dictionary_encode()
    lists = list(map(_text_list, distinct.dictionary.to_pylist()))
    wrong[given] = np.array([item is None for item in lists])[distinct.indices.to_numpy()]
    addressed = pa.array([item or None for item in lists], TEXTS)
    return scattered(addressed.take(distinct.indices), given), wrong


def _text_list(text: str) -> list[str] | None:
    try:
        return msgspec.json.decode(text, type=list[str])
    except (ValueError, RecursionError):
        return None


def _concepts(listed: pa.ListArray) -> tuple[pa.ListArray, Mask, Mask]:
    concept = listed.values
    ids, names, values = (concept.field(i) for i in range(3))
    numbers = values.fill_null(np.nan).to_numpy(zero_copy_only=False)
    bad = ~np.isfinite(numbers)
    if ids.null_count:
        bad |= null_rows(ids) & null_rows(names)
    odd = _looks_nested(ids) | _looks_nested(names)
    clean = pa.StructArray.from_arrays([ids, names, pa.array(numbers)], fields=list(CONCEPTS.value_type))
    out = pa.ListArray.from_arrays(listed.offsets, clean, type=CONCEPTS)
    return out, _rows_of(listed, bad), _rows_of(listed, odd)


def _rows_of(listed: pa.ListArray, entries: Mask) -> Mask:
    rows = np.zeros(len(listed), np.bool_)
    if entries.any():
        rows[np.searchsorted(listed.offsets.to_numpy(), np.flatnonzero(entries), side="right") - 1] = True
    return rows


def _key_texts(parsed: pa.Table, event: pa.StructArray, name: str, keys: list[str]) -> dict[str, pa.StringArray]:
    if by_pointer(frozenset(keys)):
        return {f"{name}.{key}": one_array(parsed.column(f"{name}_{i}")) for i, key in enumerate(keys)}
    return {f"{name}.{key}": event.field(name).field(i) for i, key in enumerate(keys)}


def _scalars(columns: dict[str, pa.Array], texts: dict[str, pa.StringArray]) -> Mask:
    masks = []
    for name, column in texts.items():
        columns[name], wrong = scalars_from_json(column)
        masks.append(wrong)
    return _any(masks)


def _keyless(group: pa.Array, texts: dict[str, pa.StringArray]) -> Mask:
    return valid_rows(group) & _all([null_rows(column) for column in texts.values()])


def _looks_nested(texts: pa.StringArray) -> Mask:
    first = first_bytes(texts)
    nested: Mask = (first == _BRACE) | (first == _BRACKET)
    return nested


def _any(masks: list[Mask]) -> Mask:
    out: Mask = np.logical_or.reduce(masks)
    return out


def _all(masks: list[Mask]) -> Mask:
    out: Mask = np.logical_and.reduce(masks)
    return out
