"""One transaction at a time, real or simulated: all of it or nothing, and only by whom it belongs to."""

from collections.abc import Iterator

import pytest

from streams.kafka.errors import KafkaStageError, TransactionAbortedError
from streams.kafka.local_broker import Broker
from streams.kafka.transactions import Outgoing, SourceOffset
from tests.contracts.transactions_under_test import KafkaPlace
from tests.simulation.place import SimulatedPlace

AnyPlace = KafkaPlace | SimulatedPlace


@pytest.fixture
def kafka_place(broker: Broker, topic_prefix: str) -> KafkaPlace:
    return KafkaPlace(broker.bootstrap_servers, topic_prefix)


@pytest.fixture(params=["simulated", pytest.param("kafka", marks=pytest.mark.kafka)])
def place(request: pytest.FixtureRequest) -> Iterator[AnyPlace]:
    made = SimulatedPlace() if request.param == "simulated" else request.getfixturevalue("kafka_place")
    made.transaction.initialise()
    yield made
    made.clean_up()


def messages(place: AnyPlace, *values: bytes) -> list[Outgoing]:
    return [Outgoing(place.out, value, partition=0) for value in values]


def offset(place: AnyPlace, number: int) -> list[SourceOffset]:
    return [SourceOffset(place.source, 0, number, "metadata")]


def test_messages_and_offsets_become_visible_together(place: AnyPlace) -> None:
    place.transaction.write(messages(place, b"a", b"b"))
    assert (place.visible(), place.committed()) == ([], None)

    place.transaction.commit(offset(place, 5), place.group())

    assert (place.visible(), place.committed()) == ([b"a", b"b"], 5)


def test_what_was_aborted_is_seen_by_nobody_and_the_next_is_whole(place: AnyPlace) -> None:
    place.transaction.write(messages(place, b"aborted"))
    place.transaction.abort()
    place.transaction.abort()
    place.transaction.write(messages(place, b"kept"))
    place.transaction.commit(offset(place, 7), place.group())

    assert (place.visible(), place.committed()) == ([b"kept"], 7)


def test_offsets_of_an_assignment_that_is_over_are_refused(place: AnyPlace) -> None:
    stale = place.group()
    place.take_away()
    place.transaction.write(messages(place, b"late"))

    with pytest.raises(TransactionAbortedError):
        place.transaction.commit(offset(place, 5), stale)
    place.transaction.abort()

    assert (place.visible(), place.committed()) == ([], None)


def test_a_successor_of_the_same_name_ends_what_was_begun_and_fences_who_began_it(place: AnyPlace) -> None:
    place.transaction.write(messages(place, b"left behind"))
    successor = place.open_transaction()
    successor.initialise()

    with pytest.raises(KafkaStageError, match="cannot go on"):
        place.transaction.commit(offset(place, 5), place.group())
    successor.write(messages(place, b"after"))
    successor.commit(offset(place, 1), place.group())

    assert (place.visible(), place.committed()) == ([b"after"], 1)


@pytest.mark.kafka
def test_a_transaction_that_the_broker_ended_for_its_age_is_redone_by_the_same_worker(kafka_place: KafkaPlace) -> None:
    transaction = kafka_place.open_transaction(timeout_s=1)
    transaction.initialise()
    transaction.write(messages(kafka_place, b"too old"))
    kafka_place.wait_until_ended()

    with pytest.raises(TransactionAbortedError):
        transaction.commit(offset(kafka_place, 5), kafka_place.group())
    transaction.abort()
    transaction.write(messages(kafka_place, b"again"))
    transaction.commit(offset(kafka_place, 5), kafka_place.group())

    assert (kafka_place.visible(), kafka_place.committed()) == ([b"again"], 5)


@pytest.mark.kafka
def test_a_message_that_no_topic_takes_stops_the_stage_with_its_reason(kafka_place: KafkaPlace) -> None:
    kafka_place.transaction.initialise()
    with pytest.raises(KafkaStageError, match="too large"):
        kafka_place.transaction.write(messages(kafka_place, bytes(2_000_000)))
