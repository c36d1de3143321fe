"""What every command takes, and what it makes of it."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.exits import Exit, exit_code

if TYPE_CHECKING:
    from streams.settings import Settings

_PANEL = "Options of every command"


class OutputFormat(StrEnum):
    """How results are written to standard output."""

    TABLE = "table"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Session:
    """One run of a command: how to write, and where settings come from."""

    output: OutputFormat
    environ: Mapping[str, str]
    config: Path | None = None
    properties: tuple[str, ...] = ()

    def settings(self, **overrides: object) -> Settings:
        """Settings from flags, environment and file; `web__port=0` overrides `web.port`, None overrides nothing.

        Raises SettingsError.
        """
        from streams.settings import Flags, load_settings

        named = {name.replace("__", "."): value for name, value in overrides.items() if value is not None}
        return load_settings(self.environ, Flags(self.config, self.properties, named))

    def with_servers(self, servers: str) -> Session:
        """The same with these brokers."""
        return replace(self, properties=(*self.properties, f"bootstrap.servers={servers}"))


def command(run: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that all have, and turn expected errors into a line and an exit code.

    `run` takes a Session first, then its own options.
    """

    @wraps(run)
    def started(**given: Any) -> None:
        output, config = given.pop("output"), given.pop("config")
        properties = _properties(given.pop("bootstrap_server"), given.pop("property_"))
        session = Session(output, os.environ, config, properties)
        try:
            run(session, **given)
        except Exception as error:
            code = exit_code(error)
            if code is None:
                raise
            fail(str(error), code)

    own = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in inspect.signature(run, eval_str=True).parameters.values()
        if parameter.annotation is not Session
    ]
    started.__signature__ = inspect.Signature([*own, *_COMMON])  # type: ignore[attr-defined]
    return started


def fail(text: str, code: Exit) -> None:
    """Say why on standard error and leave."""
    from streams.cli.output import printable_lines

    print(f"error: {printable_lines(text)}", file=sys.stderr)
    raise typer.Exit(code)


def _properties(bootstrap_server: str | None, properties: list[str] | None) -> tuple[str, ...]:
    server = () if bootstrap_server is None else (f"bootstrap.servers={bootstrap_server}",)
    return (*server, *(properties or ()))


def _common(name: str, annotation: Any, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


_COMMON = (
    _common(
        "bootstrap_server",
        Annotated[
            str | None,
            typer.Option(
                "--bootstrap-server", "-b", metavar="HOST:PORT,...", help="Kafka brokers.", rich_help_panel=_PANEL
            ),
        ],
        None,
    ),
    _common(
        "property_",
        Annotated[
            list[str] | None,
            typer.Option(
                "--property",
                "-X",
                metavar="NAME=VALUE",
                help="Any librdkafka property; repeatable.",
                rich_help_panel=_PANEL,
            ),
        ],
        None,
    ),
    _common(
        "config",
        Annotated[
            Path | None,
            typer.Option(
                "--config",
                metavar="FILE",
                help="Settings file (else STREAMS_CONFIG, else streams.yaml).",
                rich_help_panel=_PANEL,
            ),
        ],
        None,
    ),
    _common(
        "output",
        Annotated[
            OutputFormat,
            typer.Option("--output", "-o", help="Tables for people, JSON for programs.", rich_help_panel=_PANEL),
        ],
        OutputFormat.TABLE,
    ),
)
