"""Every event is accounted for: in segments, in counts, or among the dead letters; and nothing is skipped silently."""

import io
import json
import signal
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from confluent_kafka import Message, TopicPartition
from confluent_kafka.admin import AdminClient

from streams.kafka.local_broker import Broker
from tests.integration.oracle import Asked
from tests.integration.pipeline import (
    MIXED,
    PipelineState,
    assert_exact,
    pipeline,
)
from tests.integration.traffic import EVENTS, PARTITIONS, TrafficState
from tests.kafka.raw_headers import send_with_bad_name
from tests.servers.s3 import S3Bucket

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


def test_what_is_read_is_collected_or_dropped_or_dead(run: PipelineState, traffic: TrafficState) -> None:
    run.start()
    assert_exact(run, traffic.events)
    segments = [message for message in run.records("collected") if kind(message) == b"segment"]
    places = [place for message in segments for place in places_of(message)]
    kept = Counter(partition for partition, _ in set(places))
    for accounts in run.accounts():
        found = {partition: ranges_of(accounts, partition) for partition in range(PARTITIONS)}
        for partition, ranges in found.items():
            joins = [(before["next"], after["first"]) for before, after in pairwise(ranges)]
            assert all(end == begin for end, begin in joins)
            assert (ranges[0]["first"], ranges[-1]["next"]) == (0, EVENTS // PARTITIONS)
            assert total(ranges, "events") + total(ranges, "dead") == EVENTS // PARTITIONS
            assert total(ranges, "collected") == kept[partition]
    counts = Counter(collector for accounts in run.accounts() for collector in dropped_by(accounts))
    rows = Counter(collector_of(message) for message in segments for _ in places_of(message))
    assert {asked.id: counts[asked.id] + rows[asked.id] for asked in MIXED} == {asked.id: EVENTS for asked in MIXED}


def kind(message: Message) -> bytes:
    return dict(message.headers() or ())["streams-kind"]


def collector_of(message: Message) -> str:
    return (message.key() or b"").decode()


def places_of(message: Message) -> list[tuple[int, int]]:
    """Source partition and offset of each row of a segment."""
    rows = pa.ipc.open_stream(io.BytesIO(message.value() or b"")).read_all()
    return list(zip(rows["partition"].to_pylist(), rows["offset"].to_pylist(), strict=True))


def ranges_of(accounts: list[dict], partition: int) -> list[dict]:
    return [each for account in accounts for each in account["ranges"] if each["partition"] == partition]


def total(ranges: list[dict], name: str) -> int:
    return sum(each.get(name, 0) for each in ranges)


def dropped_by(accounts: list[dict]) -> Iterator[str]:
    """The collector's id, once for each event that it dropped."""
    for account in accounts:
        for plan, counts in account.get("dropped", {}).items():
            for _, _, number in counts:
                yield from [account["plans"][plan]["collector_id"]] * number


def test_late_events_are_kept_beside_the_rows_of_the_window_they_missed(
    run: PipelineState, traffic: TrafficState
) -> None:
    run.start()
    assert_exact(run, traffic.events)
    windows = run.windows("every-ten-minutes")
    late = {event for window in windows for event in window.late}
    assert late
    assert not late & {event for window in windows for event in window.ids}


def test_what_sigterm_interrupts_is_committed_and_the_worker_leaves_in_order(
    run: PipelineState, traffic: TrafficState
) -> None:
    with traffic.running():
        worker = run.start(STREAMS_LIMITS_COMMIT_INTERVAL_S="3", STREAMS_LIMITS_DRAIN_BUDGET_S="10")
        run.wait_for_offsets(EVENTS // 2)
        worker.send(signal.SIGTERM)
        assert worker.wait(30) == 0, run.logs()
    assert run.members("collect") == 0
    for accounts in run.accounts():
        ends = [ranges_of(accounts, partition)[-1]["next"] for partition in range(PARTITIONS)]
        assert sum(ends) == run.committed("collect", traffic.topic)
    run.start()
    assert_exact(run, traffic.events)


def test_a_log_that_lost_what_was_still_to_be_read_stops_the_worker_with_a_reason(
    run: PipelineState, traffic: TrafficState
) -> None:
    run.start("collect")
    run.wait_for_offsets(EVENTS)
    run.stop()
    traffic.send(400)
    traffic.flush()
    admin = AdminClient({"bootstrap.servers": run.servers})
    for deleted in admin.delete_records([TopicPartition(traffic.topic, 1, EVENTS // PARTITIONS + 10)]).values():
        deleted.result(30)
    late_comer = run.start("collect")
    assert late_comer.wait(60) == 1
    said = late_comer.log.read_text()
    assert (
        f"{traffic.topic}-1: offsets {EVENTS // PARTITIONS} to {EVENTS // PARTITIONS + 9} were yet to be read" in said
    )
    assert "--reset-offsets" in said


def test_batches_and_snapshots_in_a_bucket_are_as_exact(
    broker: Broker, topic_prefix: str, tmp_path: Path, traffic: TrafficState, s3: S3Bucket
) -> None:
    files, environ = s3.server.filesystem(), s3.server.environment()
    with pipeline(
        broker.bootstrap_servers,
        traffic.topic,
        f"{topic_prefix}run",
        tmp_path,
        MIXED,
        files=files,
        store_root=f"{s3.name}/streams",
        environ=environ,
    ) as run:
        run.start()
        assert_exact(run, traffic.events)


def test_a_reference_that_cannot_be_read_costs_the_report_and_not_the_batch(
    broker: Broker, topic_prefix: str, tmp_path: Path, traffic: TrafficState
) -> None:
    asked = Asked("compared", interval_ms=300_000, reference="nowhere.parquet")
    name = f"{topic_prefix}run"
    with pipeline(broker.bootstrap_servers, traffic.topic, name, tmp_path, (asked,)) as run:
        run.start()
        assert_exact(run, traffic.events)
        assert {snapshot["verdict"] for snapshot in run.snapshots()} == {"error"}
        assert all("nowhere.parquet" in snapshot["error"] for snapshot in run.snapshots())


def test_messages_that_nobody_can_read_become_dead_letters_beside_collected_neighbours(
    broker: Broker, topic_prefix: str, tmp_path: Path, traffic: TrafficState
) -> None:
    end = EVENTS // PARTITIONS
    unreadable = {
        "malformed": b'{"id": "broken", "model": {"id": "m1"',
        "oversized": json.dumps({"id": "long", "model": {"id": "m1"}, "input": {"data": "x" * 3_000}}).encode(),
        "schema-less": b"\xc3\x01unknown!\x02\x02",
    }
    headers = [("trace", b"1"), ("trace", b"2"), ("empty", None)]
    for name, value in unreadable.items():
        traffic.send_raw(0, name.encode(), value, headers)
    traffic.send(400)
    traffic.flush()
    asked, limits = Asked("all", interval_ms=300_000), {"STREAMS_LIMITS_MAX_EVENT_BYTES": "2000"}
    name = f"{topic_prefix}run"
    with pipeline(broker.bootstrap_servers, traffic.topic, name, tmp_path, (asked,), environ=limits) as run:
        run.start()
        assert_exact(run, traffic.events)
        letters = {(letter.key() or b"").decode(): letter for letter in run.records("dead-letters")}
    assert {name: letter.value() for name, letter in letters.items()} == unreadable
    for number, name in enumerate(unreadable):
        found = letters[name].headers() or []
        said = {key.removeprefix("__connect.errors."): (text or b"").decode() for key, text in found[len(headers) :]}
        assert found[: len(headers)] == headers
        assert (said["topic"], said["partition"], said["offset"]) == (traffic.topic, "0", str(end + number))
        assert said["stage"] == "VALUE_CONVERTER"
        assert said["exception.class.name"]
        assert said["exception.message"]


def test_a_header_whose_name_is_not_utf_8_costs_its_message_alone(
    broker: Broker, topic_prefix: str, tmp_path: Path, traffic: TrafficState
) -> None:
    bad = b'{"id": "bad-header", "model": {"id": "m1"}}'
    send_with_bad_name(broker.bootstrap_servers, traffic.topic, bad)
    traffic.send(400)
    traffic.flush()
    asked, name = Asked("all", interval_ms=300_000), f"{topic_prefix}run"
    with pipeline(broker.bootstrap_servers, traffic.topic, name, tmp_path, (asked,)) as run:
        run.start()
        assert_exact(run, traffic.events)
        (letter,) = run.records("dead-letters")
    said = dict(letter.headers() or [])
    assert (letter.key(), letter.value()) == (b"bad-name", bad)
    assert (said["a"], said["c"]) == (b"1", b"3")
    assert said["__connect.errors.exception.message"] == b"headers: a name is not UTF-8; send names that are UTF-8"
