"""Avro schemas that refer to types of other schemas, as one schema (Confluent calls them schema references)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from streams.core.events.rejects import MalformedError

_NAMED = frozenset({"record", "error", "enum", "fixed"})
_PARTS = ("items", "values", "type")


def with_references(schema: str, referred: Sequence[str]) -> str:
    """The JSON text of `schema` in which the first use of each type that `referred` schemas define is its definition.

    Names follow Avro 1.12 (https://avro.apache.org/docs/1.12.0/specification/#names). A name that nobody defines stays.
    Raises MalformedError for what is no JSON, or nests too deeply.
    """
    try:
        definitions: dict[str, tuple[Any, str]] = {}
        for text in referred:
            _collect(json.loads(text), "", definitions)
        return json.dumps(_InliningState(definitions).inlined(json.loads(schema), ""))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedError(f"Avro schema with references: {error!r}; register a valid schema") from error


def _collect(schema: Any, namespace: str, found: dict[str, tuple[Any, str]]) -> None:
    """Every named type that a schema defines, by full name, with the namespace around it."""
    if isinstance(schema, list):
        for each in schema:
            _collect(each, namespace, found)
    elif isinstance(schema, dict):
        inner = namespace
        if schema.get("type") in _NAMED:
            inner = _namespace_of(schema, namespace)
            found.setdefault(_full_name(schema, namespace), (schema, namespace))
        for part in [*(schema.get(name) for name in _PARTS), *(schema.get("fields") or ())]:
            if isinstance(part, dict | list):
                _collect(part, inner, found)


@dataclass(slots=True)
class _InliningState:
    """Replaces names by definitions, each once. `_defined` are the full names that were written out by now."""

    definitions: Mapping[str, tuple[Any, str]]
    _defined: set[str] = field(default_factory=set)

    def inlined(self, schema: Any, namespace: str) -> Any:
        if isinstance(schema, str):
            return self._by_name(schema, namespace)
        if isinstance(schema, list):
            return [self.inlined(each, namespace) for each in schema]
        if isinstance(schema, dict):
            return self._of_object(schema, namespace)
        return schema

    def _by_name(self, name: str, namespace: str) -> Any:
        full = name if "." in name or not namespace else f"{namespace}.{name}"
        for known in (full, name):
            if known in self._defined:
                return known
            if known in self.definitions:
                definition, around = self.definitions[known]
                return self._of_object(definition, around)
        return name

    def _of_object(self, schema: Mapping[str, Any], namespace: str) -> Any:
        if schema.get("type") not in _NAMED:
            return {key: self.inlined(each, namespace) if key in _PARTS else each for key, each in schema.items()}
        full, inner = _full_name(schema, namespace), _namespace_of(schema, namespace)
        if full in self._defined:
            return full
        self._defined.add(full)
        named = {**schema, "name": full.rpartition(".")[2], "namespace": inner}
        if "fields" in schema:
            named["fields"] = [{**each, "type": self.inlined(each["type"], inner)} for each in schema["fields"]]
        return named


def _full_name(schema: Mapping[str, Any], namespace: str) -> str:
    name, inner = str(schema.get("name", "")), _namespace_of(schema, namespace)
    return name if "." in name or not inner else f"{inner}.{name}"


def _namespace_of(schema: Mapping[str, Any], namespace: str) -> str:
    """The namespace of a named type, which is that of the names in it."""
    name = str(schema.get("name", ""))
    return name.rpartition(".")[0] if "." in name else str(schema.get("namespace", namespace))
