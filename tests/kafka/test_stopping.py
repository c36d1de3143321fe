"""The budget of time in which a worker stops: one for all its stages, and kept."""

import subprocess
import sys

import pytest

from streams.kafka.stopping import StoppingState

STUCK = """
import threading
from streams.kafka.stopping import StoppingState
stopping = StoppingState(0.2)
stopping.begin(then_exit=True)
{}
threading.Thread(target=threading.Event().wait).start()
"""


def test_a_revoked_partition_is_held_back_for_a_part_of_the_budget() -> None:
    assert StoppingState(20).drain_s() == 15


def test_stages_share_what_is_left_once_the_worker_stops() -> None:
    stopping = StoppingState(20)
    stopping.begin()
    first = stopping.drain_s()
    stopping.begin()

    assert stopping.begun.is_set()
    assert stopping.drain_s() < first < 15


def test_nothing_is_left_of_a_budget_that_is_over() -> None:
    stopping = StoppingState(0)
    stopping.begin()

    assert stopping.drain_s() == 0


@pytest.mark.parametrize(("before", "code"), [("", 1), ("stopping.finished(0)", 0), ("stopping.finished(1)", 1)])
def test_a_process_that_hangs_ends_with_the_budget(before: str, code: int) -> None:
    ended = subprocess.run([sys.executable, "-c", STUCK.format(before)], check=False, timeout=60)

    assert ended.returncode == code
