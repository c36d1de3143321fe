"""Where produced events come from: files, standard input, sample traffic. In blocks, so that no file is held whole."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from streams.cli.exits import CommandError, Exit

if TYPE_CHECKING:
    import pyarrow as pa

    from streams.core.traffic import TrafficPlan

BLOCK_EVENTS = 10_000
STANDARD_INPUT = Path("-")
_KINDS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a JSON lines file and, where it says one, its event's id."""

    value: bytes
    id: str | None


def kind_of(file: Path, asked: str | None) -> str:
    """`jsonl`, `csv` or `parquet`: what was asked for, or what the file's name says."""
    kind = asked or ("jsonl" if file == STANDARD_INPUT else _KINDS.get(file.suffix.lower()))
    if kind is None:
        raise CommandError(f"{file}: its name does not say what it is: add --format jsonl, csv or parquet", Exit.USAGE)
    if kind not in _KINDS.values():
        raise CommandError(f"--format {kind}: choose jsonl, csv or parquet", Exit.USAGE)
    if kind == "parquet" and file == STANDARD_INPUT:
        raise CommandError("Parquet cannot be read from standard input: name the file", Exit.USAGE)
    if file != STANDARD_INPUT and not file.is_file():
        raise CommandError(f"there is no file {file}", Exit.USAGE)
    return kind


def lines(file: Path, *, raw: bool) -> Iterator[list[Line]]:
    """Blocks of lines that hold a JSON object or array each; with `raw`, of any lines. Empty lines are left out."""
    block: list[Line] = []
    with _opened(file) as stream:
        for number, text in enumerate(stream, 1):
            line = text.strip()
            if line:
                block.append(Line(line, None) if raw else _checked(line, f"{file}, line {number}"))
            if len(block) == BLOCK_EVENTS:
                yield block
                block = []
    if block:
        yield block


def content(file: Path) -> bytes:
    """All bytes of a file or of standard input. CommandError where it cannot be read."""
    with _opened(file) as stream:
        return stream.read()


def rows(file: Path, kind: str, model_id: str | None) -> Iterator[pa.Table]:
    """Blocks of a CSV or Parquet file's rows as events."""
    from streams.core.events.encode import events_of_rows

    return tables(file, kind, lambda table: events_of_rows(table, model_id))


def tables(file: Path, kind: str, made: Callable[[pa.Table], pa.Table]) -> Iterator[pa.Table]:
    """What is `made` of each block of a CSV or Parquet file's rows. CommandError where that raises ValueError."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    with _opened(file) as stream:
        try:
            batches: Any = (
                csv.open_csv(stream) if kind == "csv" else parquet.ParquetFile(stream).iter_batches(BLOCK_EVENTS)
            )
            for batch in batches:
                table = pa.Table.from_batches([batch])
                for first in range(0, table.num_rows, BLOCK_EVENTS):
                    yield made(table.slice(first, BLOCK_EVENTS))
        except (pa.ArrowException, ValueError) as error:
            raise CommandError(f"{file}: {error}") from error


def sample(plan: TrafficPlan) -> Iterator[pa.Table]:
    """Blocks of sample traffic."""
    from streams.core.traffic import traffic

    return traffic(plan)


def _checked(line: bytes, where: str) -> Line:
    import msgspec

    try:
        event = msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        raise CommandError(f"{where} is not JSON: {error}: correct it, or send it as it is with --raw") from None
    if not isinstance(event, dict | list):
        raise CommandError(f"{where} holds {type(event).__name__}, not an event: correct it, or send it with --raw")
    named = event.get("id") if isinstance(event, dict) else None
    return Line(line, None if named is None else str(named))


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    if file == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    try:
        stream = file.open("rb")
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}", Exit.USAGE) from None
    with stream:
        yield stream
