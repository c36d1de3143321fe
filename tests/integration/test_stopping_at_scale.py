"""A worker with a thousand collectors that is told to stop while it is behind leaves in time, and nothing is lost."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.kafka.local_broker import Broker
from tests.integration.audited import unaccounted
from tests.integration.oracle import Asked
from tests.integration.pipeline import PipelineState, pipeline
from tests.integration.traffic import TrafficState

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

COLLECTORS = [Asked(f"c{number:04}", model=f"m{number % 5}", interval_ms=3_600_000) for number in range(1_000)]
STAGES = "collect,window"


@pytest.fixture
def run(broker: Broker, topic_prefix: str, tmp_path: Path, traffic: TrafficState) -> Iterator[PipelineState]:
    """No worker runs yet."""
    with pipeline(broker.bootstrap_servers, traffic.topic, f"{topic_prefix}run", tmp_path, COLLECTORS) as made:
        yield made


def test_a_thousand_windows_that_close_at_once_hold_nobody_up(run: PipelineState) -> None:
    leaving = run.start(STAGES)
    run.wait_until(lambda: len(run.keys()) > 20, "the first of a thousand windows is stored")
    leaving.send(signal.SIGTERM)
    assert leaving.wait(60) == 0, run.logs()
    said = leaving.log.read_text()
    assert "stopping took longer" not in said
    assert "did not finish in time" not in said
    left = len(run.keys("/manifest.json"))

    run.start(STAGES)
    run.wait_until(lambda: len(run.keys("/manifest.json")) == 1_000, "all windows are stored")
    run.wait_until(lambda: not unaccounted(run.command("audit", "--output", "json").json), "the audit passes")
    assert 0 < left < 1_000
