"""From what a command asks to a replay's job, and from a run's name back to it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from streams.cli.exits import CommandError, Exit
from streams.cli.options import Session
from streams.cli.times import epoch_ms

if TYPE_CHECKING:
    from streams.core.collectors.collector import Collector
    from streams.core.replay.diff import Current, Reported
    from streams.core.replay.job import FrozenRange, ReplayJob, ReplayTopic
    from streams.kafka.client_config import Config
    from streams.kafka.scan import Record
    from streams.settings import Settings
    from streams.stores.objects import ObjectStore
    from streams.stores.runs import RunOutcome


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says."""

    collector: str
    from_time: str
    to_time: str
    topic: str


@dataclass(frozen=True, slots=True)
class Frozen:
    """A job with what is needed to do it and to look at what it made."""

    settings: Settings
    job: ReplayJob
    collector: Collector

    def live(self) -> list[Reported]:
        """What the object store says by now of the windows that were asked for."""
        from streams.stores.runs import reported

        return reported(self._live_store(), self._live_store(), self.job)

    def made(self) -> list[Reported]:
        """What the run made."""
        from streams.stores.runs import reported

        run = self._run_store()
        return reported(self._live_store() if self.job.topic == "batches" else run, run, self.job)

    def outcome(self) -> RunOutcome | None:
        """What the run came to; None where it is not finished."""
        from streams.stores.runs import RunStore

        return RunStore(self._run_store()).outcome()

    def current(self) -> dict[str, Current]:
        """What is current of the collector's batches: as topics say; for what these have lost, as the store does."""
        from dataclasses import replace

        from streams.cli.snapshot_rows import decoder
        from streams.core.batches.manifest import decode_manifest
        from streams.core.replay.diff import Current

        found = {
            each.manifest.batch_id: Current(
                each.manifest, None if each.snapshot is None else each.snapshot.content_sha256
            )
            for each in self.live()
        }
        decoded = decoder()
        for record in self._records(self.settings.topics.batches):
            manifest = decode_manifest(record.value or b"")
            found[manifest.batch_id] = replace(found.get(manifest.batch_id, Current()), manifest=manifest)
        for record in self._records(self.settings.topics.snapshots):
            snapshot = decoded(record)
            if snapshot is not None and snapshot.labels_used is None:
                known = found.get(snapshot.batch_id, Current())
                found[snapshot.batch_id] = replace(known, snapshot_sha256=snapshot.content_sha256)
        return found

    def unseen(self) -> list[str]:
        """What a comparison of windows cannot show, in words."""
        from streams.core.replay.diff import beyond

        outcome, found = self.outcome(), beyond(self.collector.plan(), self.job)
        if outcome is None:
            return [*found, f"windows that are not made yet: go on with --run {self.job.run} --execute"]
        if outcome.dead:
            found.append(f"{outcome.dead:,} messages that are dead letters")
        if not outcome.complete:
            found.append(f"{outcome.waiting:,} rows in windows that the log up to the run's beginning does not close")
        return found

    def _records(self, topic: str) -> Iterator[Record]:
        from streams.cli.output import progress
        from streams.kafka.scan import scan

        own = self.job.collector_id.encode()
        with progress(f"reading {topic}") as advance:
            for record in scan(_reader(self.settings), topic, advance, settled=True):
                if record.key == own and record.value is not None:
                    yield record

    def _live_store(self) -> ObjectStore:
        from streams.stores.locations import open_objects

        return open_objects(self.settings.store.uri, self.settings.store.s3_endpoint_url)

    def _run_store(self) -> ObjectStore:
        from streams.bootstrap_replay import run_uri
        from streams.stores.locations import open_objects

        return open_objects(run_uri(self.settings, self.job.run), self.settings.store.s3_endpoint_url)


