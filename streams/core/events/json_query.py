"""The DuckDB expressions that project JSON events onto the fields that collectors look at.

Semantics of `from_json` that this rests on (tests hold them): keys match by case; a missing key, a null and a value of
the wrong kind are null; text stands for text, and a number, boolean, object or array in a VARCHAR is its JSON text; the
first of repeated keys counts. DuckDB's struct fields ignore case and cannot be empty, so keys that cannot be fields are
reached by JSON pointer (RFC 6901) instead.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from functools import lru_cache

from streams.core.events.projection import Projection
from streams.core.events.table import scalar_groups

_TEXT = "VARCHAR"
_ANY = "JSON"
_OBJECTS = frozenset({"model", "input", "metadata", "features"})


@lru_cache(maxsize=256)
def event_query(projection: Projection) -> str:
    """Select list over a column `j` of JSON texts: a struct, then a JSON text for each of `odd_paths`."""
    parsed = f"from_json(j, {quoted(json.dumps(_structure(projection)))})"
    return ", ".join([parsed, *(pointer(*path) for path in odd_paths(projection))])


def odd_paths(projection: Projection) -> list[tuple[str, str]]:
    """Paths to what is looked at and cannot be in the struct."""
    return [(name, key) for name, keys in scalar_groups(projection) for key in odd_keys(keys)]


def wrong_kind(path: str) -> str:
    """Condition over `j`: the field at `path` (or one of the fields, where it has `[*]`) is of a kind it may not be."""
    kind = f"json_type(j, {quoted(f'$.{path}')})"
    if "[*]" in path:
        return f"list_has_any({kind}, ['OBJECT', 'ARRAY'])"
    if path == "concepts":
        return f"{kind} NOT IN ('NULL', 'ARRAY')"
    return f"{kind} NOT IN ('NULL', 'OBJECT')" if path in _OBJECTS else f"{kind} IN ('OBJECT', 'ARRAY')"


def struct_keys(keys: Iterable[str], preferred: Collection[str] = ()) -> list[str]:
    """Those of the keys, sorted, that can be fields of one struct; among keys that collide, a preferred one."""
    fields = {key.casefold(): key for key in sorted(keys, key=lambda key: (key in preferred, key)) if key}
    return sorted(fields.values())


def odd_keys(keys: Collection[str], preferred: Collection[str] = ()) -> list[str]:
    """The other keys, sorted."""
    fields = set(struct_keys(keys, preferred))
    return sorted(key for key in keys if key not in fields)


def pointer(*path: str) -> str:
    """JSON text at a path of keys; an index into an array is never meant."""
    steps = "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)
    return f"json_extract(j, {quoted(steps)})"


def quoted(text: str) -> str:
    """Write text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _structure(projection: Projection) -> dict[str, object]:
    out: dict[str, object] = {
        "id": _TEXT,
        "time": _TEXT,
        "model": dict.fromkeys(("user_id", "app_id", "id", "version"), _TEXT),
        "caller": _TEXT,
        "collectors": _ANY,
    }
    if projection.concepts:
        out["concepts"] = [{"id": _TEXT, "name": _TEXT, "value": "DOUBLE"}]
    if projection.input_text:
        out["input"] = {"data": _ANY}
    for name, keys in scalar_groups(projection):
        if keys:
            out[name] = dict.fromkeys(struct_keys(keys), _ANY) or _ANY
    return out
