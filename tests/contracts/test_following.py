"""A topic followed beside a group's own: what there is, then what comes, and nothing twice."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from streams.kafka.errors import UnreachableError
from streams.kafka.following import FollowState, read_before
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


def write(place: KafkaPlace, *values: bytes) -> None:
    place.transaction.write([Outgoing(place.out, value, b"k", 0) for value in values])
    place.transaction.commit([], None)


def polled(follow: FollowState, number: int) -> Sequence[bytes | None]:
    found: list[bytes | None] = []
    give_up_at = time.monotonic() + 60
    while len(found) < number and time.monotonic() < give_up_at:
        found += [each.value for each in follow.poll(0.1)]
    return found


def test_what_is_there_comes_first_and_then_what_follows_also_after_an_interruption(place: KafkaPlace) -> None:
    write(place, b"1", b"2")
    follow = FollowState(config(place), place.out, 0)

    assert [each.value for each in follow.catch_up()] == [b"1", b"2"]
    assert follow.positions[0] == 2
    write(place, b"3")
    assert polled(follow, 1) == [b"3"]
    follow.close()  # as where the cluster was lost
    write(place, b"4")
    assert polled(follow, 1) == [b"4"]
    follow.close()


def test_an_empty_topic_is_caught_up_with_at_once(place: KafkaPlace) -> None:
    follow = FollowState(config(place), place.out, 0)

    assert list(follow.catch_up()) == []
    follow.close()


def test_a_stretch_is_read_back_up_to_an_offset(place: KafkaPlace) -> None:
    write(place, b"1", b"2", b"3")

    chunks = list(read_before(config(place), place.out, 0, {0: 2}))

    assert [value for chunk in chunks for value in chunk.values] == [b"1", b"2"]
    assert list(read_before(config(place), place.out, 0, {0: 0})) == []


def test_a_topic_that_is_not_there_can_be_asked_for_again(place: KafkaPlace) -> None:
    follow = FollowState(config(place), f"{place.out}-missing", 0)

    for _ in range(2):
        with pytest.raises(UnreachableError, match="does not exist"):
            follow.poll()
