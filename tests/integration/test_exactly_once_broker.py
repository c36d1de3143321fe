"""Exactly once, whatever happens to the broker: it belongs to these tests alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.kafka.local_broker import LocalBrokerProcess, LocalBrokerSpec
from tests.integration.pipeline import MIXED, PipelineState, assert_exact, pipeline
from tests.integration.traffic import EVENTS, TrafficState, twenty_thousand_events

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

SETTINGS = {
    "STREAMS_LIMITS_CHUNK_MESSAGES": "500",
    "STREAMS_LIMITS_TRANSACTION_TIMEOUT_S": "5",
    # Producers need a while to come back, too: it must not pass for idle partitions.
    "STREAMS_WINDOWS_IDLE_AFTER_S": "10",
}


@pytest.fixture(scope="module")
def own_broker() -> Iterator[LocalBrokerProcess]:
    with LocalBrokerProcess(LocalBrokerSpec(heap_mib=512)) as running:
        yield running


@pytest.fixture
def traffic(own_broker: LocalBrokerProcess, topic_prefix: str) -> TrafficState:
    """Twenty thousand events are there; more come while the broker is away."""
    return twenty_thousand_events(own_broker.bootstrap_servers, f"{topic_prefix}predictions")


@pytest.fixture
def run(
    own_broker: LocalBrokerProcess, topic_prefix: str, tmp_path: Path, traffic: TrafficState
) -> Iterator[PipelineState]:
    """No worker runs yet."""
    servers, name = own_broker.bootstrap_servers, f"{topic_prefix}run"
    with pipeline(servers, traffic.topic, name, tmp_path, MIXED, environ=SETTINGS) as made:
        yield made


def assert_carried_on(run: PipelineState, traffic: TrafficState) -> None:
    """The same workers process what came since, too, and all is exact."""
    run.wait_for_offsets(len(traffic.events))
    assert all(worker.running for worker in run.workers), run.logs()


def test_a_broker_that_restarts_in_the_middle_changes_nothing(
    run: PipelineState, traffic: TrafficState, own_broker: LocalBrokerProcess
) -> None:
    with traffic.running(at_once=20):
        run.start()
        run.start()
        run.wait_for_members(2)
        run.wait_for_offsets(EVENTS // 4)
        own_broker.restart()
        assert_carried_on(run, traffic)
    assert_exact(run, traffic.events)


def test_a_broker_that_is_killed_in_the_middle_changes_nothing(
    run: PipelineState, traffic: TrafficState, own_broker: LocalBrokerProcess
) -> None:
    with traffic.running(at_once=20):
        run.start()
        run.start()
        run.wait_for_members(2)
        run.wait_for_offsets(EVENTS // 4)
        own_broker.kill()
        own_broker.start()
        assert_carried_on(run, traffic)
    assert_exact(run, traffic.events)
