"""A failed report costs nothing but time: it is computed again once its cause is gone."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from streams.kafka.local_broker import Broker
from tests.integration.oracle import Asked
from tests.integration.pipeline import pipeline
from tests.integration.traffic import PARTITIONS, TrafficState, recent_hour_ms

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


def test_a_failed_report_is_computed_again_and_published_once(
    broker: Broker, topic_prefix: str, tmp_path: Path
) -> None:
    traffic = TrafficState(broker.bootstrap_servers, f"{topic_prefix}predictions", PARTITIONS, recent_hour_ms(5), 120)
    traffic.send(8_000)
    traffic.flush()
    asked = Asked("compared", interval_ms=300_000, reference="reference.parquet")
    with pipeline(broker.bootstrap_servers, traffic.topic, f"{topic_prefix}run", tmp_path, (asked,)) as run:
        run.start()
        run.wait_for_offsets(8_000)
        run.wait_for_snapshots(4)
        run.stop()
        failed = run.snapshots()
        assert {each["verdict"] for each in failed} == {"error"}
        assert run.command("reports", "retry", "--execute").code == 1
        assert len(run.snapshots()) == len(failed)

        rows = pq.read_table(Path(run.store_root) / run.keys("/rows.parquet")[0])
        pq.write_table(rows, tmp_path / "reference.parquet")
        assert len(run.command("reports", "retry", "--output", "json").json) == len(failed)
        assert len(run.snapshots()) == len(failed)
        done = run.command("reports", "retry", "--execute", "--output", "json")
        assert done.code == 0, done.everything
        assert {each["verdict"] for each in done.json} >= {"not_drifted"}
        assert {each["error"] for each in done.json} == {None}
        assert run.command("reports", "retry", "--execute", "--output", "json").json == []

        better = run.snapshots()[len(failed) :]
        assert sorted(each["batch_id"] for each in better) == sorted(each["batch_id"] for each in failed)
        assert all(b'"error":null' in run.read(key) for key in run.keys("/snapshot.json"))
        assert run.command("audit").code == 0
