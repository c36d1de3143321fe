"""A compacted topic read back: all that is committed by now, and nothing else."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from streams.kafka.committed_records import committed_records, read_progress
from streams.kafka.errors import KafkaStageError
from streams.kafka.local_broker import Broker
from streams.kafka.transactions import Outgoing
from tests.contracts.transactions_under_test import KafkaPlace

pytestmark = pytest.mark.kafka


@pytest.fixture
def place(broker: Broker, topic_prefix: str) -> Iterator[KafkaPlace]:
    made = KafkaPlace(broker.bootstrap_servers, topic_prefix)
    made.transaction.initialise()
    yield made
    made.clean_up()


def config(place: KafkaPlace) -> dict[str, Any]:
    options = {"group.id": f"{place.out}-reader", "enable.auto.commit": False, "fetch.wait.max.ms": 10}
    isolation = {"isolation.level": "read_committed", "enable.partition.eof": True}
    return {"bootstrap.servers": place.servers, **options, **isolation}


def write(place: KafkaPlace, key: bytes, value: bytes | None) -> None:
    place.transaction.write([Outgoing(place.out, value, key, 0)])


def test_records_come_in_order_without_those_of_aborted_transactions(place: KafkaPlace) -> None:
    write(place, b"a", b"1")
    place.transaction.commit([], None)
    write(place, b"a", b"aborted")
    place.transaction.abort()
    write(place, b"b", None)
    write(place, b"a", b"2")
    place.transaction.commit([], None)

    found = [(key, value) for _, key, value in committed_records(config(place), place.out, 0, 30)]

    assert found == [(b"a", b"1"), (b"b", None), (b"a", b"2")]
    assert list(read_progress(config(place), place.out, 0)) == [(b"a", b"1"), (b"a", b"2")]


def test_an_empty_partition_has_none(place: KafkaPlace) -> None:
    assert list(committed_records(config(place), place.out, 0, 30)) == []


def test_what_a_predecessor_is_just_committing_is_waited_for(place: KafkaPlace) -> None:
    write(place, b"a", b"pending")
    place.flush()
    found: list[bytes | None] = []
    reading = threading.Thread(
        target=lambda: found.extend(value for _, _, value in committed_records(config(place), place.out, 0, 60))
    )
    reading.start()
    reading.join(0.5)
    assert reading.is_alive()
    place.transaction.commit([], None)
    reading.join(60)

    assert found == [b"pending"]


def test_a_transaction_that_never_ends_is_named(place: KafkaPlace) -> None:
    write(place, b"a", b"pending")
    place.flush()

    with pytest.raises(KafkaStageError, match=f"{place.out}-0 could not be read to offset 1"):
        list(committed_records(config(place), place.out, 0, 0.2))
