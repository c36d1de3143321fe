"""What most tests of the pipeline begin with: twenty thousand events on the shared broker, and no worker yet."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from streams.kafka.local_broker import Broker
from tests.integration.pipeline import MIXED, PipelineState, pipeline
from tests.integration.traffic import TrafficState, twenty_thousand_events


@pytest.fixture
def servers(broker: Broker) -> str:
    """Bootstrap servers of the broker to use."""
    return broker.bootstrap_servers


@pytest.fixture
def environ() -> Mapping[str, str]:
    """Settings of every worker."""
    return {}


@pytest.fixture
def traffic(servers: str, topic_prefix: str) -> TrafficState:
    """Twenty thousand events are there; more may come."""
    return twenty_thousand_events(servers, f"{topic_prefix}predictions")


@pytest.fixture
def run(
    servers: str, topic_prefix: str, tmp_path: Path, traffic: TrafficState, environ: Mapping[str, str]
) -> Iterator[PipelineState]:
    """No worker runs yet."""
    with pipeline(servers, traffic.topic, f"{topic_prefix}run", tmp_path, MIXED, environ=environ) as made:
        yield made
