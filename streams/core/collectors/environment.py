"""`${NAME}` in a collector file: values, secrets above all, that stand in the environment instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from streams.core.collectors.problems import Path

_REFERENCE = re.compile(r"\$?\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def substituted(value: Any, environment: Mapping[str, str]) -> Any:
    """Replace `${NAME}` in every text by the variable's value; `$${NAME}` stands for the characters `${NAME}`.

    A reference to a variable that is not set stays as it is.
    """
    match value:
        case dict():
            return {key: substituted(part, environment) for key, part in value.items()}
        case list():
            return [substituted(part, environment) for part in value]
        case str():
            return _REFERENCE.sub(lambda found: _replacement(found, environment), value)
    return value


def unset_variables(value: Any, environment: Mapping[str, str], path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Go through references to variables that are not set, each with its path and name."""
    match value:
        case dict():
            for key, part in value.items():
                yield from unset_variables(part, environment, (*path, key))
        case list():
            for number, part in enumerate(value):
                yield from unset_variables(part, environment, (*path, number))
        case str():
            for found in _REFERENCE.finditer(value):
                if _is_missing(found, environment):
                    yield path, found[1]


def _is_missing(found: re.Match[str], environment: Mapping[str, str]) -> bool:
    return not found[0].startswith("$$") and found[1] not in environment


def _replacement(found: re.Match[str], environment: Mapping[str, str]) -> str:
    return found[0][1:] if found[0].startswith("$$") else environment.get(found[1], found[0])
