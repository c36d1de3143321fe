"""Results on standard output: tables for people, JSON for programs. Progress goes to standard error."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from streams.cli.options import OutputFormat, Session

Row = Mapping[str, object]
_LISTED = 6  # items of a list that a cell shows; the others are counted
_SENTENCES = ("reason", "problem", "error", "note", "value", "where", "setting", "reference", "sha256")
_HASHES = ("batch", "config_hash")
_HASH_SHOWN = 12
# What a terminal obeys rather than shows (C0, DEL, C1), what turns the order of text around, and lone surrogates.
_NOT_SHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def show_rows(session: Session, rows: Sequence[Row], columns: Sequence[str], title: str | None = None) -> None:
    """Some columns of rows as a table that fits the terminal, or whole rows as a JSON array.

    Where standard output is no terminal, the table is tab-separated lines below a line of column names, without
    padding and without the title.
    """
    if session.output is OutputFormat.JSON:
        show_json(list(rows))
    elif sys.stdout.isatty():
        _show_table(rows, columns, title)
    else:
        lines = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        lines.writerow(columns)
        lines.writerows([text_of(row.get(column)) for column in columns] for row in rows)


def show_facts(session: Session, facts: Mapping[str, object]) -> None:
    """One thing's facts: a name and a value a line, or a JSON object. Facts that are None are left out of lines."""
    if session.output is OutputFormat.JSON:
        show_json(facts)
        return
    rows = [{"name": name.replace("_", " "), "value": value} for name, value in facts.items() if value is not None]
    if sys.stdout.isatty():
        _show_table(rows, ("name", "value"), None, header=False)
        return
    for row in rows:
        print(f"{row['name']}\t{text_of(row['value'])}")


def _show_table(rows: Sequence[Row], columns: Sequence[str], title: str | None, *, header: bool = True) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold", show_header=header)
    for column in columns:
        whole = _is_whole(column)
        table.add_column(
            column.replace("_", " "),
            justify="right" if _numeric(rows, column) else "left",
            overflow="fold" if whole else "ellipsis",
            no_wrap=not whole,
        )
    for row in rows:
        table.add_row(*(_short(column, text_of(row.get(column))) for column in columns))
    Console(markup=False, highlight=False).print(table)


def _short(column: str, text: str) -> str:
    """Hashes are cut where people read them: commands take their beginning."""
    return f"{text[:_HASH_SHOWN]}…" if column in _HASHES and len(text) > _HASH_SHOWN else text


def _is_whole(column: str) -> bool:
    """Whether a column is sentences, or something to copy: it is broken into lines rather than cut."""
    return column in _SENTENCES


def show_json(value: object) -> None:
    """A JSON document, indented."""
    print(printable_json(json.dumps(value, indent=2, ensure_ascii=False, default=str)))


def show_json_line(value: object) -> None:
    """One line of a stream."""
    print(printable_json(json.dumps(value, ensure_ascii=False, default=str)), flush=True)


def printable(text: str) -> str:
    """Text from outside in which codes stand for the characters that a terminal would obey."""
    return _NOT_SHOWN.sub(lambda found: ascii(found[0])[1:-1], text)


def printable_lines(text: str) -> str:
    """The same for text of several lines."""
    return "\n".join(map(printable, text.split("\n")))


def printable_json(document: str) -> str:
    """The same for a JSON document, which stays one, and its line breaks and indents as they are."""
    return _NOT_SHOWN.sub(lambda found: found[0] if found[0] in "\n\t\r" else f"\\u{ord(found[0]):04x}", document)


def note(text: str) -> None:
    """A remark that is no result: standard error."""
    print(printable_lines(text), file=sys.stderr, flush=True)


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
    if isinstance(value, list | tuple):
        more = f" and {len(value) - _LISTED} more" if len(value) > _LISTED else ""
        return printable(", ".join(map(str, value[:_LISTED])) + more)
    return printable(str(value))
