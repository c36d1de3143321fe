"""The brake on the pump."""

import threading

import pytest

from streams.kafka.in_flight import InFlightBytesState


def test_there_is_room_up_to_the_budget_and_not_beyond() -> None:
    in_flight = InFlightBytesState(10)
    in_flight.add(10)
    assert in_flight.wait_for_room(0)
    in_flight.add(1)

    assert not in_flight.wait_for_room(0)
    assert in_flight.bytes == 11


def test_who_waits_for_room_goes_on_as_soon_as_there_is_some() -> None:
    in_flight = InFlightBytesState(10)
    in_flight.add(20)
    releasing = threading.Thread(target=in_flight.release, args=(15,))
    releasing.start()

    assert in_flight.wait_for_room(60)
    releasing.join()
    assert in_flight.bytes == 5


def test_more_than_there_is_cannot_be_released() -> None:
    in_flight = InFlightBytesState(10)
    in_flight.add(3)

    with pytest.raises(ValueError, match="released 4 bytes with only 3"):
        in_flight.release(4)
    assert in_flight.bytes == 3
