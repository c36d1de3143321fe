"""YAML and JSON text as values that know their place in the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from streams.core.collectors.problems import CollectorsInvalidError, Path, Problem

Place = tuple[int, int]
_USER_INFO = re.compile(r"(?<=//)[^/@\s]*@")
_LARGEST_DOCUMENT = 200_000
_TAG = "tag:yaml.org,2002:"
_NULL, _BOOL, _INT, _FLOAT, _STR, _MAP, _SEQ = (
    f"{_TAG}{name}" for name in ("null", "bool", "int", "float", "str", "map", "seq")
)
_INTEGER = r"-?(?:0|[1-9][0-9]*)"
_PLAIN = (
    (_NULL, re.compile(r"^(?:null|~|)$"), ("n", "~", "")),
    (_BOOL, re.compile(r"^(?:true|false)$"), "tf"),
    (_INT, re.compile(rf"^{_INTEGER}$"), "-0123456789"),
    (_FLOAT, re.compile(rf"^{_INTEGER}(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$"), "-0123456789"),
)


class _JsonLikeLoader(yaml.SafeLoader):
    """Plain scalars mean what they mean in JSON: no `yes`, no dates, no octal numbers, and 1e3 is a number."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML looks for a dict of this name
        first: [(tag, pattern) for tag, pattern, starts in _PLAIN if first in starts]
        for first in ("n", "~", "", *"tf-0123456789")
    }


@dataclass(frozen=True, slots=True)
class Document:
    """A file's value, and the places (line, column, from 1) of its keys and values by their paths."""

    file: str
    value: Any
    keys: Mapping[Path, Place]
    values: Mapping[Path, Place]

    def problem(
        self, path: Path, message: str, remedy: str = "", *, value: str | None = None, at_key: bool = False
    ) -> Problem:
        """Say what is wrong at a path: at its key, its value, or what is nearest where it is not in the file."""
        places = self.keys if at_key else self.values
        line, column = next(
            (places[path[:size]] for size in range(len(path), -1, -1) if path[:size] in places), (None, None)
        )
        return Problem(self.file, line, column, path, value, message, remedy)

    def under(self, key: str) -> Document:
        """Return the document as the value of a key."""
        keys, values = ({(key, *path): place for path, place in places.items()} for places in (self.keys, self.values))
        return Document(self.file, {key: self.value}, keys, values)

    def shown(self, path: Path) -> str | None:
        """Show what is written at a path, if it is a scalar."""
        value = self.value
        try:
            for part in path:
                value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
        if isinstance(value, dict | list):
            return None
        return _USER_INFO.sub("***@", json.dumps(value, ensure_ascii=False))


@dataclass(slots=True)
class _ReadingState:
    file: str
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    open_nodes: set[int] = field(default_factory=set)


def read_document(text: str, file: str) -> Document:
    """Read YAML, or JSON where the name ends in `.json` or else the text starts as JSON does.

    Errors: CollectorsInvalidError for syntax, keys that occur twice, tags, and documents too large or too deep.
    """
    text = text.removeprefix("\ufeff")
    try:
        return _read_json(text, file) if _is_json(text, file) else _read_yaml(text, file)
    except RecursionError:
        problem = Problem(file, None, None, (), None, "is nested too deeply", "write it flatter")
        raise CollectorsInvalidError([problem]) from None


def _is_json(text: str, file: str) -> bool:
    by_name = file.endswith((".json", ".yaml", ".yml"))
    return file.endswith(".json") if by_name else text.lstrip()[:1] in ("{", "[")


def _read_json(text: str, file: str) -> Document:
    try:
        value = json.loads(text, parse_constant=str)
        if not (isinstance(value, Mapping) and isinstance(value.get("collectors"), Mapping)):
            value = json.loads(text, parse_constant=_refuse_constant)  # Evidently's file alone has such words
    except ValueError as error:
        line, column, words = (
            (error.lineno, error.colno, error.msg)
            if isinstance(error, json.JSONDecodeError)
            else (None, None, str(error))
        )
        problem = Problem(file, line, column, (), None, f"is not JSON: {words}", "correct it here or just before")
        raise CollectorsInvalidError([problem]) from None
    try:
        # JSON is YAML but for tabs, which in JSON can only stand between tokens: YAML knows where everything is
        root = yaml.compose(text.replace("\t", " "), Loader=_JsonLikeLoader)
    except yaml.YAMLError:
        return Document(file, value, {}, {})
    placed = _document(root, file)
    return Document(file, value, placed.keys, placed.values)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


