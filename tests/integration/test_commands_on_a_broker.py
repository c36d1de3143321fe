"""Commands against a real broker."""

import json
import signal
from pathlib import Path

import pyarrow as pa
import pytest
from confluent_kafka import Producer
from pyarrow import csv, parquet

from streams.core.snapshots import BatchFacts, Snapshot, failed_snapshot
from streams.kafka import client_config
from streams.kafka.local_broker import Broker
from streams.kafka.producing import DeliveryState, Produced
from streams.kafka.scan import committed_offsets, end_offsets, scan
from streams.kafka.topics import delete_topics, describe_topics
from tests.integration.place import Place

pytestmark = pytest.mark.kafka


@pytest.fixture
def bare(broker: Broker, topic_prefix: str, tmp_path: Path) -> Place:
    return Place(tmp_path, broker.bootstrap_servers, topic_prefix)


@pytest.fixture
def place(bare: Place) -> Place:
    assert bare.run("topics", "create", "--partitions", "3", "--collected-partitions", "2").code == 0
    return bare


def test_topics_are_created_once_and_then_as_they_should_be(bare: Place) -> None:
    assert bare.run("topics", "check").code == 3

    first = bare.run("topics", "create", "--output", "json").json
    assert {each["state"] for each in first} == {"created"}
    assert {each["state"] for each in bare.run("topics", "create", "--output", "json").json} == {"exists"}

    checked = bare.run("topics", "check", "--output", "json")
    assert checked.code == 0
    assert {each["severity"] for each in checked.json} == {"warning"}  # one replica: it is a single broker


def test_a_worker_without_topics_prints_the_exact_commands_and_fails(bare: Place) -> None:
    (bare.folder / "collectors.yaml").write_text("collectors: [{id: c, trigger: {type: rows, rows: 1}}]")

    ran = bare.run("worker")

    assert ran.code == 1
    printed = [line for line in ran.err.splitlines() if line.startswith("kafka-topics.sh")]
    assert printed == bare.run("topics", "create", "--dry-run").out.splitlines()


def test_producing_to_a_topic_that_is_not_there_prints_the_command(bare: Place) -> None:
    ran = bare.run("produce", "--sample", "1")

    assert ran.code == 1
    assert f"--create --topic {bare.prefix}predictions" in ran.err


def test_a_window_longer_than_the_log_keeps_is_found(place: Place) -> None:
    (place.folder / "collectors.yaml").write_text(
        "collectors: [{id: quarterly, trigger: {type: interval, interval: 90d}}]"
    )

    ran = place.run("topics", "check", "--output", "json")

    assert ran.code == 3
    assert [each["topic"] for each in ran.json if each["severity"] == "problem"] == [f"{place.prefix}collected"]


def test_lines_of_a_file_and_of_standard_input_arrive_as_they_are(place: Place) -> None:
    lines = [f'{{"id": "{number}", "model": {{"id": "m"}}}}'.encode() for number in range(50)]
    (place.folder / "events.jsonl").write_bytes(b"\n".join(lines[:30]) + b"\n")

    assert place.run("produce", "events.jsonl", "--output", "json").json[0]["delivered"] == 30
    assert place.run("produce", "-", "--output", "json", stdin=b"\n".join(lines[30:])).json[0]["delivered"] == 20

    records = place.records()
    assert sorted(record.value or b"" for record in records) == sorted(lines)
    assert all(record.key == json.loads(record.value or b"")["id"].encode() for record in records)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_rows_of_a_table_arrive_as_events(place: Place, kind: str) -> None:
    table = pa.table(
        {"id": [f"e{number}" for number in range(12)], "age": list(range(12)), "metadata.region": ["eu"] * 12}
    )
    file = place.folder / f"rows.{kind}"
    csv.write_csv(table, file) if kind == "csv" else parquet.write_table(table, file)

    assert place.run("produce", file.name, "--model-id", "scorer").code == 0

    events = {json.loads(record.value or b"")["id"]: json.loads(record.value or b"") for record in place.records()}
    assert len(events) == 12
    assert events["e7"] == {
        "id": "e7",
        "model": {"id": "scorer"},
        "features": {"age": 7},
        "metadata": {"region": "eu"},
    }


def test_sample_traffic_arrives_whole_and_is_the_same_again(place: Place) -> None:
    arguments = ["--sample", "700", "--until", "2026-11-21T00:00:00Z", "--seed", "3"]
    assert place.run("produce", *arguments).code == 0
    first = {(record.partition, record.key): record.value for record in place.records()}
    assert len(first) == 700

    assert place.run("produce", *arguments).code == 0
    assert {(record.partition, record.key): record.value for record in place.records()} == first


def test_arrow_messages_hold_many_events(place: Place) -> None:
    ran = place.run("produce", "--sample", "700", "--encoding", "arrow", "--events-per-message", "300", "-o", "json")

    assert ran.json[0]["delivered"] == 3
    tables = [pa.ipc.open_stream(record.value).read_all() for record in place.records()]
    assert sum(table.num_rows for table in tables) == 700


def test_a_message_that_the_broker_refuses_is_counted_and_fails_the_command(place: Place) -> None:
    too_large = b'{"id": "large", "x": "' + b"x" * 1_200_000 + b'"}'

    ran = place.run("produce", "-", "--output", "json", stdin=b'{"id": "small"}\n' + too_large)

    assert ran.code == 1
    assert (ran.json[0]["delivered"], ran.json[0]["failed"]) == (1, 1)
    assert "1 message(s) were not delivered" in ran.err


