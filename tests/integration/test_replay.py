"""Replays on a real broker: the past, made again beside what is live, to the same bytes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from streams.kafka.local_broker import Broker
from tests.integration.audited import assert_accounted
from tests.integration.oracle import Asked, expected_windows
from tests.integration.pipeline import MIXED, ROOT, PipelineState, assert_exact, pipeline
from tests.integration.traffic import EVENTS, PARTITIONS, TrafficState, recent_hour_ms

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

BEGIN_MS = recent_hour_ms(5)
MINUTE_MS = 60_000
LATER = Asked("later", model="m2", interval_ms=600_000)


@pytest.fixture(scope="module")
def traffic(broker: Broker) -> TrafficState:
    """Twenty thousand events over forty minutes, produced as they happened."""
    made = TrafficState(broker.bootstrap_servers, f"replay-{uuid4().hex[:8]}.predictions", PARTITIONS, BEGIN_MS, 120)
    made.stamped = True
    made.send(EVENTS)
    made.flush()
    return made


@pytest.fixture(scope="module")
def live(broker: Broker, traffic: TrafficState, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipelineState]:
    """A pipeline that has done all there was to do, and stopped."""
    folder, name = tmp_path_factory.mktemp("replay"), traffic.topic.removesuffix(".predictions")
    with pipeline(broker.bootstrap_servers, traffic.topic, f"{name}.run", folder, MIXED) as run:
        run.start()
        assert_exact(run, traffic.events)
        yield run


def at(minutes: int) -> str:
    return datetime.fromtimestamp(BEGIN_MS / 1000 + minutes * 60, UTC).isoformat()


def replay(run: PipelineState, *arguments: str) -> Any:
    ran = run.command("replay", *arguments, "--output", "json")
    assert ran.code == 0, ran.everything
    return json.loads(ran.out) if ran.out else None


def started(run: PipelineState, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "streams.cli.main", *arguments]
    return subprocess.Popen(command, env={**os.environ, **run.settings()}, cwd=ROOT)


def written(run: PipelineState, key: str) -> int:
    return (Path(run.store_root) / key).stat().st_mtime_ns


def made(run: PipelineState, name: str) -> dict[str, bytes]:
    """Batches and snapshots of a run, under the keys that they would have live."""
    folder = f"replays/{name}/"
    keys = [key.removeprefix(folder) for key in run.keys("") if key.startswith(folder)]
    return {key: run.read(folder + key) for key in keys if key.startswith(("batches/", "snapshots/"))}


def live_objects(run: PipelineState, collector: str, minutes: tuple[int, int]) -> dict[str, bytes]:
    """What the live stages made of windows that begin within these minutes."""
    names = [datetime.fromtimestamp(BEGIN_MS / 1000 + m * 60, UTC).strftime("%Y%m%dT%H%M%S") for m in minutes]
    folders = (f"batches/{collector}/", f"snapshots/{collector}/")
    keys = [key for key in run.keys("") if key.startswith(folders)]
    return {key: run.read(key) for key in keys if names[0] <= key.split("/")[2] < names[1]}


@pytest.mark.parametrize(
    ("topic", "collector", "minutes"),
    [
        ("predictions", "every-ten-minutes", (20, 30)),
        ("collected", "every-ten-minutes", (20, 30)),
        ("predictions", "every-two-thousand", (-20, 60)),
        ("collected", "whichever-is-first", (-20, 60)),
    ],
)
def test_a_replay_of_a_live_stretch_is_byte_identical(
    live: PipelineState, topic: str, collector: str, minutes: tuple[int, int]
) -> None:
    stretch = ["--collector", collector, "--from", at(minutes[0]), "--to", at(minutes[1]), "--topic", topic]
    done = replay(live, *stretch, "--execute")
    assert done["complete"]
    expected = live_objects(live, collector, minutes)
    assert done["batches"] == sum(key.endswith("manifest.json") for key in expected) > 0
    assert made(live, done["run"]) == expected


def test_without_execute_nothing_is_made_and_the_frozen_offsets_are_told(live: PipelineState) -> None:
    before = live.keys("")
    told = replay(live, "--collector", "every-ten-minutes", "--from", at(30), "--to", at(40))
    assert live.keys("") == before
    assert [each["next"] for each in told] == [EVENTS // PARTITIONS] * PARTITIONS
    assert all(0 < each["first"] < each["next"] for each in told)


def test_a_replay_that_was_killed_goes_on_where_it_was(live: PipelineState) -> None:
    stretch = ["--collector", "every-ten-minutes", "--from", at(-20), "--to", at(60)]
    before = set(live.keys("/log/00000000.msgpack"))
    killed = started(live, "replay", *stretch, "--execute", "--rate", "4000")
    while not (entries := set(live.keys("/log/00000000.msgpack")) - before):
        assert killed.poll() is None
    killed.kill()
    assert killed.wait() < 0
    (entry,) = entries
    name, kept = entry.split("/")[1], written(live, entry)

    done = replay(live, "--run", name, "--execute")

    assert written(live, entry) == kept
    assert len([key for key in live.keys("") if key.startswith(f"replays/{name}/log/")]) > 1
    assert made(live, done["run"]) == live_objects(live, "every-ten-minutes", (-20, 60))


def test_a_new_collector_is_filled_in_over_the_past_and_promoted_once(
    live: PipelineState, traffic: TrafficState
) -> None:
    file = live.folder / "collectors.json"
    failing = {"report": {"tests": [{"metric": "row_count", "gte": 1_000_000}]}, "alerts": [{"on": ["failed_tests"]}]}
    declared = [*(asked.declaration() for asked in MIXED), {**LATER.declaration(), **failing}]
    file.write_text(json.dumps({"collectors": declared}))
    batches, snapshots = len(live.records("batches")), len(live.records("snapshots"))
    stretch = ["--collector", "later", "--collectors", str(file), "--from", at(-20), "--to", at(60)]
    done = replay(live, *stretch, "--execute")
    assert (len(live.records("batches")), len(live.records("snapshots"))) == (batches, snapshots)

    promoted = replay(live, "--run", done["run"], "--promote", "--execute")
    again = replay(live, "--run", done["run"], "--promote", "--execute")

    assert promoted["promoted"] == done["batches"] == done["snapshots"]
    assert again["run"] == done["run"]
    assert len(live.records("batches")) == batches + done["batches"]
    assert len(live.records("snapshots")) == snapshots + done["batches"]
    assert live.windows("later") == expected_windows(traffic.events, LATER)
    passed = live.committed("report", live.topic("batches"))
    last = live.records("snapshots")[-1].offset() or 0
    live.start("report,alerts")
    live.wait_until(lambda: live.committed("report", live.topic("batches")) > passed, "promoted batches are passed")
    live.wait_until(lambda: live.committed("alerts", live.topic("snapshots")) > last, "promoted snapshots are passed")
    live.stop()
    assert len(live.records("snapshots")) == snapshots + done["batches"]
    assert not live.records("alerts")
    assert_accounted(live, "silent collectors")  # one was added for the replay alone


def test_a_changed_report_is_computed_from_batches_alone(live: PipelineState) -> None:
    file = live.folder / "changed.json"
    declaration = {**MIXED[0].declaration(), "report": {"default_tests": True}}
    file.write_text(json.dumps({"collectors": [declaration]}))
    stretch = ["--collector", MIXED[0].id, "--collectors", str(file), "--from", at(0), "--to", at(20)]

    done = replay(live, *stretch, "--topic", "batches", "--execute")

    assert (done["batches"], done["snapshots"]) == (0, 2)
    compared = replay(live, "--run", done["run"], "--diff")
    assert [(each["batch"], each["snapshot"]) for each in compared] == [("same", "differs")] * 2
    reports = {json.loads(content)["report_hash"] for key, content in made(live, done["run"]).items() if "json" in key}
    assert len(reports) == 1
    assert not reports & {each["report_hash"] for each in live.snapshots()}


def test_a_stretch_that_the_log_has_lost_is_refused_by_name(broker: Broker, topic_prefix: str, tmp_path: Path) -> None:
    traffic = TrafficState(broker.bootstrap_servers, f"{topic_prefix}predictions", PARTITIONS, BEGIN_MS, 120)
    traffic.stamped = True
    traffic.send(400)
    traffic.flush()
    admin = AdminClient({"bootstrap.servers": broker.bootstrap_servers})
    for deleted in admin.delete_records([TopicPartition(traffic.topic, 2, 30)]).values():
        deleted.result(30)
    with pipeline(broker.bootstrap_servers, traffic.topic, f"{topic_prefix}run", tmp_path, MIXED) as run:
        ran = run.command("replay", "--collector", MIXED[0].id, "--from", at(0), "--to", at(10))
    assert ran.code == 1
    assert f"the log no longer holds {traffic.topic}-2 offsets 0 to 29" in ran.err
    assert "--topic collected or batches" in ran.err
