"""Where settings come from: flags win over the environment, the environment over the file, that over defaults."""

from __future__ import annotations

import difflib
import os
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError

from streams.kafka.connection import Connection, properties_of_environment, properties_of_flags
from streams.settings.model import Settings, without_user_info

ENVIRONMENT_PREFIX = "STREAMS_"
FILE_VARIABLE = "STREAMS_CONFIG"
DEFAULT_FILE = Path("streams.yaml")

# What Kubernetes sets for services whose names begin with "streams".
_SERVICE_LINK = re.compile(r"STREAMS(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT.*|PORT|PORT_\d+_.*)")

# Read elsewhere: where the settings file is, and what only the tests ask for.
_NOT_OURS = re.compile(r"STREAMS_(CONFIG|TEST_.*)")

SettingPath = tuple[str, ...]


class SettingsError(ValueError):
    """Settings that cannot be used; the text names source, field, value (never a secret's) and remedy."""


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line sets.

    `properties` are Kafka properties as `name=value`; `overrides` go by setting, such as `web.port`.
    """

    config: Path | None = None
    properties: Sequence[str] = ()
    overrides: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Assignment:
    path: SettingPath
    value: object
    source: str


def load_settings(environ: Mapping[str, str], flags: Flags | None = None) -> Settings:
    """Read settings once. Raises SettingsError."""
    flags = flags or Flags()
    given = [
        *(_of_process(), *_of_aws(environ), *_of_file(environ, flags.config)),
        *(*_of_environment(environ), *_of_flags(flags)),
    ]
    origins = {each.path: each.source for each in given}
    try:
        return Settings.model_validate(_nested(given))
    except ValidationError as refused:
        raise SettingsError("\n".join(_sentences(refused, given, origins))) from None


def environment_variables() -> dict[str, SettingPath]:
    """Every variable that sets one setting, but for Kafka's properties."""
    return {ENVIRONMENT_PREFIX + "_".join(path).upper(): path for path in _paths(Settings)}


def _paths(model: type[BaseModel]) -> Iterator[SettingPath]:
    for name, each in model.model_fields.items():
        kind = each.annotation
        if kind is Connection:
            continue
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from ((name, *rest) for rest in _paths(kind))
        else:
            yield (name,)


def _of_process() -> _Assignment:
    # Two workers on one machine must not fence each other.
    return _Assignment(("instance",), f"{socket.gethostname()[:100]}-{os.getpid()}", "this process")


def _of_file(environ: Mapping[str, str], flag: Path | None) -> Iterator[_Assignment]:
    named = flag or (Path(environ[FILE_VARIABLE]) if environ.get(FILE_VARIABLE) else None)
    path = named or DEFAULT_FILE
    if named is None and not path.is_file():
        return
    for setting, value in _leaves(_read_yaml(path), ()):
        yield _Assignment(setting, value, f"file {path}")


def _read_yaml(path: Path) -> dict[str, object]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"settings file {path}: {error.strerror}: create it or leave it out") from None
    except UnicodeDecodeError:
        raise SettingsError(f"settings file {path} is not UTF-8 text: save it as such") from None
    except yaml.YAMLError as error:
        # The error's own text quotes the line, which may hold a password.
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise SettingsError(f"settings file {path}{where}: {getattr(error, 'problem', 'not YAML')}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SettingsError(
            f"settings file {path} must hold sections, such as `topics:`, not a {type(content).__name__}"
        )
    return content


def _leaves(content: Mapping[str, object], above: SettingPath) -> Iterator[tuple[SettingPath, object]]:
    """A section is descended into; Kafka's properties stay flat, for their names hold dots."""
    for name, value in content.items():
        path = (*above, str(name))
        deepest = 2 if path[0] == "kafka" else 1
        if isinstance(value, dict) and len(path) <= deepest:
            yield from _leaves(value, path)
        elif value is not None:
            yield path, value


def _of_aws(environ: Mapping[str, str]) -> Iterator[_Assignment]:
    """What the AWS tools call their server; the more special name wins."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        if environ.get(name):
            yield _Assignment(("store", "s3_endpoint_url"), environ[name], f"environment variable {name}")


def _of_environment(environ: Mapping[str, str]) -> Iterator[_Assignment]:
    known = environment_variables()
    for name, value in sorted(environ.items()):
        if not name.startswith(ENVIRONMENT_PREFIX) or _NOT_OURS.fullmatch(name) or not value:
            continue
        if name in known:
            yield _Assignment(known[name], value, f"environment variable {name}")
        elif not _SERVICE_LINK.fullmatch(name):
            raise SettingsError(f"environment variable {name} sets nothing{_closest(name, known)}: remove or rename it")
    for variable, (role, prop, value) in properties_of_environment(environ).items():
        yield _Assignment(("kafka", role, prop), value, f"environment variable {variable}")


def _of_flags(flags: Flags) -> Iterator[_Assignment]:
    for setting, value in flags.overrides.items():
        yield _Assignment(tuple(setting.split(".")), value, f"flag for {setting}")
    try:
        for role, prop, value in properties_of_flags(flags.properties):
            yield _Assignment(("kafka", role, prop), value, f"flag -X {prop}")
    except ValueError as error:
        raise SettingsError(str(error)) from None


def _nested(given: Sequence[_Assignment]) -> dict[str, object]:
    out: dict[str, object] = {}
    for each in given:
        inner = out
        for name in each.path[:-1]:
            below = inner.setdefault(name, {})
            if not isinstance(below, dict):
                raise SettingsError(f"{each.source}: {name} is a section, and was given a single value: remove that")
            inner = below
        inner[each.path[-1]] = each.value
    return out


def _sentences(
    refused: ValidationError, given: Sequence[_Assignment], origins: Mapping[SettingPath, str]
) -> Iterator[str]:
    for error in refused.errors(include_url=False, include_context=False, include_input=False):
        path = tuple(str(part) for part in error["loc"])
        value = next((each.value for each in reversed(given) if each.path == path), None)
        source = origins.get(path) or _source_below(path, origins)
        shown = "" if value is None or _is_secret(path) else f" is {without_user_info(value)!r}"
        said = error["msg"].removeprefix("Value error, ")
        if error["type"] == "extra_forbidden":
            known = {".".join(each) for each in _paths(Settings)}
            said = f"there is no such setting{_closest('.'.join(path), known)}"
            shown = ""
        yield f"{source}: {'.'.join(path)}{shown}: {said[0].lower()}{said[1:]}"


def _source_below(path: SettingPath, origins: Mapping[SettingPath, str]) -> str:
    below = {source for each, source in origins.items() if each[: len(path)] == path}
    return " and ".join(sorted(below)) or "settings"


def _is_secret(path: SettingPath) -> bool:
    model: object = Settings
    for name in path:
        if not (isinstance(model, type) and issubclass(model, BaseModel)) or name not in model.model_fields:
            return True
        model = model.model_fields[name].annotation
    section = isinstance(model, type) and issubclass(model, BaseModel)  # what was put in its place may be anything
    return section or "SecretStr" in str(model)


def _closest(name: str, known: Mapping[str, object] | set[str]) -> str:
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.75)
    return f" (did you mean {found[0]}?)" if found else ""