def _read_yaml(text: str, file: str) -> Document:
    try:
        root = yaml.compose(text, Loader=_JsonLikeLoader)
    except yaml.MarkedYAMLError as error:
        raise CollectorsInvalidError([_syntax(error, file)]) from None
    except yaml.YAMLError as error:
        words = " ".join(str(error).split())
        problem = Problem(file, None, None, (), None, f"is not YAML: {words}", "save it as UTF-8 text")
        raise CollectorsInvalidError([problem]) from None
    return _document(root, file)


def _document(root: yaml.Node | None, file: str) -> Document:
    reading = _ReadingState(file)
    value = None if root is None else _value(root, (), reading)
    if reading.problems:
        raise CollectorsInvalidError(reading.problems)
    return Document(file, value, reading.keys, reading.values)


def _syntax(error: yaml.MarkedYAMLError, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (None, None) if mark is None else _place(mark)
    words = " ".join(part for part in (error.context, error.problem) if part)
    return Problem(file, line, column, (), None, f"is not YAML: {words}", "correct it here or just before")


def _value(node: yaml.Node, path: Path, reading: _ReadingState) -> Any:
    reading.values[path] = _place(node.start_mark)
    if len(reading.values) > _LARGEST_DOCUMENT or id(node) in reading.open_nodes:
        problem = Problem(
            reading.file,
            *_place(node.start_mark),
            path,
            None,
            "holds itself, or is too large",
            "write it without aliases",
        )
        raise CollectorsInvalidError([problem])
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, path, reading)
    if node.tag not in (_MAP, _SEQ):
        _refuse_tag(node, path, reading)
    reading.open_nodes.add(id(node))
    if isinstance(node, yaml.MappingNode):
        value: Any = dict(_entries(node, path, reading))
    else:
        value = [_value(item, (*path, number), reading) for number, item in enumerate(node.value)]
    reading.open_nodes.discard(id(node))
    return value


def _entries(node: yaml.MappingNode, path: Path, reading: _ReadingState) -> Iterator[tuple[str, Any]]:
    for key_node, value_node in node.value:
        place = _place(key_node.start_mark)
        if not isinstance(key_node, yaml.ScalarNode):
            reading.problems.append(
                Problem(reading.file, *place, path, None, "has a key that is not a text", "use a name as key")
            )
            continue
        key = _joined(key_node.value)
        if (*path, key) in reading.keys:
            first = reading.keys[*path, key][0]
            reading.problems.append(
                Problem(
                    reading.file,
                    *place,
                    (*path, key),
                    None,
                    f"occurs twice, first in line {first}",
                    "remove one of the two",
                )
            )
        reading.keys[*path, key] = place
        yield key, _value(value_node, (*path, key), reading)


def _scalar(node: yaml.ScalarNode, path: Path, reading: _ReadingState) -> Any:
    text = _joined(node.value)
    try:
        match node.tag:
            case tag if tag == _STR:
                return text
            case tag if tag == _NULL:
                return None
            case tag if tag == _BOOL:
                return {"true": True, "false": False}[text]
            case tag if tag in (_INT, _FLOAT):
                return json.loads(text)
    except (ValueError, KeyError):
        pass
    _refuse_tag(node, path, reading)
    return None


def _refuse_tag(node: yaml.Node, path: Path, reading: _ReadingState) -> None:
    message = f"has a tag, {node.tag.removeprefix(_TAG)}, that does not fit"
    reading.problems.append(Problem(reading.file, *_place(node.start_mark), path, None, message, "leave the tag out"))


def _joined(text: str) -> str:
    """Join the surrogate pairs that JSON writes characters beyond 16 bits with."""
    if not any("\ud800" <= one <= "\udfff" for one in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _place(mark: yaml.Mark) -> Place:
    return mark.line + 1, mark.column + 1
