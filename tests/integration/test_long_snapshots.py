"""Snapshots that no topic would take whole: the report stage publishes them all the same, and goes on."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streams.client import open_client
from streams.core.batches.manifest import encode_manifest
from streams.core.snapshots import Snapshot
from streams.kafka.local_broker import Broker
from streams.stages.snapshot_encoding import whole_snapshot
from streams.stores.locations import open_objects
from tests.integration.oracle import Asked
from tests.integration.pipeline import PipelineState, pipeline
from tests.integration.traffic import create_topics
from tests.stages.batches_in_store import put_batch

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

_HOURLY = Asked("hourly", interval_ms=3_600_000, reference="reference.parquet")


@pytest.fixture
def run(broker: Broker, topic_prefix: str, tmp_path: Path) -> Iterator[PipelineState]:
    create_topics(broker.bootstrap_servers, {f"{topic_prefix}none": 1})
    with pipeline(broker.bootstrap_servers, f"{topic_prefix}none", f"{topic_prefix}run", tmp_path, (_HOURLY,)) as made:
        yield made


def _wide(columns: int, mean: float = 0.0) -> pa.Table:
    chance = np.random.default_rng(7)
    return pa.table({f"features.f{number}": chance.normal(mean, 1, 50) for number in range(columns)})


def test_of_5000_features_the_topic_has_a_summary_and_the_store_the_whole_snapshot(run: PipelineState) -> None:
    store = open_objects(run.store_root)
    pq.write_table(_wide(5_000), run.folder / "reference.parquet")
    batches = [put_batch(store, 0, _wide(5_000, mean=5)), put_batch(store, 1, _wide(5_000))]
    run.produce("batches", [encode_manifest(each) for each in batches])

    run.start("report")
    run.wait_for_snapshots(2)
    run.stop()

    wide, calm = (Snapshot.from_json_bytes(message.value() or b"") for message in run.records("snapshots"))
    assert (calm.report, calm.drift["count"]) == (None, 0)
    assert wide.claim
    assert (wide.verdict, wide.drift["count"], wide.drift["columns"]) == ("drifted", 5_000, 5_000)
    whole = whole_snapshot(store, wide)
    assert whole is not None
    assert whole.report is not None
    assert len(whole.report.columns) == 5_000
    listed = run.command("snapshots", "list", "--output", "json").json
    assert [(each["verdict"], each["drifted_count"]) for each in listed] == [("drifted", 5_000), ("not_drifted", 0)]
    assert "and 4994 more" in run.command("snapshots", "list").out
    assert len(open_client(run.store_root).drift()) == 10_000
    assert len(open_client(run.store_root).html(wide.batch_id)) < 3_000_000


def test_texts_of_any_length_do_not_end_the_report_stage(run: PipelineState) -> None:
    texts = pa.table({"features.country": ["x" * 300_000, "y" * 300_000] * 20, "features." + "n" * 90_000: [1] * 40})
    pq.write_table(texts, run.folder / "reference.parquet")
    run.produce("batches", [encode_manifest(put_batch(open_objects(run.store_root), 0, texts))])

    run.start("report")
    run.wait_for_snapshots(1)
    run.stop()

    (snapshot,) = run.snapshots()
    assert snapshot["texts_cut"] == 3
    assert "3 long texts were cut" in open_client(run.store_root).html(snapshot["batch_id"])
