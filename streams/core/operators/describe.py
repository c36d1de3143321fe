"""Operators in words, from the declarations that validate them: name, parameters, semantics, example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any, Literal, get_args

from pydantic import BaseModel

from streams.core.operators.contracts import Example
from streams.core.operators.table import AnyFilter, AnyRewritingOperator, AnyWindowOperator

Schema = Mapping[str, Any]
Effect = Literal["keeps or drops events", "rewrites concepts", "keeps or drops rows when a window closes"]
_BOUNDS = {"exclusiveMinimum": ">", "minimum": ">=", "exclusiveMaximum": "<", "maximum": "<=", "minItems": "items >="}
_SIMPLE = {"string": "text", "number": "number", "integer": "whole number", "boolean": "true or false"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, or one part of it (`concepts[].id`). `default` is JSON-compatible; None where there is none."""

    name: str
    type: str
    required: bool
    default: Any
    bounds: str
    description: str


@dataclass(frozen=True, slots=True)
class Description:
    """An operator in words. `example` is valid as it is."""

    name: str
    effect: Effect
    semantics: str
    parameters: tuple[Parameter, ...]
    example: Example


def describe() -> tuple[Description, ...]:
    """Describe every operator, in the order of the table."""
    groups: tuple[tuple[Effect, Any], ...] = (
        ("keeps or drops events", AnyFilter),
        ("rewrites concepts", AnyRewritingOperator),
        ("keeps or drops rows when a window closes", AnyWindowOperator),
    )
    return tuple(_described(model, effect) for effect, union in groups for model in get_args(union))


def _described(model: type[BaseModel], effect: Effect) -> Description:
    schema = model.model_json_schema()
    parameters = tuple(one for one in _parameters(schema, schema, "", ()) if one.name != "type")
    example: Example = model.__dict__["EXAMPLE"]
    return Description(
        schema["properties"]["type"]["const"], effect, cleandoc(model.__doc__ or ""), parameters, example
    )


def _parameters(schema: Schema, root: Schema, prefix: str, inside: tuple[str, ...]) -> Iterator[Parameter]:
    """Go through a model's fields; one that holds other models is followed by theirs, unless it is inside of them."""
    for name, field in schema.get("properties", {}).items():
        path, whole = f"{prefix}{name}", _not_null(field)
        yield Parameter(
            name=path,
            type=_type(whole),
            required=name in schema.get("required", ()),
            default=field.get("default"),
            bounds=_bounds(whole),
            description=field.get("description", ""),
        )
        item = whole.get("items", whole)
        model = str(item.get("$ref", "")).rsplit("/", 1)[-1]
        if model and model not in inside:
            marks = "[]." if "items" in whole else "."
            yield from _parameters(root["$defs"][model], root, path + marks, (*inside, model))


def _not_null(schema: Schema) -> Schema:
    """Return the only alternative to null, where there is one."""
    others = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return others[0] if len(others) == 1 else {"anyOf": others} if others else schema


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return f"a {schema['$ref'].rsplit('/', 1)[-1]}"
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items']).removeprefix('a ')}"
    return _SIMPLE.get(str(schema.get("type")), str(schema.get("const", "any value")))


def _bounds(schema: Schema) -> str:
    return ", ".join(f"{sign} {schema[key]:g}" for key, sign in _BOUNDS.items() if key in schema)
