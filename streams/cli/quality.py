"""`streams quality`: a model's quality on batches of the past."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.options import Session
from streams.cli.times import epoch_ms

if TYPE_CHECKING:
    from streams.core.batches.manifest import Manifest
    from streams.core.events.messages import RawMessages
    from streams.core.replay.job import FrozenRange
    from streams.core.snapshots import Snapshot
    from streams.kafka.client_config import Config
    from streams.settings import Settings
    from streams.stages.quality_run import BatchLabelsState, QualityRun

EXAMPLES = """\
streams quality --collector hourly --from 2026-11-01 --to 2026-11-21
streams quality --collector hourly --from 2026-11-01 --to 2026-11-21 --output json
streams quality --collector hourly --from 2026-11-01 --to 2026-11-21 --publish   # revise what is published
"""

CollectorId = Annotated[str, typer.Option(help="The collector whose batches are looked at.")]
From = Annotated[str, typer.Option("--from", metavar="TIME", help="Windows that begin then or later.")]
To = Annotated[str, typer.Option("--to", metavar="TIME", help="Windows that end then or earlier.")]
CollectorsFile = Annotated[
    Path | None, typer.Option("--collectors", metavar="FILE", help="Collectors file (else STREAMS_COLLECTORS).")
]
Publish = Annotated[bool, typer.Option("--publish", help="Publish what has more labels than what is published.")]


def quality(
    session: Session,
    *,
    collector: CollectorId,
    from_time: From,
    to_time: To,
    collectors: CollectorsFile = None,
    publish: Publish = False,
) -> None:
    """Compute a model's quality on the batches of a stretch of time, from all labels that their topic still holds.

    Batches are read from the object store, labels from the beginning of their topic to its end as of now, in no
    group. Unless it is asked to publish, nothing is changed.
    """
    from streams.cli.output import note, show_rows
    from streams.cli.snapshot_rows import QUALITY_COLUMNS, quality_row

    settings = session.settings(collectors=collectors)
    bounds = epoch_ms(from_time, "--from"), epoch_ms(to_time, "--to")
    run = _run(session, settings)
    manifests = _manifests(run, collector, bounds)
    stretch = _frozen(settings)
    joined = run.join(manifests, _chunks(settings, stretch))
    made = _computed(run, manifests, joined)
    if publish:
        made = _published(settings, run, made, joined, stretch)
    show_rows(session, [quality_row(snapshot) for _, _, snapshot in made], QUALITY_COLUMNS)
    counted = ", ".join(f"{joined.outcomes[name]:,} {text}" for name, text in _OUTCOMES)
    note(f"{len(manifests)} batch(es), {len(made)} {'published' if publish else 'with labels'}; labels: {counted}")


_OUTCOMES = (("joined", "of their rows"), ("unknown", "of other events"), ("dead_letter", "unreadable messages"))
_Made = list[tuple[int, "Manifest", "Snapshot"]]


def _run(session: Session, settings: Settings) -> QualityRun:
    from streams.bootstrap_label import quality_run
    from streams.stores.collector_files import read_collectors

    return quality_run(settings, read_collectors(settings.collectors, session.environ).collectors)


def _manifests(run: QualityRun, collector: str, bounds: tuple[int, int]) -> list[Manifest]:
    from streams.stores.runs import manifests_of

    first, last = bounds
    return [each for each in manifests_of(run.store, collector) if first <= each.start_ms and each.end_ms <= last]


def _frozen(settings: Settings) -> Sequence[FrozenRange]:
    """From the first label that the log holds to what is committed now."""
    from streams.core.replay.job import FrozenRange
    from streams.kafka.scan import log_starts

    found = log_starts(_reader(settings), settings.topics.labels, None)
    return [FrozenRange(partition, low, high) for partition, (low, _, high) in sorted(found.items())]


def _chunks(settings: Settings, stretch: Sequence[FrozenRange]) -> Iterator[RawMessages]:
    from streams.cli.output import progress
    from streams.kafka.frozen import read_frozen
    from streams.kafka.polled import columns_of

    topic, total, done = settings.topics.labels, sum(each.next - each.first for each in stretch), 0
    with progress("reading labels", total) as advance:
        for polled in read_frozen(_reader(settings), topic, stretch, settings.limits.chunk_messages):
            if polled.messages:
                yield columns_of(topic, polled.messages)
                done += len(polled.messages)
                advance(done, total)


def _computed(run: QualityRun, manifests: Sequence[Manifest], joined: BatchLabelsState) -> _Made:
    from streams.cli.output import progress

    made: _Made = []
    with progress("computing quality", len(manifests)) as advance:
        for number, snapshot in run.computed(manifests, joined):
            made.append((number, manifests[number], snapshot))
            advance(number + 1, len(manifests))
    return made


def _published(
    settings: Settings, run: QualityRun, made: _Made, joined: BatchLabelsState, stretch: Sequence[FrozenRange]
) -> _Made:
    """Those that have more labels than what was published, once they are."""
    import pyarrow as pa

    from streams import bootstrap
    from streams.cli.snapshots import quality_revisions

    transaction = bootstrap.build_quality_transaction(settings)
    transaction.initialise()  # from here on no other such command can publish
    before = quality_revisions(settings)
    better = [
        (number, manifest, snapshot)
        for number, manifest, snapshot in made
        if snapshot.labels_used is not None and snapshot.labels_used.revision > before.get(snapshot.batch_id, 0)
    ]
    ((first, next_),) = [(each.first, each.next) for each in stretch]
    labelled = [(manifest, snapshot, pa.concat_tables(joined.labels[number])) for number, manifest, snapshot in better]
    run.publish(labelled, (first, next_), bootstrap.report_settings(settings), transaction)
    return better


def _reader(settings: Settings) -> Config:
    from streams.kafka import client_config

    client = settings.client_id("reader")
    return client_config.consumer(settings.kafka, group_id=client, client_id=client)
