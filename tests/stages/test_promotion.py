"""Promotions into a folder and a log: they change things once, are finished after any death, and replace each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.client import Client
from streams.core.batches.manifest import Manifest, decode_manifest
from streams.core.replay.diff import Current, Reported
from streams.core.replay.job import ReplayJob
from streams.core.snapshots import Snapshot
from streams.kafka.transactions import Outgoing
from streams.stages.promotion import Promoted, Promotion, PromotionRefusedError
from streams.stages.report import ReportSettings, batch_facts
from streams.stages.snapshot_encoding import snapshot_encoding
from streams.stores.folder import FolderObjects
from streams.stores.runs import manifests_of, snapshot_of
from tests.core.batches.closed_windows import collector_of
from tests.stored_batches import put_batch, put_snapshot

COLLECTOR = collector_of(id="c")
SETTINGS = ReportSettings("batches", "snapshots", *snapshot_encoding("json", 500_000))


class DiedError(Exception):
    """What a process would do no more."""


@dataclass
class LogTransaction:
    """Appends what is committed to a log."""

    log: list[Outgoing] = field(default_factory=list)
    _open: list[Outgoing] = field(default_factory=list)

    def initialise(self) -> None:
        self._open = []

    def write(self, outgoing: Iterable[Outgoing]) -> None:
        self._open += outgoing

    def commit(self, _offsets: Sequence[object], _group: object) -> None:
        self.log += self._open
        self._open = []


@dataclass(frozen=True)
class DyingObjects(FolderObjects):
    """A store whose user dies once it has written so many objects."""

    left: list[int] = field(default_factory=list)

    def put(self, key: str, content: bytes) -> None:
        if self.left[0] == 0:
            raise DiedError
        self.left[0] -= 1
        super().put(key, content)


@dataclass
class PromotionRun:
    """A live store with two batches, as yet without their late rows, and what there is on topics."""

    folder: Path
    topics: LogTransaction = field(default_factory=LogTransaction)

    def __post_init__(self) -> None:
        self.live = FolderObjects(self.folder)
        for hour in (0, 1):
            self.report(self.live, hour, events(3))

    def report(self, store: FolderObjects, hour: int, rows: Sequence[Mapping[str, Any]]) -> None:
        manifest = put_batch(store, COLLECTOR, rows, hour)
        snapshot = put_snapshot(store, manifest, manifest, {"metrics": ["row_count"]})
        facts = msgspec.structs.asdict(batch_facts(manifest))
        store.put(
            f"{manifest.snapshot_folder}/snapshot.json", msgspec.structs.replace(snapshot, **facts).to_json_bytes()
        )
        store.put(f"{manifest.snapshot_folder}/report.html", f"<html>{manifest.rows}".encode())

    def replayed(self, name: str, rows: int) -> FolderObjects:
        """A run that found so many rows in each window."""
        store = FolderObjects(self.folder / "replays" / name)
        for hour in (0, 1):
            self.report(store, hour, events(rows))
        return store

    def promote(self, name: str, live: FolderObjects | None = None, topic: str = "predictions") -> Promoted:
        run = FolderObjects(self.folder / "replays" / name)
        job = ReplayJob(
            run=name,
            topic="batches" if topic == "batches" else "predictions",
            collector_id="c",
            config_hash="h",
            report_hash="r",
            from_ms=0,
            to_ms=1,
            created_ms=0,
            offsets=(),
            collectors="",
        )
        batches = self.live if topic == "batches" else run
        made = [Reported(each, snapshot_of(run, each)) for each in manifests_of(batches, "c")]
        transaction: Any = self.topics
        return Promotion(job, SETTINGS, transaction, run, live or self.live).promote(made, self.current)

    def current(self) -> dict[str, Current]:
        """As the topics say, before them as the store did."""
        found: dict[str, Current] = {}
        for each in manifests_of(self.live, "c"):
            snapshot = snapshot_of(self.live, each)
            found[each.batch_id] = Current(each, None if snapshot is None else snapshot.content_sha256)
        for message in self.topics.log:
            if message.topic == "batches":
                manifest = decode_manifest(message.value or b"")
                found[manifest.batch_id] = Current(manifest, found[manifest.batch_id].snapshot_sha256)
            else:
                told = Snapshot.from_json_bytes(message.value or b"")
                found[told.batch_id] = Current(found[told.batch_id].manifest, told.content_sha256)
        return found

    def told(self) -> list[tuple[int, int, int, str]]:
        """What the client says of each window: rows of its snapshot, of its manifest, as they lie there; its page."""
        client = Client(self.live)
        snapshots = client.snapshots()
        rows = zip(snapshots["batch_id"], snapshots["rows"], client.batches()["rows"], strict=True)
        return [(said, counted, len(client.rows(batch)), client.html(batch)) for batch, said, counted in rows]


def events(count: int) -> list[dict[str, object]]:
    return [{"id": f"e{n}", "model": {"id": "m"}, "features": {"amount": n}} for n in range(count)]


def rows_of(manifests: Iterable[Manifest]) -> list[int]:
    return [each.rows for each in manifests]


@pytest.fixture
def run(tmp_path: Path) -> PromotionRun:
    made = PromotionRun(tmp_path)
    made.replayed("r1", 5)
    return made


def test_what_is_promoted_is_what_the_client_reads_and_what_it_replaced_is_listed(run: PromotionRun) -> None:
    assert run.promote("r1") == Promoted(2, 2)
    assert run.told() == [(5, 5, 5, "<html>5")] * 2
    every = Client(run.live).snapshots(replaced=True)
    assert every.sort_values("replaced")["rows"].tolist() == [5, 5, 3, 3]
    kept = [key for key in run.live.keys("snapshots") if "/replaced/" in key and key.endswith(".html")]
    assert [run.live.get(key) for key in kept] == [b"<html>3"] * 2


def test_a_second_promotion_changes_nothing(run: PromotionRun) -> None:
    run.promote("r1")
    log, keys = list(run.topics.log), run.live.keys("")
    assert run.promote("r1") == Promoted(0, 0)
    assert (run.topics.log, run.live.keys("")) == (log, keys)


@pytest.mark.parametrize("puts", range(12))
def test_a_promotion_that_dies_after_any_object_is_finished_by_the_next_one(run: PromotionRun, puts: int) -> None:
    whole = PromotionRun(run.folder / "whole")
    whole.replayed("r1", 5)
    whole.promote("r1")
    with pytest.raises(DiedError):
        run.promote("r1", DyingObjects(run.folder, left=[puts]))
    log = list(run.topics.log)

    finished = run.promote("r1")

    assert finished.published == 0
    assert finished.stored > 0
    assert run.topics.log == log
    for kind in ("batches", "snapshots"):
        keys = run.live.keys(kind)
        assert {key: run.live.get(key) for key in keys} == {key: whole.live.get(key) for key in whole.live.keys(kind)}


def test_another_replay_may_be_promoted_over_the_first_and_the_first_again(run: PromotionRun) -> None:
    run.replayed("r2", 4)
    assert [run.promote(each).published for each in ("r1", "r2", "r1")] == [2, 2, 2]
    assert run.told() == [(5, 5, 5, "<html>5")] * 2
    every = Client(run.live).snapshots(replaced=True)
    assert sorted(every.loc[every["replaced"], "rows"]) == [3, 3, 4, 4]


def test_a_replay_that_made_the_same_rows_elsewhere_has_nothing_to_promote(run: PromotionRun) -> None:
    run.promote("r1")
    run.replayed("r2", 5)
    assert run.promote("r2") == Promoted(0, 0)
    assert all(message.headers[-1][1] == b"r1" for message in run.topics.log if message.headers)


def test_a_report_on_rows_that_were_replaced_since_is_refused(run: PromotionRun) -> None:
    for hour in (0, 1):
        run.report(FolderObjects(run.folder / "replays" / "reports"), hour, events(3))
    run.promote("r1")
    log = list(run.topics.log)
    with pytest.raises(PromotionRefusedError, match="begin another run"):
        run.promote("reports", topic="batches")
    assert run.topics.log == log
