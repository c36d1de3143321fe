"""The whole story of a promotion on a real broker: late rows and labels live, and one answer everywhere afterwards."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from confluent_kafka import Producer

from streams.client import Client, open_client
from streams.kafka.local_broker import Broker
from tests.integration.audited import assert_accounted
from tests.integration.oracle import Asked
from tests.integration.pipeline import PipelineState, pipeline
from tests.integration.traffic import create_topics, recent_hour_ms

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

MINUTE_MS = 60_000
BEGIN_MS = recent_hour_ms(3)
WINDOWS = 4
IN_A_WINDOW = 200  # of both partitions together
ASKED = Asked("scores", interval_ms=10 * MINUTE_MS)


@pytest.fixture
def live(broker: Broker, topic_prefix: str, tmp_path: Path) -> Iterator[PipelineState]:
    """Four windows whose second partition came late for the first two, with all labels but those of the last window."""
    predictions = f"{topic_prefix}predictions"
    create_topics(broker.bootstrap_servers, {predictions: 2})
    environ = {"STREAMS_LABELS_REVISE_S": "0.5"}
    with pipeline(
        broker.bootstrap_servers, predictions, f"{topic_prefix}run", tmp_path, (ASKED,), environ=environ
    ) as run:
        produce(run, [0], range(2))
        run.start("collect,window,report,label")
        run.wait_for_snapshots(2)
        produce(run, [1], range(2))
        run.wait_until(lambda: run.committed("collect", predictions) == 2 * IN_A_WINDOW, "late rows are collected")
        produce(run, [0, 1], range(2, WINDOWS))
        label(run, range(WINDOWS - 1))
        run.wait_for_snapshots(WINDOWS)
        run.wait_until(lambda: labelled(run) == 3 * IN_A_WINDOW, "labels are in")
        yield run


def test_a_promotion_leaves_one_answer_everywhere(live: PipelineState) -> None:
    client = open_client(live.store_root)
    before = client.snapshots()
    assert before["late_rows"].sum() == IN_A_WINDOW, "no row was late: nothing is tried"
    stretch = ["--collector", ASKED.id, "--from", "2020-01-01", "--to", "2100-01-01"]
    run = replay(live, *stretch, "--execute")["run"]
    assert [each["same"] for each in replay(live, "--run", run, "--diff")] == [False, False, False, True]
    promote = ["--run", run, "--promote", "--execute"]
    published = len(live.records("batches"))

    obstacle = died_half_way(live, promote, before["batch_id"].iloc[2])
    obstacle.unlink()
    resumed = replay(live, *promote)
    again = replay(live, *promote)

    assert (resumed["promoted"], again["promoted"], again["stored"]) == (0, 0, 0)
    assert resumed["stored"] > 0
    assert len(live.records("batches")) == published + 3
    assert all(each["same"] for each in replay(live, "--run", run, "--diff"))
    label(live, range(WINDOWS - 1, WINDOWS))  # and those of the window that was not labelled yet
    live.wait_until(lambda: sorted(client.quality()["labelled"]) == [IN_A_WINDOW] * WINDOWS, "quality, computed anew")
    after = client.snapshots()
    assert after["rows"].tolist() == [IN_A_WINDOW] * WINDOWS
    one_answer(live, client)
    assert_replaced(live, client, [*before.loc[:2, "rows"]])

    second = replayed_report(live, stretch)
    assert replay(live, "--run", second, "--promote", "--execute")["promoted"] == WINDOWS
    assert replay(live, "--run", second, "--promote", "--execute")["promoted"] == 0
    assert client.snapshots()["failed_tests"].tolist() == [1] * WINDOWS
    live.stop()
    one_answer(live, client)


def produce(run: PipelineState, partitions: list[int], windows: range) -> None:
    """Half of each window's events lie in each partition; half of them are answered rightly."""
    producer = Producer({"bootstrap.servers": run.servers, "linger.ms": 20})
    for number in range(windows.start * IN_A_WINDOW, windows.stop * IN_A_WINDOW):
        if number % 2 in partitions:
            time_ms = BEGIN_MS + number * 10 * MINUTE_MS // IN_A_WINDOW
            event = {"id": f"e{number}", "time": time_ms, "model": {"id": "m"}, "prediction": "ab"[number % 4 // 2]}
            producer.produce(run.predictions, json.dumps(event), partition=number % 2)
    assert producer.flush(60) == 0


def label(run: PipelineState, windows: range) -> None:
    producer = Producer({"bootstrap.servers": run.servers})
    for number in range(windows.start * IN_A_WINDOW, windows.stop * IN_A_WINDOW):
        producer.produce(run.topic("labels"), json.dumps({"id": f"e{number}", "target": "a"}))
    assert producer.flush(60) == 0


def labelled(run: PipelineState) -> int:
    latest = {each["batch_id"]: each["labels"]["labelled"] for each in run.snapshots() if each.get("kind") == "quality"}
    return sum(latest.values())


def replay(run: PipelineState, *arguments: str) -> Any:
    ran = run.command("replay", *arguments, "--output", "json")
    assert ran.code == 0, ran.everything
    return json.loads(ran.out)


def died_half_way(run: PipelineState, promote: list[str], batch: str) -> Path:
    """Promote into a store that takes the objects of the first windows alone; what stands in the way of the others."""
    (key,) = [key for key in run.keys("/snapshot.json") if key.startswith("snapshots/") and batch in key]
    obstacle = Path(run.store_root) / Path(key).parent / "replaced"
    obstacle.write_text("no folder")
    ran = run.command("replay", *promote)
    assert ran.code != 0, ran.everything
    assert "Traceback" not in ran.err
    return obstacle


def replayed_report(run: PipelineState, stretch: list[str]) -> str:
    """A second, other replay: a report with a test that fails, on the batches as they are now."""
    file = run.folder / "tested.json"
    tested = {**ASKED.declaration(), "report": {"tests": [{"metric": "row_count", "gte": 1_000_000}]}}
    file.write_text(json.dumps({"collectors": [tested]}))
    done = replay(run, *stretch, "--topic", "batches", "--collectors", str(file), "--execute")
    return str(done["run"])


def one_answer(run: PipelineState, client: Client) -> None:
    """Client, commands, topics and audit agree, and every figure is that of the rows that the client reads."""
    assert_accounted(run)
    snapshots, batches = client.snapshots(), client.batches()
    pd.testing.assert_frame_equal(
        snapshots[["batch_id", "rows", "late_rows"]], batches[["batch_id", "rows", "late_rows"]]
    )
    for each in snapshots.itertuples():
        assert (len(client.rows(each.batch_id)), len(client.rows(each.batch_id, late=True))) == (
            each.rows,
            each.late_rows,
        )
    quality = client.quality().set_index("batch_id")
    for arguments in (["--from-store"], []):
        listed = run.command("snapshots", "list", *arguments, "--output", "json").json
        current = [each for each in listed if not each["replaced"] and each["kind"] == "report"]
        assert [each["batch_id"] for each in current] == snapshots["batch_id"].tolist()
        assert [each["rows"] for each in current] == snapshots["rows"].tolist()
        assert [each["tests"] for each in current] == [each["tests"] for each in current[:1]] * len(current)
        revisions = {each["batch_id"]: each["revision"] for each in listed if each["kind"] == "quality"}
        assert revisions == quality["revision"].to_dict()
    anew = ["quality", "--collector", ASKED.id, "--from", "2020-01-01", "--to", "2100-01-01", "--output", "json"]
    computed = {each["batch_id"]: (each["id"], each["revision"]) for each in run.command(*anew).json}
    assert computed == {each.Index: (each.snapshot_id, each.revision) for each in quality.itertuples()}
    assert run.command(*anew, "--publish").json == []


def assert_replaced(run: PipelineState, client: Client, rows: list[int]) -> None:
    every = client.snapshots(replaced=True)
    assert every.loc[every["replaced"], "rows"].tolist() == rows
    listed = run.command("snapshots", "list", "--output", "json").json
    assert [each["rows"] for each in listed if each["replaced"]] == rows
