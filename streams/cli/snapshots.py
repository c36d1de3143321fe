"""`streams snapshots list`, `show` and `tail`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.exits import CommandError, Exit
from streams.cli.options import OutputFormat, Session
from streams.cli.times import optional_epoch_ms

if TYPE_CHECKING:
    from streams.core.snapshots import Snapshot
    from streams.kafka.client_config import Config
    from streams.settings import Settings
    from streams.stores.listing import Stored
    from streams.stores.objects import ObjectStore

LIST_EXAMPLES = """\
streams snapshots list
streams snapshots list --collector hourly --last 24 --verdict drifted
streams snapshots list --from 2026-11-20 --to 2026-11-21
streams snapshots list --from-store --output json
"""
SHOW_EXAMPLES = """\
streams snapshots show 4f1c9a            # the beginning of a batch id, as `list` shows it
streams snapshots show 4f1c9a --output json
streams snapshots show 4f1c9a --quality  # how good the model was, by the labels that have come
"""
TAIL_EXAMPLES = """\
streams snapshots tail --output json | jq .verdict
streams snapshots tail --collector hourly --from-beginning
"""

Collector = Annotated[str | None, typer.Option(help="Only of this collector.")]
Last = Annotated[int | None, typer.Option(min=1, help="Only so many windows of each collector, the latest.")]
From = Annotated[str | None, typer.Option("--from", metavar="TIME", help="Only windows that begin then or later.")]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="Only windows that begin before then.")]
Verdict = Annotated[str | None, typer.Option(help="Only with this verdict, such as drifted, not_drifted or error.")]
FromStore = Annotated[bool, typer.Option("--from-store", help="Read the object store instead of the topic.")]
FromBeginning = Annotated[bool, typer.Option("--from-beginning", help="First all that are there.")]
Quality = Annotated[bool, typer.Option("--quality", help="The model's quality instead of the report.")]
BatchId = Annotated[str, typer.Argument(help="A batch id, or its beginning.")]


def list_snapshots(  # noqa: PLR0913 - a command's options
    session: Session,
    *,
    collector: Collector = None,
    verdict: Verdict = None,
    last: Last = None,
    from_time: From = None,
    to_time: To = None,
    from_store: FromStore = False,
) -> None:
    """List published snapshots by collector and window.

    Of several reports on one batch, for another reference or report or by a promoted replay, the last one is current;
    the others are listed as replaced. Of model quality on labels that came later, the latest revision is listed.
    Windows are chosen before verdicts: --last 4 --verdict drifted lists those of the last four windows that drifted.
    """
    from streams.cli.output import show_rows
    from streams.cli.snapshot_rows import COLUMNS, named_in_text, snapshot_row
    from streams.core.current import judged

    _require_verdict(verdict)
    settings, bounds = session.settings(), (optional_epoch_ms(from_time, "--from"), optional_epoch_ms(to_time, "--to"))
    found = judged(_of_store(settings) if from_store else _of_topic(settings))
    replaced = {id(each.snapshot) for each in found if each.replaced}
    read = [each.snapshot for each in found]
    chosen = [each for each in _of_collector(read, collector) if _begins_within(each, bounds)]
    chosen.sort(key=lambda each: (each.collector_id, each.start_ms or 0, each.sequence or 0, each.id))
    listed = chosen if last is None else _latest(chosen, last)
    rows = [
        {**snapshot_row(each), "replaced": id(each) in replaced}
        for each in listed
        if verdict in (None, each.verdict.value)
    ]
    if session.output is not OutputFormat.JSON:
        rows = [named_in_text(row) for row in rows]
    show_rows(session, rows, COLUMNS if not any(row["replaced"] for row in rows) else (*COLUMNS, "replaced"))


def _require_verdict(verdict: str | None) -> None:
    from streams.core.reports.verdicts import Verdict as Known

    known = [each.value for each in Known]
    if verdict is not None and verdict not in known:
        raise CommandError(f"--verdict {verdict}: choose from {', '.join(known)}", Exit.USAGE)


def _of_collector(snapshots: list[Snapshot], collector: str | None) -> list[Snapshot]:
    """Those of one collector, or all. Raises CommandError with the known ones where there is none of it."""
    found = [each for each in snapshots if collector in (None, each.collector_id)]
    if collector is not None and not found:
        known = ", ".join(sorted({each.collector_id for each in snapshots})) or "none yet"
        raise CommandError(f"--collector {collector}: there is no snapshot of it; there are of: {known}", Exit.USAGE)
    return found


def _begins_within(snapshot: Snapshot, bounds: tuple[int | None, int | None]) -> bool:
    first, end = bounds
    begins = snapshot.start_ms or 0
    return (first is None or begins >= first) and (end is None or begins < end)


def show(session: Session, batch_id: BatchId, *, quality: Quality = False) -> None:
    """Show one snapshot: counts, drift by column, tests, model quality, slices, and where its page for people lies.

    With --quality, the latest revision of the model's quality on labels that came later. As JSON it is the whole
    snapshot.
    """
    from streams.cli.output import printable_json, show_facts, show_rows
    from streams.cli.snapshot_rows import column_rows, quality_rows, slice_rows, snapshot_row, test_rows
    from streams.core.snapshots import Snapshot
    from streams.stores.listing import page_of

    settings = session.settings()
    store = _store(settings)
    found = _found(store, batch_id, quality=quality)
    if found is None:
        raise CommandError(
            f"the object store {settings.store.uri} has no {'quality ' if quality else ''}snapshot, or several, of a"
            f" batch {batch_id!r}:"
            " see `streams snapshots list`, and STREAMS_STORE_URI",
            Exit.USAGE,
        )
    content = store.get(found.key)
    snapshot = Snapshot.from_json_bytes(content)
    if session.output is OutputFormat.JSON:
        print(printable_json(content.decode()))
        return
    facts = {**snapshot_row(snapshot), "page": store.uri(page_of(found.key))}
    show_facts(session, {name: value for name, value in facts.items() if name != "batch"})
    columns = list(column_rows(snapshot)) if snapshot.labels_used is None else []
    for rows in (columns, test_rows(snapshot), quality_rows(snapshot), slice_rows(snapshot)):
        if rows:
            print()
            show_rows(session, rows, list(rows[0]))


def _store(settings: Settings) -> ObjectStore:
    from streams.stores.locations import open_existing

    return open_existing(settings.store.uri, settings.store.s3_endpoint_url)


def _found(store: ObjectStore, batch_id: str, *, quality: bool) -> Stored | None:
    from streams.stores.listing import SNAPSHOTS, latest_quality

    if not quality:
        return SNAPSHOTS.find(store, batch_id)
    found = [each for each in latest_quality(store) if each.batch_id.startswith(batch_id.removesuffix("…"))]
    return found[0] if len(found) == 1 else None


def tail(session: Session, *, collector: Collector = None, from_beginning: FromBeginning = False) -> None:
    """Print snapshots as they are published, one a line, until Ctrl-C."""
    from streams.cli.output import show_json_line, text_of
    from streams.cli.snapshot_rows import COLUMNS, decoder, named_in_text, snapshot_row
    from streams.kafka.scan import follow

    settings, decoded = session.settings(), decoder()
    for record in follow(_reader(settings), settings.topics.snapshots, from_beginning=from_beginning):
        snapshot = None if record is None else decoded(record)
        if snapshot is None or collector not in (None, snapshot.collector_id):
            continue
        row = snapshot_row(snapshot)
        if session.output is OutputFormat.JSON:
            show_json_line(row)
        else:
            print("\t".join(text_of(named_in_text(row)[column]) for column in COLUMNS), flush=True)


def quality_revisions(settings: Settings) -> dict[str, int]:
    """The current revision of model quality by batch, where that is no error: an error may be tried again.

    Waits for transactions that are pending.
    """
    from streams.core.current import judged

    published = [each.snapshot for each in judged(_of_topic(settings, settled=True))]
    return {each.batch_id: each.labels_used.revision for each in published if each.labels_used and each.error is None}


def _of_topic(settings: Settings, *, settled: bool = False) -> list[Snapshot]:
    from streams.cli.output import progress
    from streams.cli.snapshot_rows import decoder
    from streams.kafka.scan import scan

    decoded = decoder()
    with progress("reading snapshots") as advance:
        records = scan(_reader(settings), settings.topics.snapshots, advance, settled=settled)
        return [snapshot for snapshot in map(decoded, records) if snapshot is not None]


def _of_store(settings: Settings) -> list[Snapshot]:
    from streams.cli.output import progress
    from streams.core.snapshots import Snapshot
    from streams.stores.listing import REPLACED, SNAPSHOTS, latest_quality

    store = _store(settings)
    stored = [*REPLACED.stored(store), *SNAPSHOTS.stored(store), *latest_quality(store)]
    with progress("reading snapshots", len(stored)) as advance:
        read = []
        for number, each in enumerate(stored, 1):
            read.append(Snapshot.from_json_bytes(store.get(each.key)))
            advance(number, len(stored))
        return read


def _latest(ordered: list[Snapshot], windows: int) -> Iterator[Snapshot]:
    """All snapshots of the last so many batches of each collector, whose snapshots stand together."""
    for _, snapshots in groupby(ordered, key=lambda each: each.collector_id):
        of_collector = list(snapshots)
        last = set(list(dict.fromkeys(each.batch_id for each in of_collector))[-windows:])
        yield from (each for each in of_collector if each.batch_id in last)


def _reader(settings: Settings) -> Config:
    from streams.kafka import client_config

    client = settings.client_id("reader")
    return client_config.consumer(settings.kafka, group_id=client, client_id=client)
