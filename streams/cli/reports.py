"""`streams reports retry`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.exits import CommandError
from streams.cli.options import Session

if TYPE_CHECKING:
    from streams.core.batches.manifest import Manifest
    from streams.core.snapshots import Snapshot
    from streams.settings import Settings
    from streams.stores.objects import ObjectStore

RETRY_EXAMPLES = """\
streams reports retry                     # which reports failed, and why
streams reports retry --execute
streams reports retry --batch 4f1c9a --collectors collectors.yaml --execute
"""

Collector = Annotated[str | None, typer.Option(help="Only of this collector.")]
Batch = Annotated[str | None, typer.Option(metavar="ID", help="Only of this batch: its id, or the id's beginning.")]
CollectorsFile = Annotated[
    Path | None, typer.Option("--collectors", metavar="FILE", help="Collectors file (else STREAMS_COLLECTORS).")
]
Execute = Annotated[bool, typer.Option("--execute/--dry-run", help="Do it, or only say what would be done.")]


def retry(
    session: Session,
    *,
    collector: Collector = None,
    batch: Batch = None,
    collectors: CollectorsFile = None,
    execute: Execute = False,
) -> None:
    """Compute reports again that failed, with the collectors and references as they are now, and publish them.

    A failed report leaves a snapshot that says why, and its batch intact. One that fails again is not published
    again, and leads to exit code 1. Without --execute nothing is computed.
    """
    from streams.cli.output import note, show_rows
    from streams.cli.snapshot_rows import snapshot_row

    settings = session.settings(collectors=collectors)

    def failed() -> list[Snapshot]:
        return [
            each for each in _failed(settings, collector) if each.batch_id.startswith((batch or "").removesuffix("…"))
        ]

    shown = _retried(session, settings, failed) if execute else failed()
    show_rows(session, [snapshot_row(each) for each in shown], ["collector", "window", "verdict", "batch", "error"])
    if not execute:
        note(f"{len(shown)} report(s) would be tried again: add --execute")
    again = sum(each.error is not None for each in shown) if execute else 0
    if again:
        raise CommandError(f"{again} report(s) failed again")


def _retried(session: Session, settings: Settings, failed: Callable[[], list[Snapshot]]) -> list[Snapshot]:
    from streams import bootstrap
    from streams.cli.output import progress
    from streams.stores.collector_files import read_collectors
    from streams.stores.locations import open_objects

    store = open_objects(settings.store.uri, settings.store.s3_endpoint_url)

    def find() -> Iterator[Manifest]:
        return (_manifest(store, each) for each in failed())

    retrying = bootstrap.build_retry(settings, read_collectors(settings.collectors, session.environ).collectors)
    made = []
    with progress("computing reports") as advance:
        for snapshot in retrying.run(find):
            made.append(snapshot)
            advance(len(made), None)
    return made


def _failed(settings: Settings, collector: str | None) -> list[Snapshot]:
    """The last snapshot of each batch where that is an error, in the order of the topic."""
    from streams.cli.output import progress
    from streams.cli.snapshot_rows import decoder
    from streams.kafka import client_config
    from streams.kafka.scan import scan

    client, decoded = settings.client_id("reader"), decoder()
    config = client_config.consumer(settings.kafka, group_id=client, client_id=client)
    failed: dict[str, Snapshot] = {}
    with progress("reading snapshots") as advance:
        for record in scan(config, settings.topics.snapshots, advance, settled=True):
            snapshot = decoded(record)
            if snapshot is None or snapshot.labels_used or collector not in (None, snapshot.collector_id):
                continue
            failed.pop(snapshot.batch_id, None)
            if snapshot.error is not None:
                failed[snapshot.batch_id] = snapshot
    return list(failed.values())


def _manifest(store: ObjectStore, snapshot: Snapshot) -> Manifest:
    from streams.core.batches.manifest import decode_manifest, folder_of

    folder = folder_of(snapshot.collector_id, snapshot.start_ms or 0, snapshot.batch_id)
    return decode_manifest(store.get(f"batches/{folder}/manifest.json"))
