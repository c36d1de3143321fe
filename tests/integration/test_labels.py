"""Ground truth that comes late, on a real broker: through killed workers, counted once."""

import json
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from streams.kafka.local_broker import Broker
from tests.integration.audited import assert_accounted
from tests.integration.oracle import Asked
from tests.integration.pipeline import PipelineState, pipeline
from tests.integration.traffic import create_topics, recent_hour_ms

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

EVENTS = 1_200
MINUTE_MS = 60_000
STAGES = "collect,window,report,label"


def test_labels_that_come_after_killed_workers_count_once(broker: Broker, topic_prefix: str, tmp_path: Path) -> None:
    predictions, begin_ms = f"{topic_prefix}predictions", recent_hour_ms(3)
    create_topics(broker.bootstrap_servers, {predictions: 2})
    _produce(broker.bootstrap_servers, predictions, begin_ms)
    asked = Asked("scores", interval_ms=10 * MINUTE_MS)
    environ = {"STREAMS_LABELS_REVISE_S": "0.5"}
    with pipeline(
        broker.bootstrap_servers, predictions, f"{topic_prefix}run", tmp_path, (asked,), environ=environ
    ) as run:
        _load(run, [*_labels(range(550, 650)), {"id": "nobody", "target": "a"}])  # before there is any batch
        run.start(STAGES)
        run.wait_until(lambda: len(_latest(run)) == 2, "windows have their early labels")
        run.workers[-1].kill()
        _send(run, _labels(range(550)))
        run.start(STAGES)
        run.wait_until(lambda: _labelled(run) >= 500, "some labels that came while nobody ran")
        run.workers[-1].kill()
        _send(run, [*_labels(range(650, EVENTS)), *_labels(range(500, 600)), *_labels(range(50), target="b")])
        run.start(STAGES)
        run.wait_until(lambda: _labelled(run) == EVENTS, "all labels")
        run.wait_until(lambda: sum(each["labels"]["duplicates"] for each in _latest(run).values()) == 150, "duplicates")
        run.stop()

        latest = _latest(run)
        assert sum(each["labels"]["revision"] for each in latest.values()) == EVENTS + 150
        assert {each["labels"]["share"] for each in latest.values()} == {1.0}
        assert sum(_right(each) for each in latest.values()) == EVENTS // 2 - 25  # half, but for those corrected
        published = [(each["batch_id"], each["labels"]["revision"]) for each in _quality(run)]
        assert len(set(published)) == len(published), "a revision was published twice"
        assert_accounted(run)
        _computed_anew(run, latest)


def _computed_anew(run: PipelineState, latest: dict[str, Any]) -> None:
    """The batch job finds what the stage found, and what it prints is what there is."""
    job = ["quality", "--collector", "scores", "--from", "2020-01-01", "--to", "2100-01-01", "--output", "json"]
    again = {each["batch_id"]: each for each in run.command(*job).json}
    assert {name: each["id"] for name, each in again.items()} == {name: each["id"] for name, each in latest.items()}
    before = len(run.records("snapshots"))
    assert run.command(*job, "--publish").json == []
    assert len(run.records("snapshots")) == before
    listed = [each for each in run.command("snapshots", "list", "--output", "json").json if each["kind"] == "quality"]
    assert sorted(each["id"] for each in listed) == sorted(each["id"] for each in latest.values())
    batch = next(iter(latest))
    shown = run.command("snapshots", "show", batch, "--quality", "--output", "json").json
    assert shown == latest[batch]


def _produce(servers: str, topic: str, begin_ms: int) -> None:
    """Twenty minutes of events, of which half are answered rightly, and one that closes their windows."""
    producer = Producer({"bootstrap.servers": servers, "linger.ms": 20})
    for number in range(EVENTS):
        event = {"id": f"e{number}", "time": begin_ms + number * 1_000, "model": {"id": "m"}, "prediction": "a"}
        producer.produce(topic, json.dumps(event), partition=number % 2)
    for partition in range(2):
        late = {"id": f"last-{partition}", "time": begin_ms + 40 * MINUTE_MS, "model": {"id": "m"}, "prediction": "a"}
        producer.produce(topic, json.dumps(late), partition=partition)
    assert producer.flush(60) == 0


def _labels(numbers: range, target: str | None = None) -> list[dict[str, Any]]:
    return [{"id": f"e{number}", "target": target or "ab"[number % 2]} for number in numbers]


def _send(run: PipelineState, labels: list[dict[str, Any]]) -> None:
    producer = Producer({"bootstrap.servers": run.servers})
    for label in labels:
        producer.produce(run.topic("labels"), json.dumps(label))
    assert producer.flush(60) == 0


def _load(run: PipelineState, labels: list[dict[str, Any]]) -> None:
    file = run.folder / "labels.jsonl"
    file.write_text("\n".join(map(json.dumps, labels)))
    loaded = run.command("labels", "load", str(file), "--output", "json").json
    assert (loaded[0]["delivered"], loaded[0]["failed"]) == (len(labels), 0)


def _quality(run: PipelineState) -> list[dict[str, Any]]:
    return [each for each in run.snapshots() if each.get("kind") == "quality"]


def _latest(run: PipelineState) -> dict[str, Any]:
    """The last published revision of each window with labels."""
    return {each["batch_id"]: each for each in _quality(run)}


def _labelled(run: PipelineState) -> int:
    return sum(each["labels"]["labelled"] for each in _latest(run).values())


def _right(snapshot: dict[str, Any]) -> int:
    (accuracy,) = [each["current"]["value"] for each in snapshot["report"]["entries"] if each["metric"] == "accuracy"]
    return round(accuracy * snapshot["labels"]["labelled"])
