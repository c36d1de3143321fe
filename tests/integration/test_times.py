"""Time that is no time, and backlogs, on a real broker: each costs itself, and windows go on."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from confluent_kafka import Message, Producer

from streams.kafka.local_broker import Broker
from tests.integration.oracle import Asked, Event
from tests.integration.pipeline import PipelineState, pipeline
from tests.integration.traffic import create_topics, encode

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

EVERY_MINUTE = Asked("every-minute", interval_ms=60_000, lateness_ms=5_000)
BEGIN_MS = (int(time.time()) // 60 - 20) * 60_000
IN_2099_MS = round(datetime(2099, 1, 1, tzinfo=UTC).timestamp() * 1000)
SECOND = 1_000


@pytest.fixture
def run(broker: Broker, topic_prefix: str, tmp_path: Path) -> Iterator[PipelineState]:
    """One collector; the topic takes whatever timestamps are sent."""
    topic = f"{topic_prefix}predictions"
    create_topics(broker.bootstrap_servers, {topic: 4}, message_timestamp_after_max_ms=str(2**63 - 1))
    with pipeline(broker.bootstrap_servers, topic, f"{topic_prefix}run", tmp_path, [EVERY_MINUTE]) as made:
        yield made


def send(run: PipelineState, events: Sequence[Event], stamps: Mapping[str, int] | None = None) -> None:
    """Produce events where they say; `stamps` has timestamps of records by event id (else the present)."""
    producer = Producer({"bootstrap.servers": run.servers, "linger.ms": 20})
    for event in events:
        stamp = (stamps or {}).get(event.id, round(time.time() * 1000))
        producer.produce(run.predictions, encode(event), partition=event.partition, timestamp=stamp)
    assert producer.flush(60) == 0


def event(number: int, partition: int, time_ms: int) -> Event:
    return Event(partition, number // 4, f"e{number:05}", time_ms, "m", 0.5)


def backlog(count: int, over_ms: int) -> list[Event]:
    """Events over so long a time until some minutes ago, dealt out to four partitions."""
    return [event(n, n % 4, BEGIN_MS + n * over_ms // count) for n in range(count)]


def reasons(run: PipelineState) -> dict[str, str]:
    """Why events died, by their id."""
    return {json.loads(each.value() or b"")["id"]: reason_of(each) for each in run.records("dead-letters")}


def reason_of(letter: Message) -> str:
    return dict(letter.headers() or ())["__connect.errors.exception.message"].decode()


def rows(run: PipelineState) -> tuple[int, int]:
    """How many rows lie in batches, and how many beside them."""
    windows = run.windows(EVERY_MINUTE.id)
    return sum(len(each.ids) for each in windows), sum(len(each.late) for each in windows)


def wait_for_rows(run: PipelineState, count: int) -> None:
    run.wait_until(lambda: sum(rows(run)) >= count, f"{count} rows in batches")


def wait_until_all_are_idle(run: PipelineState) -> None:
    def all_idle() -> bool:
        last = [accounts[-1]["ranges"] for accounts in run.accounts() if accounts]
        return bool(last) and all(len(each) == 4 and all("idle_since_ms" in one for one in each) for each in last)

    run.wait_until(all_idle, "all partitions idle")


def test_a_backlog_that_is_there_before_a_worker_is_late_in_none(run: PipelineState) -> None:
    send(run, sorted(backlog(4_000, 600 * SECOND), key=lambda each: each.partition))
    run.start(STREAMS_LIMITS_CHUNK_MESSAGES="100")
    wait_for_rows(run, 4_000)
    run.stop()
    assert rows(run) == (4_000, 0)
    assert len(run.windows(EVERY_MINUTE.id)) == 10


def test_a_first_backlog_that_comes_to_idle_partitions_one_after_the_other_is_late_in_none(run: PipelineState) -> None:
    run.start(STREAMS_WINDOWS_IDLE_AFTER_S="8")
    wait_until_all_are_idle(run)
    events = backlog(4_000, 600 * SECOND)
    for partition in range(4):
        send(run, [each for each in events if each.partition == partition])
        run.wait_for_offsets(1_000 * (partition + 1))
    wait_for_rows(run, 4_000)
    run.stop()
    assert rows(run) == (4_000, 0)


def test_times_that_are_none_cost_themselves_alone(run: PipelineState) -> None:
    good = backlog(400, 300 * SECOND)
    now_ms = good[100].time_ms
    odd = {
        "stamped": event(4_000, 0, now_ms),
        "timeless": event(4_001, 1, now_ms),
        "seconds": event(4_002, 2, now_ms // 1000),
        "far": event(4_003, 3, IN_2099_MS),
    }
    stamps = {odd["stamped"].id: IN_2099_MS, odd["timeless"].id: -1}
    send(run, [*good[:100], *odd.values(), *good[100:]], stamps)
    run.start()
    wait_for_rows(run, 401)
    run.stop()
    assert rows(run) == (401, 0)
    assert [odd["timeless"].id in each.ids for each in run.windows(EVERY_MINUTE.id)].count(True) == 1
    said = reasons(run)
    assert said.keys() == {odd[name].id for name in ("stamped", "seconds", "far")}
    assert "2099-01-01T00:00:00.000Z" in said[odd["stamped"].id]
    assert "windows.record_ahead_s=3600" in said[odd["stamped"].id]
    assert "these are seconds" in said[odd["seconds"].id]
    assert "windows.event_ahead_s=86400" in said[odd["far"].id]


def test_a_replay_takes_the_decision_of_the_live_stage_about_a_record_whose_time_has_come_meanwhile(
    run: PipelineState,
) -> None:
    good = backlog(400, 300 * SECOND)
    early = event(4_000, 0, good[100].time_ms)
    ahead_s = 20
    send(run, [*good[:100], early, *good[100:]], {early.id: round(time.time() * 1000) + ahead_s * SECOND})
    run.start(STREAMS_WINDOWS_RECORD_AHEAD_S="1")
    run.wait_for_snapshots(5)
    run.stop()
    assert reasons(run).keys() == {early.id}
    run.environ = {"STREAMS_WINDOWS_RECORD_AHEAD_S": str(ahead_s)}  # as if so much time had passed
    stretch = ["--collector", EVERY_MINUTE.id, "--from", at(BEGIN_MS), "--to", at(BEGIN_MS + 300 * SECOND)]
    done = run.command("replay", *stretch, "--execute", "--diff", "--output", "json")
    assert done.code == 0, done.everything
    differences = json.loads(done.out[done.out.index("[") :])
    assert [(each["batch"], each["snapshot"]) for each in differences] == [("same", "same")] * 5


def at(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat()


def test_a_replay_of_records_without_timestamps_reads_them_all_and_says_what_it_does_not_compare(
    run: PipelineState,
) -> None:
    good = backlog(400, 300 * SECOND)
    send(run, good, {each.id: -1 for each in good})
    run.start()
    run.wait_for_snapshots(5)
    run.stop()
    stretch = ["--collector", EVERY_MINUTE.id, "--from", at(BEGIN_MS + SECOND), "--to", at(BEGIN_MS + 300 * SECOND)]
    done = run.command("replay", *stretch, "--execute", "--diff", "--output", "json")
    assert done.code == 0, done.everything
    differences = json.loads(done.out[done.out.index("[") :])
    assert [(each["batch"], each["snapshot"]) for each in differences] == [("same", "same")] * 4
    assert "not compared: the window from " in done.everything
