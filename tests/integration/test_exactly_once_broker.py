"""Exactly once, whatever happens to the broker: it belongs to these tests alone."""

from collections.abc import Callable, Iterator, Mapping

import pytest

from streams.kafka.local_broker import LocalBrokerProcess, LocalBrokerSpec
from tests.integration.pipeline import PipelineState, assert_exact
from tests.integration.traffic import EVENTS, TrafficState

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


@pytest.fixture(scope="module")
def own_broker() -> Iterator[LocalBrokerProcess]:
    with LocalBrokerProcess(LocalBrokerSpec(heap_mib=512)) as running:
        yield running


@pytest.fixture
def servers(own_broker: LocalBrokerProcess) -> str:
    """Of a broker that may be restarted."""
    return own_broker.bootstrap_servers


@pytest.fixture
def environ() -> Mapping[str, str]:
    """Producers need a while to come back, too: however long, it must not pass for idle partitions."""
    return {
        "STREAMS_LIMITS_CHUNK_MESSAGES": "500",
        "STREAMS_LIMITS_TRANSACTION_TIMEOUT_S": "20",
        "STREAMS_WINDOWS_IDLE_AFTER_S": "3600",
    }


def restarted(broker: LocalBrokerProcess) -> None:
    broker.restart()


def killed(broker: LocalBrokerProcess) -> None:
    broker.kill()
    broker.start()


@pytest.mark.parametrize("away", [restarted, killed])
def test_a_broker_that_goes_away_in_the_middle_and_comes_back_changes_nothing(
    run: PipelineState,
    traffic: TrafficState,
    own_broker: LocalBrokerProcess,
    away: Callable[[LocalBrokerProcess], None],
) -> None:
    with traffic.running(at_once=20):
        run.start()
        run.start()
        run.wait_for_members(2)
        run.wait_for_offsets(EVENTS // 4)
        away(own_broker)
        run.wait_for_offsets(len(traffic.events))
        assert all(worker.running for worker in run.workers), run.logs()
    run.wait_for_offsets(len(traffic.events))
    run.stop()
    run.start(STREAMS_WINDOWS_IDLE_AFTER_S="2")  # it is over: the last windows may close
    assert_exact(run, traffic.events)
