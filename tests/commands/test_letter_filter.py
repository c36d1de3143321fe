"""Which dead letters a command means."""

import pytest

from streams.cli.dead_letters import LetterFilter
from streams.kafka.dead_letters import DeadLetter

LETTER = DeadLetter(
    partition=1,
    offset=17,
    timestamp_ms=1_000,
    topic="predictions",
    source_partition=3,
    source_offset=99,
    stage="VALUE_CONVERTER",
    exception_class="streams.core.events.rejects.TooLargeError",
    reason="the event has 3000 bytes",
    attempts=0,
    key=None,
    value=b"",
    headers=[],
)


@pytest.mark.parametrize(
    "wanted",
    [
        LetterFilter(),
        LetterFilter(reason="toolarge"),
        LetterFilter(reason="3000 BYTES"),
        LetterFilter(topic="predictions", place="1:17"),
        LetterFilter(from_ms=1_000, to_ms=1_001),
    ],
)
def test_a_letter_that_meets_every_filter_is_meant(wanted: LetterFilter) -> None:
    assert wanted.takes(LETTER)


@pytest.mark.parametrize(
    "wanted",
    [
        LetterFilter(reason="malformed"),
        LetterFilter(topic="others"),
        LetterFilter(place="1:1"),
        LetterFilter(from_ms=1_001),
        LetterFilter(to_ms=1_000),
    ],
)
def test_a_letter_that_misses_one_is_not(wanted: LetterFilter) -> None:
    assert not wanted.takes(LETTER)
