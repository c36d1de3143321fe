"""Exactly once, whatever happens to a worker: twenty thousand events in small chunks, and something goes wrong."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.kafka.local_broker import Broker
from tests.integration.oracle import Asked, Event
from tests.integration.pipeline import (
    PipelineState,
    assert_exact,
    pipeline,
    produce,
    recent_hour_ms,
    sample_events,
    snapshots_expected,
)

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

PARTITIONS = 4
EVENTS = 20_000
ASKED = (
    Asked("every-ten-minutes", model="m1", interval_ms=600_000),
    Asked("every-thousand", maximum_probability_below=0.6, rows=1_000),
    Asked("whichever-is-first", keep_fraction=0.3, rows=500, interval_ms=600_000),
)
SMALL_CHUNKS = {"STREAMS_LIMITS_CHUNK_MESSAGES": "50"}


@pytest.fixture
def events() -> list[Event]:
    return sample_events(EVENTS, PARTITIONS, 3_600_000, recent_hour_ms(3))


@pytest.fixture
def run(broker: Broker, topic_prefix: str, tmp_path: Path, events: list[Event]) -> Iterator[PipelineState]:
    """All events are there; no worker runs yet."""
    topic = f"{topic_prefix}predictions"
    produce(broker.bootstrap_servers, topic, PARTITIONS, events)
    with pipeline(
        broker.bootstrap_servers, topic, f"{topic_prefix}run", tmp_path / "run", ASKED, environ=SMALL_CHUNKS
    ) as made:
        yield made


def finish(run: PipelineState, events: list[Event]) -> None:
    run.wait_for_snapshots(snapshots_expected(run, events))
    run.stop()
    assert_exact(run, events)


def test_one_worker_gives_every_collector_exactly_what_it_asks_for(run: PipelineState, events: list[Event]) -> None:
    run.start()
    finish(run, events)


def test_a_third_worker_that_joins_and_leaves_changes_nothing(run: PipelineState, events: list[Event]) -> None:
    run.start()
    run.start()
    run.wait_for_offsets(EVENTS // 10)
    third = run.start()
    run.wait_for_offsets(EVENTS // 2)
    third.send(signal.SIGTERM)
    assert third.wait(40) == 0, run.logs()
    finish(run, events)
