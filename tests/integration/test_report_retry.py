"""A failed report costs nothing but time: it is computed again once its cause is gone."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streams.core.batches.manifest import encode_manifest
from streams.kafka.local_broker import Broker
from streams.stores.locations import open_objects
from tests.integration.audited import assert_accounted
from tests.integration.oracle import Asked
from tests.integration.pipeline import pipeline
from tests.integration.traffic import PARTITIONS, TrafficState, create_topics, recent_hour_ms
from tests.stages.batches_in_store import put_batch

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
        assert "error" not in {each["verdict"] for each in done.json}
        assert run.command("reports", "retry", "--execute", "--output", "json").json == []

        better = run.snapshots()[len(failed) :]
        assert sorted(each["batch_id"] for each in better) == sorted(each["batch_id"] for each in failed)
        assert all(b'"error":null' in run.read(key) for key in run.keys("/snapshot.json"))
        assert_accounted(run)


def test_a_report_that_hangs_fails_and_its_batch_is_reported_on_again_once_the_cause_is_gone(
    broker: Broker, topic_prefix: str, tmp_path: Path
) -> None:
    """The reference is a pipe that nobody writes to: to read it takes for ever."""
    os.mkfifo(tmp_path / "reference.parquet")
    asked = (
        Asked("hanging", interval_ms=300_000, reference="reference.parquet"),
        Asked("quick", interval_ms=300_000),
    )
    create_topics(broker.bootstrap_servers, {f"{topic_prefix}none": 1})
    with pipeline(broker.bootstrap_servers, f"{topic_prefix}none", f"{topic_prefix}run", tmp_path, asked) as run:
        run.environ = {"STREAMS_REPORTS_TIMEOUT_S": "15"}
        store, rows = open_objects(run.store_root), pa.table({"features.amount": [1.0, 2.0] * 50})
        hanging, quick = (put_batch(store, 0, rows, collector=each.id) for each in asked)
        run.produce("batches", [encode_manifest(hanging), encode_manifest(quick)])
        run.start("report")
        run.wait_for_snapshots(2)
        run.stop()
        failed, good = run.snapshots()
        assert (failed["batch_id"], good["batch_id"], good["error"]) == (hanging.batch_id, quick.batch_id, None)
        for told in ("reports.timeout_s=15", "STREAMS_REPORTS_TIMEOUT_S", "streams reports retry"):
            assert told in failed["error"]

        (tmp_path / "reference.parquet").unlink()
        pq.write_table(rows, tmp_path / "reference.parquet")
        run.environ = {}
        done = run.command("reports", "retry", "--execute", "--output", "json")
        assert [each["verdict"] for each in done.json] == ["not_drifted"], done.everything


def test_report_processes_end_with_a_worker_that_is_killed(broker: Broker, topic_prefix: str, tmp_path: Path) -> None:
    create_topics(broker.bootstrap_servers, {f"{topic_prefix}none": 1})
    asked = (Asked("hourly", interval_ms=3_600_000),)
    with pipeline(broker.bootstrap_servers, f"{topic_prefix}none", f"{topic_prefix}run", tmp_path, asked) as run:
        batch = put_batch(open_objects(run.store_root), 0, pa.table({"features.amount": [1.0, 2.0] * 50}))
        run.produce("batches", [encode_manifest(batch)])
        worker = run.start("report")
        run.wait_for_snapshots(1)
        worker.kill()
        worker.wait_for_group(60)
