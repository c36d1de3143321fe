"""The port of probes: the one that was asked for, or a free one."""

import socket
from collections.abc import Iterator

import pytest

from streams.stages.app import PortTakenError, open_port

HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        listening.listen()
        yield int(listening.getsockname()[1])


def test_a_port_that_was_asked_for_and_is_taken_is_an_error_that_names_the_setting(taken: int) -> None:
    with pytest.raises(PortTakenError, match=rf"web.port {taken} .* cannot be listened on: .*--port"):
        open_port(HOST, taken, asked=True)


def test_a_default_port_that_is_taken_gives_way_to_a_free_one(taken: int) -> None:
    assert open_port(HOST, taken, asked=False) not in (0, taken)


def test_port_0_is_a_free_one() -> None:
    assert open_port(HOST, 0, asked=True) > 0
