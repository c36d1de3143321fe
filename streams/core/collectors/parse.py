"""Collector files: text in, collectors out, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from streams.core.collectors.collection import Collectors
from streams.core.collectors.documents import Document, read_document
from streams.core.collectors.environment import substituted, unset_variables
from streams.core.collectors.evidently import EvidentlyFile, is_evidently, mapped_file
from streams.core.collectors.explain import explained
from streams.core.collectors.file_schema import CollectorFile
from streams.core.collectors.problems import CollectorsInvalidError, Path, Problem

Model = TypeVar("Model", bound=BaseModel)
_NO_VARIABLES: Mapping[str, str] = {}


def parse_collectors(text: str, name: str, environment: Mapping[str, str] = _NO_VARIABLES) -> Collectors:
    """Read the collectors of a file in YAML or JSON, ours or Evidently's `collector_config.json`.

    `name` is the file's, for errors; `environment` has the variables that `${NAME}` may stand for. Errors:
    CollectorsInvalidError with every problem found, each with file, line, path, value and remedy, and no secret.
    """
    document = read_document(text, name)
    if isinstance(document.value, list):
        document = document.under("collectors")
    if is_evidently(document.value):
        return mapped_file(_validated(EvidentlyFile, document, environment), document)
    return Collectors(_validated(CollectorFile, document, environment).collectors)


def _validated(model: type[Model], document: Document, environment: Mapping[str, str]) -> Model:
    unset = dict(unset_variables(document.value, environment))
    problems = [_unset(document, path, variable) for path, variable in unset.items()]
    problems += _repeated_ids(document)
    try:
        validated = model.model_validate(substituted(document.value, environment))
    except ValidationError as error:
        found = explained(error, document, model.model_json_schema())
        problems += [one for one in found if one.path not in unset]
    else:
        if not problems:
            return validated
    raise CollectorsInvalidError(problems)


def _unset(document: Document, path: Path, variable: str) -> Problem:
    remedy = f"set it, or write $${{{variable}}} for the text itself"
    return document.problem(path, f"the environment has no variable {variable}", remedy)


def _repeated_ids(document: Document) -> Iterator[Problem]:
    collectors: Any = document.value.get("collectors") if isinstance(document.value, dict) else None
    first: dict[str, int] = {}
    for number, one in enumerate(collectors if isinstance(collectors, list) else ()):
        name = one.get("id") if isinstance(one, dict) else None
        if not isinstance(name, str):
            continue
        path = ("collectors", number, "id")
        if first.setdefault(name, number) != number:
            earlier = document.values.get(("collectors", first[name], "id"), (0, 0))[0]
            message = f"is also the id of the collector in line {earlier}"
            yield document.problem(path, message, "give one of them another id", value=document.shown(path))
