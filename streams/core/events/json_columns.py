"""Parsed JSON to the columns of events, with the rows that need a closer look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec
import numpy as np
import pyarrow as pa

from streams.core.events.arrays import (
    Mask,
    all_of,
    any_of,
    blank_rows,
    looks_nested,
    null_rows,
    one_array,
    rows_of,
    valid_rows,
)
from streams.core.events.json_query import odd_paths, struct_keys
from streams.core.events.projection import Projection
from streams.core.events.scalars import scalars_from_json, scattered, texts_from_json
from streams.core.events.table import CONCEPTS, TEXTS, event_schema, scalar_groups
from streams.core.events.times import parse_times

_MODEL = ("user_id", "app_id", "id", "version")


@dataclass(frozen=True, slots=True)
class JsonColumns:
    """A table as `event_schema` says, and doubts about its rows.

    `wrong`: certainly no event. `unclear[path]`: only the kind of that field in the source can tell, since a null
    may stand for something of the wrong kind, and a text may have been an object.
    """

    table: pa.Table
    wrong: Mask
    unclear: Mapping[str, Mask]


@dataclass(frozen=True, slots=True)
class _Part:
    columns: Mapping[str, pa.Array]
    wrong: Mask
    unclear: Mapping[str, Mask] = field(default_factory=dict)


def json_columns(parsed: pa.Table, projection: Projection) -> JsonColumns:
    """Take apart what `event_query` yields."""
    parts = list(_parts(parsed, projection))
    columns = {name: column for part in parts for name, column in part.columns.items()}
    wrong = any_of([part.wrong for part in parts])
    wrong |= blank_rows(columns["model_id"]) & null_rows(columns["collectors"])
    unclear = {path: mask for part in parts for path, mask in part.unclear.items() if mask.any()}
    return JsonColumns(pa.table(columns, schema=event_schema(projection)), wrong, unclear)


def _parts(parsed: pa.Table, projection: Projection) -> Iterator[_Part]:
    event, *others = map(one_array, parsed.columns)
    odd = dict(zip(odd_paths(projection), others, strict=True))
    yield _texts(event)
    yield _times(event.field("time"))
    yield _collectors(event.field("collectors"))
    if projection.concepts:
        yield _concepts(event.field("concepts"))
    if projection.input_text:
        yield _input(event.field("input"))
    for name, keys in scalar_groups(projection):
        if keys:
            yield _scalars(event.field(name), name, keys, odd)


def _texts(event: pa.StructArray) -> _Part:
    model = event.field("model")
    paths = {"id": event.field("id"), "caller": event.field("caller")}
    paths |= {f"model.{key}": model.field(key) for key in _MODEL}
    unclear = {path: looks_nested(texts) for path, texts in paths.items()}
    unclear["model"] = valid_rows(model) & all_of([null_rows(model.field(key)) for key in _MODEL])
    columns = {path.replace(".", "_"): texts for path, texts in paths.items()}
    return _Part(columns, np.zeros(len(event), np.bool_), unclear)


def _times(texts: pa.StringArray) -> _Part:
    times_ms, known = parse_times(texts)
    return _Part({"time_ms": pa.array(times_ms, mask=~known)}, valid_rows(texts) & ~known)


def _collectors(texts: pa.StringArray) -> _Part:
    wrong = np.zeros(len(texts), np.bool_)
    given = valid_rows(texts)
    if not given.any():
        return _Part({"collectors": pa.nulls(len(texts), TEXTS)}, wrong)
    distinct = texts.filter(pa.array(given)).dictionary_encode()
    lists = list(map(_text_list, distinct.dictionary.to_pylist()))
    wrong[given] = np.array([one is None for one in lists])[distinct.indices.to_numpy()]
    addressed = pa.array([one or None for one in lists], TEXTS).take(distinct.indices)
    return _Part({"collectors": scattered(addressed, given)}, wrong)


def _text_list(text: str) -> list[str] | None:
    try:
        return msgspec.json.decode(text, type=list[str])
    except (ValueError, RecursionError):
        return None


def _concepts(listed: pa.ListArray) -> _Part:
    ids, names, values = (listed.values.field(i) for i in range(3))
    numbers = values.fill_null(np.nan).to_numpy(zero_copy_only=False)
    wrong = ~np.isfinite(numbers)
    if ids.null_count:
        wrong |= null_rows(ids) & null_rows(names)
    concepts = pa.StructArray.from_arrays([ids, names, pa.array(numbers)], fields=list(CONCEPTS.value_type))
    unclear = {
        "concepts": null_rows(listed),
        "concepts[*].id": rows_of(listed, looks_nested(ids)),
        "concepts[*].name": rows_of(listed, looks_nested(names)),
    }
    column = pa.ListArray.from_arrays(listed.offsets, concepts, type=CONCEPTS)
    return _Part({"concepts": column}, rows_of(listed, wrong), unclear)


def _input(given: pa.StructArray) -> _Part:
    data = given.field("data")
    unclear = {"input": valid_rows(given) & null_rows(data)}
    return _Part({"input_text": texts_from_json(data)}, np.zeros(len(data), np.bool_), unclear)


def _scalars(group: pa.Array, name: str, keys: list[str], odd: Mapping[tuple[str, str], pa.Array]) -> _Part:
    texts = {key: group.field(place) for place, key in enumerate(struct_keys(keys))}
    unclear = valid_rows(group) & all_of([null_rows(column) for column in texts.values()])
    texts |= {key: column for (owner, key), column in odd.items() if owner == name}
    columns = {f"{name}.{key}": scalars_from_json(column) for key, column in texts.items()}
    return _Part(columns, np.zeros(len(group), np.bool_), {name: unclear})