def frozen_job(session: Session, settings: Settings, asked: Asked) -> Frozen:
    """Freeze the offsets that the windows need, as of now. Raises CommandError, StretchLostError, ClusterError."""
    from streams.core.replay.job import ReplayJob, ReplayTopic, named

    if not (asked.collector and asked.from_time and asked.to_time):
        raise CommandError("give --collector, --from and --to, or --run RUN", Exit.USAGE)
    if asked.topic not in get_args(ReplayTopic):
        raise CommandError(f"--topic {asked.topic}: choose {', '.join(get_args(ReplayTopic))}", Exit.USAGE)
    from_ms, to_ms = epoch_ms(asked.from_time, "--from"), epoch_ms(asked.to_time, "--to")
    if from_ms >= to_ms:
        raise CommandError("--from is not before --to: swap them", Exit.USAGE)
    collector, topic = _collector(session, settings, asked.collector), cast("ReplayTopic", asked.topic)
    job = ReplayJob(
        run="",
        topic=topic,
        collector_id=collector.id,
        config_hash=collector.config_hash,
        report_hash=collector.report.hash,
        from_ms=from_ms,
        to_ms=to_ms,
        created_ms=time.time_ns() // 1_000_000,
        offsets=_offsets(settings, collector, topic, from_ms),
        collectors=str(settings.collectors.absolute()),
        decided=_decided(settings) if topic == "predictions" else {},
    )
    return Frozen(settings, named(job), collector)


def resumed_job(session: Session, settings: Settings, run: str, collectors: Path | None) -> Frozen:
    """The job of a run, with the collectors file that it was begun with (or another that says the same)."""
    from streams.bootstrap_replay import run_uri
    from streams.stores.errors import ObjectMissingError
    from streams.stores.locations import open_objects
    from streams.stores.runs import RunStore

    try:
        job = RunStore(open_objects(run_uri(settings, run), settings.store.s3_endpoint_url)).job()
    except (ObjectMissingError, ValueError):
        raise CommandError(f"there is no run {run!r} in {settings.store.uri}/replays", Exit.USAGE) from None
    settings = session.settings(collectors=collectors or Path(job.collectors))
    collector = _collector(session, settings, job.collector_id)
    if (collector.config_hash, collector.report.hash) != (job.config_hash, job.report_hash):
        raise CommandError(
            f"collector {collector.id!r} in {settings.collectors} is not what it was when run {run} began:"
            " begin another run, or name the file as it was with --collectors",
            Exit.USAGE,
        )
    return Frozen(settings, job, collector)


def _collector(session: Session, settings: Settings, name: str) -> Collector:
    from streams.stores.collector_files import read_collectors

    found = read_collectors(settings.collectors, session.environ)
    collector = next((each for each in found if each.id == name), None)
    if collector is None:
        known = ", ".join(each.id for each in found)
        raise CommandError(f"{settings.collectors} has no collector {name!r}: choose one of {known}", Exit.USAGE)
    return collector.model_copy(update={"enabled": True})


def _offsets(settings: Settings, collector: Collector, topic: ReplayTopic, from_ms: int) -> tuple[FrozenRange, ...]:
    from streams.core.collection import routes
    from streams.core.replay.job import needed_since_ms
    from streams.kafka.frozen import freeze

    if topic == "batches":
        return ()
    since_ms = needed_since_ms(collector.plan(), from_ms)
    if topic == "predictions":
        return freeze(_reader(settings), settings.topics.predictions, since_ms)

    def own(partitions: int) -> int:
        return routes([collector], partitions)[0].partition

    return freeze(_reader(settings), settings.topics.collected, since_ms, own)


def _decided(settings: Settings) -> dict[int, int]:
    from streams.kafka import client_config
    from streams.kafka.scan import committed_offsets

    config = client_config.consumer(
        settings.kafka, group_id=settings.group_id("collect"), client_id=settings.client_id("replay")
    )
    return committed_offsets(config, settings.topics.predictions)


def _reader(settings: Settings) -> Config:
    from streams.kafka import client_config

    client = settings.client_id("replay")
    return client_config.consumer(settings.kafka, group_id=client, client_id=client)
