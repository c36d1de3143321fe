"""`streams audit` on a pipeline that ran on a real broker: it passes, and finds what is taken away or altered."""

from pathlib import Path

import pytest
from confluent_kafka import Producer

from tests.commands.running import Ran
from tests.integration.pipeline import PipelineState
from tests.integration.traffic import EVENTS, TrafficState

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


def audit(run: PipelineState, *arguments: str) -> Ran:
    return run.command("audit", "--output", "json", *arguments)


def test_a_run_passes_until_something_is_taken_away_or_altered(run: PipelineState, traffic: TrafficState) -> None:
    traffic.send_raw(0, b"k", b"{broken", [])
    traffic.flush()
    run.start()
    run.wait_for_offsets(EVENTS // 2)
    live = audit(run)
    assert live.code == 0, live.everything
    run.wait_for_offsets(EVENTS + 1)
    run.wait_for_snapshots(10)
    run.stop()

    clean = audit(run)
    assert clean.code == 0, clean.everything
    told = clean.json
    assert told["passed"]
    assert sum(each["events"] for each in told["sources"]) == len(traffic.events)
    assert sum(each["dead"] for each in told["sources"]) == 1
    assert {each["read"] for each in told["collectors"]} == {len(traffic.events)}

    altered, missing = [key for key in run.keys("/rows.parquet") if "every-ten-minutes" in key][:2]
    (Path(run.store_root) / altered).write_bytes(run.read(altered)[:-1])
    (Path(run.store_root) / missing).unlink()
    manifest = run.records("batches")[0]
    producer = Producer({"bootstrap.servers": run.servers})
    producer.produce(run.topic("batches"), manifest.value(), manifest.key())
    assert producer.flush(30) == 0

    damaged = audit(run)
    assert damaged.code == 3
    said = "\n".join(each["problem"] for each in damaged.json["findings"])
    assert f"object {missing} is missing" in said
    assert f"object {altered} has other bytes" in said
    assert "announced twice" in said


@pytest.mark.usefixtures("traffic")
def test_what_nobody_reads_and_whom_nobody_serves_is_found_although_all_that_was_read_is_accounted_for(
    run: PipelineState,
) -> None:
    before = audit(run)
    assert before.code == 3, before.everything
    assert {each["check"] for each in before.json["findings"]} == {"backlog", "silent collectors"}
    assert sum(each["end"] - each["committed"] for each in before.json["backlogs"]) == EVENTS

    run.start("collect")
    run.wait_for_offsets(EVENTS)
    run.stop()
    alone = audit(run)
    assert alone.code == 3
    assert {(each["check"], each["where"].rpartition("-")[0]) for each in alone.json["findings"]} == {
        ("backlog", run.topic("collected"))
    }
    assert "the window stage has read up to offset 0 of " in alone.json["findings"][0]["problem"]
    for each in alone.json["collectors"]:
        assert each["kept"] == each["batched"] + each["dropped_at_close"] + each["waiting"] > 0
