"""Exactly once, whatever happens to a worker: twenty thousand events in small chunks, and something goes wrong."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.kafka.local_broker import Broker
from tests.integration.pipeline import (
    MIXED,
    PipelineState,
    assert_exact,
    pipeline,
)
from tests.integration.traffic import EVENTS, TrafficState, twenty_thousand_events

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

SMALL_CHUNKS = {"STREAMS_LIMITS_CHUNK_MESSAGES": "100"}


@pytest.fixture
def traffic(broker: Broker, topic_prefix: str) -> TrafficState:
    """Twenty thousand events are there; more may come."""
    return twenty_thousand_events(broker.bootstrap_servers, f"{topic_prefix}predictions")


@pytest.fixture
def run(broker: Broker, topic_prefix: str, tmp_path: Path, traffic: TrafficState) -> Iterator[PipelineState]:
    """No worker runs yet."""
    name = f"{topic_prefix}run"
    with pipeline(broker.bootstrap_servers, traffic.topic, name, tmp_path, MIXED, environ=SMALL_CHUNKS) as made:
        yield made


def test_one_worker_gives_every_collector_exactly_what_it_asks_for(run: PipelineState, traffic: TrafficState) -> None:
    run.start()
    assert_exact(run, traffic.events)


def test_a_third_worker_that_joins_and_leaves_changes_nothing(run: PipelineState, traffic: TrafficState) -> None:
    with traffic.running():
        run.start()
        run.start()
        run.wait_for_members(2)
        third = run.start()
        run.wait_for_members(3)
        third.send(signal.SIGTERM)
        assert third.wait(40) == 0, run.logs()
        run.wait_for_members(2)
    assert_exact(run, traffic.events)


def test_a_killed_worker_loses_and_doubles_nothing(run: PipelineState, traffic: TrafficState) -> None:
    with traffic.running():
        victim, _ = run.start(), run.start()
        run.wait_for_members(2)
        run.wait_for_offsets(EVENTS // 2)
        victim.kill()
        run.wait_for_members(1)
    assert_exact(run, traffic.events)


def test_a_worker_that_was_taken_for_dead_commits_nothing_when_it_wakes(
    run: PipelineState, traffic: TrafficState
) -> None:
    with traffic.running():
        sleeper, _ = run.start(), run.start()
        run.wait_for_members(2)
        sleeper.send(signal.SIGSTOP)
        run.wait_for_members(1)
        run.wait_for_offsets(len(traffic.events))
        sleeper.send(signal.SIGCONT)
        run.wait_for_members(2)
        assert sleeper.running, run.logs()
    assert_exact(run, traffic.events)
