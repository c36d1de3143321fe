"""Which fields the JSON events of a batch have, found before they are parsed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import pyarrow as pa

from streams.core.events.flat import GROUPS, KNOWN
from streams.core.events.json_events import JsonDecoderState
from streams.core.events.json_query import odd_keys, pointer, quoted, struct_keys

MAX_KEYS = 2000
_LEAF = "JSON"
_PATHS = ("$", *(f"$.{group}" for group in GROUPS))
_SPECIAL: Mapping[str, object] = {
    "concepts": [{"id": "VARCHAR", "name": "VARCHAR", "value": "DOUBLE"}],
    "collectors": ["VARCHAR"],
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Keys of events (`top`, without the known ones) and of each group.

    A group whose events together have more than `MAX_KEYS` keys (ids used as keys, say) stays whole: it has None.
    """

    top: frozenset[str] | None
    groups: Mapping[str, frozenset[str] | None]

    def query(self) -> str:
        """Select list over a column `j`: a struct of all that can be in one, then a JSON text for each of `odd`."""
        structure: dict[str, object] = {"caller": _LEAF, "prediction": _LEAF, **_SPECIAL}
        for group, keys in self.groups.items():
            structure[group] = dict.fromkeys(struct_keys(keys or ()), _LEAF) or _LEAF
        structure |= {key: _LEAF for key in struct_keys(self._known_and_top(), KNOWN) if key not in KNOWN}
        return ", ".join([f"from_json(j, {quoted(json.dumps(structure))})", *(pointer(*path) for path in self.odd())])

    def odd(self) -> list[tuple[str, ...]]:
        """Paths to what cannot be in the struct."""
        inside = [(group, key) for group, keys in self.groups.items() for key in odd_keys(keys or ())]
        return [*((key,) for key in odd_keys(self._known_and_top(), KNOWN)), *inside]

    def _known_and_top(self) -> frozenset[str]:
        return KNOWN | (self.top or frozenset())


def layout_of(duck: JsonDecoderState, texts: pa.StringArray) -> Layout:
    """Look through all events for their keys."""
    found: list[set[str]] = [set() for _ in _PATHS]
    for keys in duck.distinct(texts, f"to_json(json_keys(j, {list(_PATHS)}))"):
        for known, some in zip(found, msgspec.json.decode(keys, type=list[list[str] | None]), strict=True):
            known.update(some or ())
    top, *groups = (frozenset(keys) if len(keys) <= MAX_KEYS else None for keys in found)
    return Layout(top and top - KNOWN, dict(zip(GROUPS, groups, strict=True)))
