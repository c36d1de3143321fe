"""The page about all commands, from the same declarations that the command line is made of."""

from __future__ import annotations

import typer

from streams.cli.main import COMMANDS, build_app

_WIDTH = 100
_INTRODUCTION = """# Commands

Every command says what it does with `--help`, which is also what this page has. What all have in common:

- `--bootstrap-server`, `-X name=value`, `--config FILE`, or the environment, say how to reach Kafka: see
  [configuration.md](configuration.md).
- `--output json` writes a document to standard output, `snapshots tail` a line for each snapshot. Without it, tables.
  Progress, remarks and errors go to standard error.
- Exit codes: 0 done; 1 failed (a cluster that does not answer, messages that were not delivered, a stage that cannot
  go on); 2 wrong use, settings or collectors file; 3 a check found problems (`topics check`, `collectors validate`,
  `audit`).
- No command shows a secret: properties that hold one are masked in `streams config`, and left out of errors.

On SIGTERM or Ctrl-C a worker drains within `limits.drain_budget_s`: it finishes what is in hand, commits, and leaves
its consumer groups.
"""


def page() -> str:
    """Markdown: one section a command, with its help as it stands."""
    root = typer.main.get_command(build_app())
    context = typer.Context(root, info_name="streams", max_content_width=_WIDTH, terminal_width=_WIDTH)
    return "\n".join([_INTRODUCTION, *(_section(context, each.group, each.name) for each in COMMANDS)])


def _section(context: typer.Context, group: str | None, name: str) -> str:
    path = [name] if group is None else [group, name]
    command, inner = context.command, context
    for part in path:
        command = command.get_command(inner, part)  # type: ignore[attr-defined]
        inner = typer.Context(command, parent=inner, info_name=part, max_content_width=_WIDTH, terminal_width=_WIDTH)
    return f"## streams {' '.join(path)}\n\n```text\n{command.get_help(inner).rstrip()}\n```\n"
