"""Where an event's fields are in Arrow columns: nested like the event (structs, maps), or flat with dotted names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from streams.core.events.arrays import null_rows
from streams.core.events.arrow_values import taken

Fields = Mapping[str, pa.Array]


def fields_of_struct(events: pa.StructArray) -> Fields:
    """Columns of events that are a struct array."""
    return dict(zip([field.name for field in events.type], events.flatten(), strict=True))


def member(fields: Fields, group: str, key: str) -> pa.Array | None:
    """Column of `group.key`, None where there is none. A flat column goes before a nested one."""
    flat = fields.get(f"{group}.{key}")
    if flat is not None:
        return flat
    nested = fields.get(group)
    if nested is None:
        return None
    if pa.types.is_struct(nested.type):
        return struct_member(nested, key)
    return _map_member(nested, key) if pa.types.is_map(nested.type) else None


def struct_member(struct: pa.StructArray, key: str) -> pa.Array | None:
    """Child of a struct with the struct's own nulls in it; the first of those that have one name."""
    places = struct.type.get_all_field_indices(key)
    return _child(struct, places[0]) if places else None


def _child(struct: pa.StructArray, place: int) -> pa.Array:
    child = struct.field(place)
    if not struct.null_count:
        return child
    return taken(child, pa.array(np.arange(len(struct)), mask=null_rows(struct)))


def members(fields: Fields, group: str) -> Iterator[tuple[str, pa.Array]]:
    """Every field of a group that is a struct, or flat columns, and its column: flat ones first, then nested ones that
    no flat one stands for. Of two fields of one name the first counts.
    """
    flat = {name.partition(".")[2]: column for name, column in fields.items() if name.startswith(f"{group}.")}
    yield from flat.items()
    nested = fields.get(group)
    if nested is None or not pa.types.is_struct(nested.type):
        return
    seen = set(flat)
    for place, field in enumerate(nested.type):
        if field.name not in seen:
            seen.add(field.name)
            yield field.name, _child(nested, place)


def _map_member(entries: pa.MapArray, key: str) -> pa.Array:
    return _at(entries, np.flatnonzero(pc.equal(entries.keys, key).to_numpy(zero_copy_only=False)))


def _at(entries: pa.MapArray, found: NDArray[np.int64]) -> pa.Array:
    """Value per row of the entries found (ascending), null where there is none; a row's first entry counts."""
    offsets = entries.offsets.to_numpy()
    found = found[(found >= offsets[0]) & (found < offsets[-1])]
    rows = np.searchsorted(offsets, found, side="right") - 1
    places = np.full(len(entries), -1, np.int64)
    places[rows[::-1]] = found[::-1]
    if entries.null_count:
        places[null_rows(entries)] = -1
    return taken(entries.items, pa.array(places, mask=places < 0))
