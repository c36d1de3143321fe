from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.events import times
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
        ("2026-11-20T12:00:00.1234567Z", NOON_MS + 123),
        ("2026-11-20T12:00:00.123999999999999999Z", NOON_MS + 123),
        ("2026-11-20t17:45:00.000999999+05:45", NOON_MS),
        ("2026-11-20T12:00:00.999999999", NOON_MS + 999),
        ("1969-12-31T23:59:59.999999999z", -1),
        ("2600-01-01T00:00:00.123456789Z", 19880899200123),
        ("0001-01-01T00:00:00.000000001Z", EARLIEST_MS),
        ("9999-12-31T23:59:59.999999999Z", LATEST_MS),
        ("2026-11-20T11:59:60.123456789Z", NOON_MS + 123),
        (f"-{NOON_MS}.000000000001", -NOON_MS - 1),
        (f"-{NOON_MS}.000", -NOON_MS),
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
                r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([0-9]{2}:){2}[0-9]{2}(\.[0-9]{1,12})?([Zz]|[+-][0-9]{2}:?[0-9]{2})?",
                fullmatch=True,
            ),
        ),
        max_size=8,
    )
)
def test_what_becomes_of_a_time_does_not_depend_on_its_neighbours(texts: list[str | None]) -> None:
    found, known = parse_times(pa.array(texts, pa.string()))
    alone = [None if text is None else parse_time(text) for text in texts]
    assert known.tolist() == [time is not None for time in alone]
    assert found[known].tolist() == [time for time in alone if time is not None]


SPELLINGS = ["Z", ".5Z", ".123456Z", ".1234567Z", ".123456789Z", ".123456789012Z", ".123456789z", ".123456789-03:30"]


@pytest.mark.parametrize("other", ["", ".123456789", "Z", ".5+01:00", "x"])
@pytest.mark.parametrize("end", SPELLINGS)
def test_no_usual_spelling_is_read_one_by_one(end: str, other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One by one costs seventy times as much: servers in Go write nine digits, whoever else is in the chunk."""
    texts = [f"{day}{t}10:00:00{end}" for day in ("2028-02-29", "2026-12-31") for t in "Tt "]
    slowly: list[str] = []
    monkeypatch.setattr(times, "parse_time", slowly.append)
    _, known = parse_times(pa.array([*texts, None, f"2026-11-20T12:00:00{other}"]))
    assert known[:6].all()
    assert [text for text in slowly if not text.endswith("X")] == []


def test_a_chunk_without_times_has_none() -> None:
    found, known = parse_times(pa.nulls(3, pa.string()))
    assert (found.dtype, known.tolist()) == (np.int64, [False] * 3)
