"""Results on standard output: tables for people, JSON for programs. Progress goes to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from streams.cli.options import OutputFormat, Session

Row = Mapping[str, object]
_PIPE_WIDTH = 100_000  # whoever reads a pipe breaks its lines himself


def show_rows(session: Session, rows: Sequence[Row], columns: Sequence[str], title: str | None = None) -> None:
    """A table of some columns, or a JSON array of whole rows."""
    if session.output is OutputFormat.JSON:
        show_json(list(rows))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(
            column.replace("_", " "), justify="right" if _numeric(rows, column) else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(text_of(row.get(column)) for column in columns))
    Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, markup=False, highlight=False).print(table)


def show_json(value: object) -> None:
    """A JSON document, indented."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def show_json_line(value: object) -> None:
    """One line of a stream."""
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)


def note(text: str) -> None:
    """A remark that is no result: standard error."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def progress(description: str, total: int | None = None) -> Iterator[Callable[[int, int | None], None]]:
    """A bar on standard error while there is a terminal. Call what is yielded with (done, total)."""
    if not sys.stderr.isatty():
        yield _ignore
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(description, total=total)
        yield lambda done, whole: bars.update(task, completed=done, total=whole)


def _ignore(_done: int, _total: int | None) -> None:
    """No terminal, no bar."""


def _numeric(rows: Iterable[Row], column: str) -> bool:
    return all(isinstance(row.get(column), int | float | None) for row in rows)


def text_of(value: Any) -> str:
    """A value as a cell of a table."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int):
        return f"{value:,}"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
