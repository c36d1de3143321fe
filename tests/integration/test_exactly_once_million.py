"""A million events, two workers, one of them killed half-way; and the same stream again with another number of them."""

from pathlib import Path

import pytest

from streams.kafka.local_broker import Broker
from tests.integration.oracle import Asked
from tests.integration.pipeline import assert_exact, assert_same_bytes, pipeline
from tests.integration.traffic import TrafficState, recent_hour_ms

pytestmark = [pytest.mark.kafka, pytest.mark.crash, pytest.mark.slow, pytest.mark.timeout(900)]

PARTITIONS = 8
EVENTS = 1_000_000
ASKED = (
    Asked("every-ten-minutes", model="m1", interval_ms=600_000),
    Asked("every-fifty-thousand", maximum_probability_below=0.6, rows=50_000),
    Asked("whichever-is-first", keep_fraction=0.2, rows=10_000, interval_ms=600_000),
)


@pytest.fixture
def traffic(broker: Broker, topic_prefix: str) -> TrafficState:
    """A million events over two hours."""
    made = TrafficState(broker.bootstrap_servers, f"{topic_prefix}predictions", PARTITIONS, recent_hour_ms(4), 7.2)
    made.send(EVENTS)
    made.flush()
    return made


def test_a_million_events_through_two_workers_one_killed_half_way_are_exact_and_come_out_again_to_the_byte(
    broker: Broker, topic_prefix: str, traffic: TrafficState, tmp_path: Path
) -> None:
    servers = broker.bootstrap_servers
    with pipeline(servers, traffic.topic, f"{topic_prefix}killed", tmp_path / "killed", ASKED) as run:
        victim, _ = run.start(), run.start()
        run.wait_for_offsets(EVENTS // 2)
        victim.kill()
        assert run.committed("collect", traffic.topic) < EVENTS, "the kill came too late to prove anything"
        assert_exact(run, traffic.events)
    with pipeline(servers, traffic.topic, f"{topic_prefix}again", tmp_path / "again", ASKED) as again:
        again.start()
        assert_exact(again, traffic.events)
        assert_same_bytes(run, again)
