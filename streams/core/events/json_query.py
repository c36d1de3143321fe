"""The DuckDB expressions that project JSON events onto the fields that collectors look at.

Semantics of `from_json` that this rests on (tests hold them): keys match by case; a missing key, a null and
a value of the wrong kind are null; text stands for text, and a number, boolean, object or array in a VARCHAR
is its JSON text; the first of repeated keys counts. DuckDB's struct fields ignore case and cannot be empty, so
keys that collide so are reached by JSON pointer (RFC 6901) instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache

from streams.core.events.projection import Projection

_TEXT = "VARCHAR"
_ANY = "JSON"
_OBJECTS = frozenset({"model", "input", "metadata", "features"})


@lru_cache(maxsize=256)
def event_query(projection: Projection) -> str:
    """Select list over a column `j` of JSON texts: `x`, a struct, and `metadata_0`, `features_0` and so on: a JSON text
    for each of the sorted keys of an object whose keys a struct cannot hold.
    """
    parsed = f"from_json(j, {_quoted(json.dumps(_structure(projection)))})"
    extra = [*_pointers("metadata", projection.metadata), *_pointers("features", projection.features)]
    return ", ".join([f"{parsed} AS x", *extra])


def wrong_kind(path: str) -> str:
    """Condition over `j`: the field at `path` (or one of the fields, where it has `[*]`) is of a kind it may not be."""
    kind = f"json_type(j, {_quoted(f'$.{path}')})"
    if "[*]" in path:
        return f"list_has_any({kind}, ['OBJECT', 'ARRAY'])"
    if path == "concepts":
        return f"{kind} NOT IN ('NULL', 'ARRAY')"
    return f"{kind} NOT IN ('NULL', 'OBJECT')" if path in _OBJECTS else f"{kind} IN ('OBJECT', 'ARRAY')"


def by_pointer(keys: frozenset[str]) -> bool:
    """Whether these keys of one object cannot all be fields of a struct."""
    return "" in keys or len({key.casefold() for key in keys}) < len(keys)


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
    for name, keys in (("metadata", projection.metadata), ("features", projection.features)):
        if keys:
            out[name] = _ANY if by_pointer(keys) else dict.fromkeys(sorted(keys), _ANY)
    return out


def _pointers(name: str, keys: frozenset[str]) -> Iterable[str]:
    if not by_pointer(keys):
        return
    for position, key in enumerate(sorted(keys)):
        pointer = f"/{name}/{key.replace('~', '~0').replace('/', '~1')}"
        yield f"json_extract(j, {_quoted(pointer)}) AS {name}_{position}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