def test_what_was_sent_before_a_bad_line_is_accounted_for(place: Place) -> None:
    good = b"".join(b'{"id": "%d"}\n' % number for number in range(10_000))

    ran = place.run("produce", "-", "--output", "json", stdin=good + b"[1\n")

    assert ran.code == 1
    assert ran.json[0]["delivered"] == 10_000
    assert "line 10001" in ran.err


def test_a_message_is_sent_as_it_is_with_headers_key_partition_and_timestamp(place: Place) -> None:
    address = ("-H", "content-type=application/avro", "-H", "trace=a=b", "-k", "mine", "-p", "2")
    at = ("--timestamp", "2026-11-21T12:00:00Z")

    assert place.run("produce", "-", "--whole", *address, *at, stdin=b"\x00\xff\n{\n").code == 0
    assert place.run("produce", "-", "--whole", stdin=b"").code == 0
    assert place.run("produce", "-", "-H", "nonsense", stdin=b"{}").code == 2

    sent, null = sorted(place.records(), key=lambda each: each.value is None)
    assert (sent.value, sent.key, sent.partition, sent.timestamp_ms) == (
        b"\x00\xff\n{\n",
        b"mine",
        2,
        1_795_262_400_000,
    )
    assert sent.pairs == (("content-type", b"application/avro"), ("trace", b"a=b"))
    assert (null.value, null.key) == (None, None)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_producing_that_is_stopped_says_how_many_were_delivered(place: Place, number: signal.Signals) -> None:
    stopped = place.stopped(number, "produce", "--sample", "100000", "--rate", "200", "-o", "json")

    (row,) = stopped.json
    assert stopped.code == 1
    assert 0 < row["delivered"] < 100_000
    assert row["delivered"] == sum(end_offsets(place.reader(), f"{place.prefix}predictions").values())
    assert f"stopped by {number.name}" in stopped.err


def test_a_rate_holds_producing_back(place: Place) -> None:
    ran = place.run("produce", "--sample", "60", "--rate", "40", "--output", "json")

    assert ran.json[0]["delivered"] == 60
    assert ran.json[0]["seconds"] >= 1


def published(place: Place, count: int) -> list[Snapshot]:
    snapshots = [
        failed_snapshot(
            BatchFacts(collector_id=f"c{number % 2}", batch_id=f"{number:032x}", start_ms=number * 60_000, rows=number),
            "h",
            None,
            "no reference",
        )
        for number in range(count)
    ]
    config = client_config.producer(place.kafka, client_id="test", max_message_bytes=1_000_000)
    state = DeliveryState(config, f"{place.prefix}snapshots")
    state.send(Produced(each.to_json_bytes(), headers=(("content-type", b"application/json"),)) for each in snapshots)
    state.finish(30)
    assert state.delivered == count
    return snapshots


def test_snapshots_are_listed_by_collector_and_window(place: Place) -> None:
    assert place.run("snapshots", "list", "--output", "json").json == []
    published(place, 7)

    listed = place.run("snapshots", "list", "--output", "json").json
    assert [(each["collector"], each["rows"]) for each in listed] == [
        *(("c0", rows) for rows in (0, 2, 4, 6)),
        *(("c1", rows) for rows in (1, 3, 5)),
    ]
    assert "c1" in place.run("snapshots", "list").out


def test_snapshots_can_be_narrowed_down(place: Place) -> None:
    published(place, 7)

    chosen = place.run("snapshots", "list", "--collector", "c0", "--last", "2", "--output", "json").json
    assert [each["rows"] for each in chosen] == [4, 6]
    assert place.run("snapshots", "list", "--verdict", "drifted", "--output", "json").json == []
    bounds = ("--from", "1970-01-01T00:02:00Z", "--to", "1970-01-01T00:05:00Z")
    assert [each["rows"] for each in place.run("snapshots", "list", *bounds, "-o", "json").json] == [2, 4, 3]
    unknown = place.run("snapshots", "list", "--collector", "c7")
    assert unknown.code == 2
    assert "there are of: c0, c1" in unknown.err


def test_a_scan_leaves_out_what_was_aborted_and_ends_behind_markers_of_transactions(place: Place) -> None:
    options = {"transactional_id": f"{place.prefix}t", "client_id": "t", "max_message_bytes": 1_000_000}
    producer = Producer(client_config.transactional_producer(place.kafka, **options, transaction_timeout_s=15))  # type: ignore[arg-type]
    producer.init_transactions(30)
    for number, commit in enumerate((True, False, True)):
        producer.begin_transaction()
        producer.produce(f"{place.prefix}batches", f"{number}".encode(), partition=0)
        producer.flush(30)  # or what is aborted would never have been sent
        (producer.commit_transaction if commit else producer.abort_transaction)(30)
    reported: list[tuple[int, int]] = []

    records = list(scan(place.reader(), f"{place.prefix}batches", lambda done, total: reported.append((done, total))))

    assert [record.value for record in records] == [b"0", b"2"]
    assert reported[-1] == (6, 6)  # three records and three markers


def test_a_group_that_never_committed_stands_at_the_beginning(place: Place) -> None:
    assert committed_offsets(place.reader(), f"{place.prefix}predictions") == {0: 0, 1: 0, 2: 0}


def test_topics_made_for_one_occasion_can_be_deleted(place: Place) -> None:
    admin = client_config.admin(place.kafka, client_id="test")

    delete_topics(admin, [f"{place.prefix}batches"])
    dead = f"{place.prefix}dead_letters"

    assert f"{place.prefix}batches" not in describe_topics(admin, [f"{place.prefix}batches", dead])
    assert describe_topics(admin, [dead])[dead].config["cleanup.policy"] == "delete"
