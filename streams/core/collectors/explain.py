"""Validation errors as problems: in the file's own terms, each with what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from streams.core.collectors.documents import Document
from streams.core.collectors.places import Schema, description, is_secret, known_keys, located
from streams.core.collectors.problems import Path, Problem

_TYPES = {
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "a text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_HOW = {
    "a text": "put it in quotes",
    "a list": "begin each item with a dash, or use [ ]",
    "a mapping": "write lines of `name: value`, or use { }",
}


def explained(error: ValidationError, document: Document, schema: Schema) -> Iterator[Problem]:
    """Go through an error's problems, one for each path. `schema` is that of the model which refused the document."""
    by_path: dict[Path, list[tuple[ErrorDetails, tuple[Schema, ...]]]] = {}
    for one in error.errors(include_url=False, include_input=False):
        path, schemas = located(one["loc"], document.value, schema)
        by_path.setdefault(path, []).append((one, schemas))
    for path, found in by_path.items():
        # an item that is refused also makes its list too short
        if found[0][0]["type"] == "too_short" and any(path == other[: len(path)] != other for other in by_path):
            continue
        yield _problem(path, found, document, located(found[0][0]["loc"][:-1], document.value, schema)[1])


def _problem(
    path: Path, found: Sequence[tuple[ErrorDetails, tuple[Schema, ...]]], document: Document, around: tuple[Schema, ...]
) -> Problem:
    details, schemas = found[0]
    kinds = list(dict.fromkeys(_TYPES[one["type"]] for one, _ in found if one["type"] in _TYPES))
    if len(kinds) > 1 and len(kinds) == len({one["type"] for one, _ in found}):
        return document.problem(path, f"has to be {' or '.join(kinds)}", value=document.shown(path))
    unknown = details["type"] == "extra_forbidden"
    if kinds and document.shown(path) == "null":
        return document.problem(path, f"has to be {kinds[0]}", f"write {kinds[0]}, or leave it out", value="null")
    message, remedy = _REMEDIES.get(details["type"], _other)(details, around if unknown else schemas, path)
    # what stands under a name nobody knows may be a secret with a misspelt name
    hidden = unknown or details["type"] == "missing" or is_secret(schemas)
    return document.problem(path, message, remedy, value=None if hidden else document.shown(path), at_key=unknown)


Explanation = tuple[str, str]


def _other(details: ErrorDetails, schemas: Sequence[Schema], _: Path) -> Explanation:
    if details["type"] in _TYPES:
        kind = _TYPES[details["type"]]
        return f"has to be {kind}", _HOW.get(kind, f"write {kind}")
    message = details["msg"].removeprefix("Input ").removeprefix("Value error, ")
    fault, _separator, remedy = message.partition("; ")
    return fault, remedy or description(schemas)


def _missing(_: ErrorDetails, schemas: Sequence[Schema], path: Path) -> Explanation:
    words = description(schemas)
    return "is missing", f"add {path[-1] if path else 'it'}" + (f": {words}" if words else "")


def _unknown_key(_: ErrorDetails, around: Sequence[Schema], path: Path) -> Explanation:
    return "is not a known name", _closest(str(path[-1]), known_keys(around))


def _unknown_type(details: ErrorDetails, *_: object) -> Explanation:
    context: Mapping[str, Any] = details.get("ctx", {})
    known = [one.strip().strip("'") for one in str(context["expected_tags"]).split(",")]
    return f"has the unknown type {context['tag']!r}", _closest(str(context["tag"]), known)


def _no_type(_: ErrorDetails, schemas: Sequence[Schema], __: Path) -> Explanation:
    known = [name for one in schemas for name in one.get("discriminator", {}).get("mapping", {})]
    return "has no type", f"add type, one of {', '.join(known)}"


def _not_listed(_: ErrorDetails, schemas: Sequence[Schema], __: Path) -> Explanation:
    known = [str(value) for one in schemas for value in one.get("enum", [one["const"]] if "const" in one else [])]
    return "is not one of the values it may have", f"write one of {', '.join(known)}"


def _empty(_: ErrorDetails, schemas: Sequence[Schema], __: Path) -> Explanation:
    return "is empty", f"give at least one: {description(schemas)}"


def _wrong_form(_: ErrorDetails, schemas: Sequence[Schema], __: Path) -> Explanation:
    return "does not have the form that is asked for", description(schemas)


def _out_of_bounds(details: ErrorDetails, schemas: Sequence[Schema], _: Path) -> Explanation:
    bounds = {"exclusiveMinimum": "above", "minimum": "from", "exclusiveMaximum": "below", "maximum": "up to"}
    found = [f"{word} {one[key]:g}" for one in schemas for key, word in bounds.items() if key in one]
    return details["msg"].removeprefix("Input "), f"write a number {' '.join(dict.fromkeys(found))}"


def _closest(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    listed = f"known are {', '.join(known)}"
    return f"did you mean {close[0]}? {listed}" if close else listed


_REMEDIES: Mapping[str, Callable[[ErrorDetails, Sequence[Schema], Path], Explanation]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "union_tag_invalid": _unknown_type,
    "union_tag_not_found": _no_type,
    "literal_error": _not_listed,
    "too_short": _empty,
    "string_too_short": _empty,
    "string_pattern_mismatch": _wrong_form,
    "greater_than": _out_of_bounds,
    "greater_than_equal": _out_of_bounds,
    "less_than": _out_of_bounds,
    "less_than_equal": _out_of_bounds,
}
