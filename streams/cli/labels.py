"""`streams labels load`: ground truth that came later, from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from streams.cli import event_sources
from streams.cli.event_messages import EventEncoding, of_lines, of_tables
from streams.cli.options import Session
from streams.cli.produce import Kind, Rate, send

LOAD_EXAMPLES = """\
streams labels load labels.jsonl                 # {"id": "...", "target": "fraud", "time": "2026-11-21T12:00:00Z"}
streams labels load chargebacks.csv --id-column transaction --target-column is_fraud
streams labels load truth.parquet --rate 5000
"""

File = Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines, CSV or Parquet; - is standard input.")]
IdColumn = Annotated[str, typer.Option(help="Column of a table with the ids of prediction events.")]
TargetColumn = Annotated[str, typer.Option(help="Column of a table with what was true.")]
TimeColumn = Annotated[str, typer.Option(help="Column of a table with when that was known; it may be missing.")]
Topic = Annotated[str | None, typer.Option(help="Another topic than topics.labels.")]


def load(  # noqa: PLR0913 - a command's options
    session: Session,
    file: File,
    *,
    kind: Kind = None,
    id_column: IdColumn = "id",
    target_column: TargetColumn = "target",
    time_column: TimeColumn = "time",
    rate: Rate = None,
    topic: Topic = None,
) -> None:
    """Send labels of events to the topic of labels, and check that each one was delivered.

    The label stage joins them to the rows of batches, whichever of the two came first. Of several labels of one event
    the latest counts, so that a file may be loaded again. Exits with 1, and says how many, where some were not
    delivered.
    """
    from streams.core.events.encode import labels_of_rows

    settings = session.settings(topics__labels=topic)
    found = event_sources.kind_of(file, kind)
    if found == "jsonl":
        blocks = map(of_lines, event_sources.lines(file, raw=False))
    else:
        tables = event_sources.tables(
            file, found, lambda rows: labels_of_rows(rows, id_column, target_column, time_column)
        )
        blocks = map(of_tables(EventEncoding.JSON, 1), tables)
    send(session, settings, blocks, rate, None, "labels")
