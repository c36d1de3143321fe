"""Exactly once, whatever happens to a worker: twenty thousand events in small chunks, and something goes wrong."""

import signal
from collections.abc import Mapping

import pytest

from tests.integration.pipeline import (
    PipelineState,
    assert_exact,
)
from tests.integration.traffic import EVENTS, TrafficState

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


@pytest.fixture
def environ() -> Mapping[str, str]:
    """Small chunks: many transactions to be interrupted."""
    return {"STREAMS_LIMITS_CHUNK_MESSAGES": "100"}


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
