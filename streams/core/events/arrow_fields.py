"""Where an event's fields are in Arrow columns: nested like the event (structs, maps), or flat with dotted names."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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
    """Child of a struct with the struct's own nulls in it."""
    place = struct.type.get_field_index(key)
    if place < 0:
        return None
    child = struct.field(place)
    if not struct.null_count:
        return child
    return taken(child, pa.array(np.arange(len(struct)), mask=struct.is_null().to_numpy(zero_copy_only=False)))


def _map_member(entries: pa.MapArray, key: str) -> pa.Array:
    """Value per row at a key of a map; the first of repeated keys counts."""
    found = np.flatnonzero(pc.equal(entries.keys, key).to_numpy(zero_copy_only=False))
    offsets = entries.offsets.to_numpy()
    rows = np.searchsorted(offsets, found, side="right") - 1
    inside = (found >= offsets[0]) & (found < offsets[-1])
    places = np.full(len(entries), -1, np.int64)
    places[rows[inside][::-1]] = found[inside][::-1]
    places[entries.is_null().to_numpy(zero_copy_only=False)] = -1
    return taken(entries.items, pa.array(places, mask=places < 0))
