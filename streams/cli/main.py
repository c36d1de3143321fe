"""All commands, in one table."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import typer

from streams.cli import (
    audit,
    collectors,
    config,
    dead_letters,
    dev,
    labels,
    operators,
    produce,
    quality,
    references,
    replay,
    reports,
    snapshots,
    topics,
    worker,
)
from streams.cli.demo.command import EXAMPLES as DEMO_EXAMPLES
from streams.cli.demo.command import demo
from streams.cli.options import command

_HELP = """Prediction events in, drift reports out: exactly-once collectors over Kafka.

Try `streams demo` first; `streams dev` is a whole system on this machine, `streams worker` one process of a real one.
Settings come from flags, environment and a file: see `streams config`.

Exit codes: 0 done, 1 failed, 2 wrong use or settings, 3 a check found problems.
"""


@dataclass(frozen=True, slots=True)
class Command:
    """A command, its group (None: at the top) and its examples, one a line."""

    group: str | None
    name: str
    run: Callable[..., None]
    examples: str


COMMANDS: tuple[Command, ...] = (
    Command(None, "demo", demo, DEMO_EXAMPLES),
    Command(None, "dev", dev.dev, dev.EXAMPLES),
    Command(None, "worker", worker.worker, worker.EXAMPLES),
    Command(None, "produce", produce.produce, produce.EXAMPLES),
    Command(None, "operators", operators.operators, operators.EXAMPLES),
    Command(None, "config", config.config, config.EXAMPLES),
    Command(None, "quality", quality.quality, quality.EXAMPLES),
    Command(None, "audit", audit.audit, audit.EXAMPLES),
    Command(None, "replay", replay.replay, replay.EXAMPLES),
    Command("topics", "create", topics.create, topics.CREATE_EXAMPLES),
    Command("topics", "check", topics.check, topics.CHECK_EXAMPLES),
    Command("snapshots", "list", snapshots.list_snapshots, snapshots.LIST_EXAMPLES),
    Command("snapshots", "show", snapshots.show, snapshots.SHOW_EXAMPLES),
    Command("snapshots", "tail", snapshots.tail, snapshots.TAIL_EXAMPLES),
    Command("labels", "load", labels.load, labels.LOAD_EXAMPLES),
    Command("references", "add", references.add, references.ADD_EXAMPLES),
    Command("references", "list", references.list_references, references.LIST_EXAMPLES),
    Command("reports", "retry", reports.retry, reports.RETRY_EXAMPLES),
    Command("dead-letters", "list", dead_letters.list_letters, dead_letters.LIST_EXAMPLES),
    Command("dead-letters", "show", dead_letters.show, dead_letters.SHOW_EXAMPLES),
    Command("dead-letters", "replay", dead_letters.replay, dead_letters.REPLAY_EXAMPLES),
    Command("collectors", "validate", collectors.validate, collectors.EXAMPLES),
)

GROUPS = {
    "topics": "Create the topics, or find what is wrong with them.",
    "collectors": "Look at collector files.",
    "labels": "Send what was true of events, known later.",
    "references": "Upload data that batches are compared with.",
    "reports": "Compute failed reports again.",
    "dead-letters": "Look at messages that nobody could read, and replay them.",
    "snapshots": "Look at published reports.",
}


def build_app() -> typer.Typer:
    """The command line as typer has it."""
    app = _group(_HELP, completion=True)
    app.callback()(_whole)
    groups = {name: _group(text) for name, text in GROUPS.items()}
    for name, group in groups.items():
        app.add_typer(group, name=name)
    for each in COMMANDS:
        parent = app if each.group is None else groups[each.group]
        text = inspect.cleandoc(each.run.__doc__ or "")
        parent.command(each.name, help=text, epilog=_epilog(each.examples))(command(each.run))
    return app


def main() -> None:
    """Run the command that the arguments name."""
    build_app()()


def _say_version(*, asked: bool) -> None:
    if asked:
        from streams import __version__

        print(f"streams {__version__}")
        raise typer.Exit


def _whole(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    """Options of `streams` itself."""


def _group(text: str, *, completion: bool = False) -> typer.Typer:
    return typer.Typer(
        help=text,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=completion,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def _epilog(examples: str) -> str:
    """Click keeps the lines of a paragraph that begins with a backspace."""
    lines = "\n".join(f"  {line}" for line in examples.splitlines())
    return f"\b\nExamples:\n{lines}"


if __name__ == "__main__":
    main()
