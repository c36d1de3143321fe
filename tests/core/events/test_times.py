from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.events.times import EARLIEST_MS, LATEST_MS, parse_time, parse_times
from tests.core.events.hostile_events import TEXTS

NOON_MS = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "time_ms"),
    [
        ("2026-11-20T12:00:00Z", NOON_MS),
        ("2026-11-20t12:00:00z", NOON_MS),
        ("2026-11-20 12:00:00", NOON_MS),
        ("2026-11-20T12:00:00.1239Z", NOON_MS + 123),
        ("2026-11-20T12:00:00.123456789Z", NOON_MS + 123),
        ("2026-11-20T14:30:00+02:30", NOON_MS),
        ("2026-11-20T12:00:00-00:00", NOON_MS),
        ("2026-11-20T11:59:60Z", NOON_MS),
        ("1969-12-31T23:59:59.9999Z", -1),
        (str(NOON_MS), NOON_MS),
        (f"{NOON_MS}.9", NOON_MS),
        ("-1", -1),
        ("-0.5", -1),
        ("1e3", 1000),
        ("0001-01-01T00:00:00Z", EARLIEST_MS),
        ("9999-12-31T23:59:59.999Z", LATEST_MS),
        ("2024-02-29T00:00:00Z", 1709164800000),
    ],
)
def test_a_time_is_rfc_3339_or_epoch_milliseconds(text: str, time_ms: int) -> None:
    assert parse_time(text) == time_ms
    assert [one.tolist() for one in parse_times(pa.array([text]))] == [[time_ms], [True]]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "true",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T12:00:00+24:00",
        "2026-11-20T12:00:00Zx",
        " 2026-11-20T12:00:00Z",
        "0000-01-01T00:00:00Z",
        "9" * 18,
        "1e300",
        "NaN",
        "Infinity",
        "٣",
    ],
)
def test_anything_else_is_no_time(text: str) -> None:
    assert parse_time(text) is None
    assert parse_times(pa.array([text]))[1].tolist() == [False]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.none(),
            st.datetimes().map(datetime.isoformat),
            st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
            st.datetimes().map(lambda moment: f"{moment.isoformat()}+05:45"),
            st.integers(-(2**70), 2**70).map(str),
            st.floats().map(str),
            TEXTS,
            st.from_regex(
                r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?[Zz]?", fullmatch=True
            ),
        ),
        max_size=8,
    )
)
def test_what_becomes_of_a_time_does_not_depend_on_its_neighbours(texts: list[str | None]) -> None:
    times, known = parse_times(pa.array(texts, pa.string()))
    alone = [None if text is None else parse_time(text) for text in texts]
    assert known.tolist() == [time is not None for time in alone]
    assert times[known].tolist() == [time for time in alone if time is not None]


def test_a_chunk_without_times_has_none() -> None:
    times, known = parse_times(pa.nulls(3, pa.string()))
    assert (times.dtype, known.tolist()) == (np.int64, [False] * 3)
