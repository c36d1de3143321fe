from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.collectors.durations import milliseconds, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("250ms", 0.25),
        ("30s", 30),
        ("10m", 600),
        ("1.5h", 5400),
        ("1d", 86400),
        ("1w", 604800),
        (" 10 m ", 600),
        (0.5, 0.5),
        (7, 7),
    ],
)
def test_a_duration_is_a_number_with_a_unit_or_of_seconds(text: object, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "10", "m", "-1s", "1y", "1 parsec", "0.1ms", True, None, [], float("nan"), float("inf"), -1, 1e300]
)
def test_anything_else_is_refused_with_a_remedy(text: object) -> None:
    with pytest.raises(ValueError, match="write 30s, 10m, 1h, 1d"):
        parse_duration(text)


@given(st.integers(0, 10**10))
def test_milliseconds_are_exact(number: int) -> None:
    assert milliseconds(parse_duration(f"{number}ms")) == number
