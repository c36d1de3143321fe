"""A few bad messages are dead letters; a topic full of them is a bad deploy."""

import numpy as np
import pytest

from streams.core.dead_share import DeadShareState, TooManyDeadError


def chunk(**messages: int) -> np.ndarray:
    return np.repeat([int(name[1:]) for name in messages], list(messages.values())).astype(np.int32)


def test_a_share_up_to_the_limit_passes() -> None:
    share = DeadShareState(0.5, 100)
    for _ in range(50):
        share.add("t", chunk(p0=10), [0] * 5)


def test_a_larger_share_on_one_partition_stops_with_the_remedy() -> None:
    share = DeadShareState(0.5, 100)
    share.add("t", chunk(p0=60, p1=60), [1] * 60)
    with pytest.raises(TooManyDeadError, match=r"t-1: of the last 120 messages 120 .*STREAMS_LIMITS_DEAD_LETTER_SHARE"):
        share.add("t", chunk(p0=60, p1=60), [1] * 60)


def test_a_few_messages_are_no_sample() -> None:
    share = DeadShareState(0.5, 100)
    share.add("t", chunk(p3=99), [3] * 99)


def test_a_limit_of_one_lets_everything_pass() -> None:
    share = DeadShareState(1.0, 10)
    share.add("t", chunk(p0=1_000), [0] * 1_000)


def test_a_long_good_past_does_not_hide_a_bad_deploy() -> None:
    share = DeadShareState(0.5, 100)
    for _ in range(1_000):
        share.add("t", chunk(p0=100), [])
    share.add("t", chunk(p0=100), [0] * 50)
    with pytest.raises(TooManyDeadError):
        share.add("t", chunk(p0=100), [0] * 100)
