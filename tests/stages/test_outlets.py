"""The outlets stage between a chunk of snapshots and servers that are not there."""

import logging
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from streams.core.collectors.collector import Collector
from streams.core.collectors.outlets import EvidentlyUi
from streams.core.events.messages import RawMessages
from streams.core.snapshots import Snapshot
from streams.kafka.items import Chunk, Start
from streams.metrics import create_metrics
from streams.outlets.errors import OutletRefusedError, OutletUnavailableError
from streams.stages.outlets import OutletsState
from streams.stages.snapshot_encoding import snapshot_decoding, snapshot_encoding, whole_snapshot
from streams.stores.locations import open_objects
from streams.stores.objects import ObjectStore
from tests.core.batches.closed_windows import collector_of
from tests.core.test_snapshots import make_quality, make_snapshot


class Recording:
    """Takes the place of the outlet: fails for named addresses, remembers the rest."""

    def __init__(self, failures: dict[str, Exception]) -> None:
        self.failures, self.taken = failures, list[str]()
        self.snapshots = list[Snapshot]()

    def deliver(self, project: EvidentlyUi, snapshot: Snapshot) -> bool:
        if project.api_url in self.failures:
            raise self.failures[project.api_url]
        self.taken.append(f"{project.api_url} {snapshot.collector_id}")
        self.snapshots.append(snapshot)
        return True


def stage_of(outlet: Recording, *urls: str, store: ObjectStore | None = None) -> OutletsState:
    outlets = [{"type": "evidently_ui", "api_url": url, "project_id": "p", "api_secret": "hidden"} for url in urls]
    collector: Collector = collector_of(id="fraud", outlets=outlets)
    whole = partial(whole_snapshot, store or open_objects("nowhere"))
    state = OutletsState("snapshots", {"fraud": collector}, snapshot_decoding(), outlet, create_metrics(), whole)  # type: ignore[arg-type]
    state.assign([Start(0, 7, "")], 1)
    return state


def chunk_of(values: Sequence[bytes | None], content_type: str = "application/json") -> Chunk:
    numbers = np.arange(len(values), dtype=np.int64)
    headers = [[("content-type", content_type.encode())] for _ in values]
    raw = RawMessages(
        topic="snapshots",
        partitions=np.zeros(len(values), np.int32),
        offsets=numbers + 7,
        timestamps_ms=numbers,
        values=list(values),
        headers=headers,
    )
    return Chunk(1, raw, [], 0, Future())


@pytest.mark.parametrize("form", ["json", "avro"])
def test_a_snapshot_goes_to_every_outlet_of_its_collector(form: str) -> None:
    content_type, encode = snapshot_encoding(form, 500_000)  # type: ignore[arg-type]
    outlet = Recording({})
    state = stage_of(outlet, "http://one", "http://two")

    state.process(chunk_of([encode(make_snapshot(), "s.json"), None], content_type))

    assert outlet.taken == ["http://one fraud", "http://two fraud"]
    (offset,) = state.checkpoint().offsets
    assert offset.offset == 9


def test_a_ui_that_is_away_is_tried_again_and_holds_no_other_back() -> None:
    outlet = Recording({"http://one": OutletUnavailableError("away")})
    state = stage_of(outlet, "http://one", "http://two")

    with pytest.raises(OutletUnavailableError):
        state.process(chunk_of([make_snapshot().to_json_bytes()]))

    assert outlet.taken == ["http://two fraud"]
    (offset,) = state.checkpoint().offsets
    assert offset.offset == 7


def test_what_is_refused_for_good_is_logged_counted_and_passed_by(caplog: pytest.LogCaptureFixture) -> None:
    state = stage_of(Recording({"http://one": OutletRefusedError("status 404: see the project")}), "http://one")

    with caplog.at_level(logging.ERROR):
        state.process(chunk_of([make_snapshot().to_json_bytes()]))
    checkpoint = state.checkpoint()
    checkpoint.committed()

    assert checkpoint.offsets[0].offset == 8
    assert "see the project" in caplog.text
    assert "hidden" not in caplog.text
    labels = {"collector": "fraud", "outcome": "refused"}
    assert state.metrics.registry.get_sample_value("streams_outlet_snapshots_total", labels) == 1


def test_a_collector_without_outlets_sends_nothing() -> None:
    outlet = Recording({})

    stage_of(outlet).process(chunk_of([make_snapshot().to_json_bytes()]))

    assert outlet.taken == []


def test_revisions_of_model_quality_are_not_sent() -> None:
    outlet = Recording({})
    state = stage_of(outlet, "http://one")

    state.process(chunk_of([make_quality().to_json_bytes()]))

    assert outlet.taken == []
    assert state.checkpoint().offsets[0].offset == 8


@pytest.mark.parametrize("form", ["json", "avro"])
def test_of_a_snapshot_too_long_for_its_topic_outlets_get_the_whole_one(form: str, tmp_path: Path) -> None:
    content_type, encode = snapshot_encoding(form, 1)  # type: ignore[arg-type]
    store, outlet = open_objects(str(tmp_path)), Recording({})
    store.put("s.json", make_snapshot().to_json_bytes())

    stage_of(outlet, "http://one", store=store).process(chunk_of([encode(make_snapshot(), "s.json")], content_type))

    assert outlet.snapshots == [make_snapshot()]


def test_a_long_snapshot_whose_object_was_replaced_is_passed_by_for_the_later_one_follows(tmp_path: Path) -> None:
    _, encode = snapshot_encoding("json", 1)
    store, outlet = open_objects(str(tmp_path)), Recording({})
    store.put("s.json", make_snapshot(9).to_json_bytes())
    state = stage_of(outlet, "http://one", store=store)

    state.process(chunk_of([encode(make_snapshot(), "s.json"), encode(make_snapshot(9), "s.json")]))
    state.checkpoint().committed()

    assert outlet.snapshots == [make_snapshot(9)]
    labels = {"collector": "fraud", "outcome": "replaced"}
    assert state.metrics.registry.get_sample_value("streams_outlet_snapshots_total", labels) == 1
