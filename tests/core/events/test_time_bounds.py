"""Times that are none: refused with the value, the setting and the unit that was meant; neighbours are not touched."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from streams.core.events.decode import Decoded, Decoder
from streams.core.events.limits import Limits
from streams.core.events.local_schemas import LocalSchemas
from streams.core.events.messages import NO_TIMESTAMP, RawMessages
from streams.core.events.projection import Projection
from streams.core.events.rejects import AheadOfClockError
from streams.core.events.time_bounds import TimeBounds


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


NOW = ms("2025-11-26T12:00:00")
HOUR = 3_600_000
BOUNDS = TimeBounds(ms("2000-01-01"), record_ahead_ms=HOUR, event_ahead_ms=24 * HOUR)


def decoded(*sent: tuple[int, Any], present_ms: int | None = NOW) -> Decoded:
    """Messages of these record timestamps: an event of a time each (None: of none), or one for each of a list."""
    values = [[_event(time) for time in times] if isinstance(times, list) else _event(times) for _, times in sent]
    raw = RawMessages(
        "predictions",
        [json.dumps(value).encode() for value in values],
        np.zeros(len(sent), np.int32),
        np.arange(len(sent), dtype=np.int64),
        np.array([stamp for stamp, _ in sent], np.int64),
        [None] * len(sent),
        presents_ms=None if present_ms is None else np.full(len(sent), present_ms),
    )
    return Decoder().decode(raw, Projection(), LocalSchemas([]), Limits(times=BOUNDS))


def _event(time: object) -> dict[str, Any]:
    return {"model": {"id": "m"}, **({} if time is None else {"time": time})}


def times_of(found: Decoded) -> list[tuple[int, int]]:
    return list(zip(found.block.event_times_ms.tolist(), found.block.record_times_ms.tolist(), strict=True))


@pytest.mark.parametrize(
    ("time", "unit"),
    [
        (1764151200, "seconds"),
        ("1764151200", "seconds"),
        (1764151200.25, "seconds"),
        (1764151200000000, "microseconds"),
        (1764151200000000000, "nanoseconds"),
    ],
)
def test_a_number_in_another_unit_is_refused_by_the_name_of_the_unit(time: object, unit: str) -> None:
    found = decoded((NOW, time), (NOW, NOW - 5))
    (refused,) = found.rejects
    assert refused.message == 0
    assert f"these are {unit} (2025-11-26T10:00:00" in refused.reason
    assert str(time)[:10] in refused.reason
    assert times_of(found) == [(NOW - 5, NOW)]


def test_a_time_before_the_earliest_names_the_setting() -> None:
    (refused,) = decoded((NOW, "1999-12-31T23:59:59Z"), (NOW, "2000-01-01T00:00:00Z")).rejects
    assert refused.reason == (
        "time: got 946684799000 (1999-12-31T23:59:59.000Z), before windows.earliest_time=2000-01-01T00:00:00.000Z; "
        "send a later time, or set windows.earliest_time to an earlier one"
    )


def test_an_event_far_ahead_of_its_record_is_refused_and_one_that_is_little_ahead_is_not() -> None:
    found = decoded((NOW, "2099-01-01T00:00:00Z"), (NOW, NOW + 24 * HOUR))
    (refused,) = found.rejects
    assert refused.message == 0
    assert "2099-01-01T00:00:00.000Z" in refused.reason
    assert "windows.event_ahead_s=86400" in refused.reason
    assert len(found.block) == 1


def test_what_an_event_may_say_is_told_by_its_record_and_not_by_the_clock() -> None:
    sent = (NOW - 1000 * HOUR, NOW - 900 * HOUR)
    assert len(decoded(sent).rejects) == len(decoded(sent, present_ms=None).rejects) == 1


def test_a_record_from_a_future_that_has_not_come_is_refused_whatever_its_event_says() -> None:
    found = decoded((ms("2099-01-01"), NOW), (NOW + HOUR + 1, None), (NOW + HOUR, None))
    assert [(each.message, each.exception_class.rpartition(".")[2]) for each in found.rejects] == [
        (0, AheadOfClockError.__name__),
        (1, AheadOfClockError.__name__),
    ]
    assert "record timestamp: got 4070908800000 (2099-01-01T00:00:00.000Z)" in found.rejects[0].reason
    assert "windows.record_ahead_s=3600" in found.rejects[0].reason


def test_a_record_stamped_in_seconds_or_microseconds_is_refused_by_the_name_of_the_unit() -> None:
    found = decoded((1764151200, None), (1764151200000000, None))
    assert ["seconds" in each.reason for each in found.rejects] == [True, True]
    assert "microseconds" in found.rejects[1].reason


def test_a_record_without_timestamp_has_the_time_of_its_event() -> None:
    assert times_of(decoded((NO_TIMESTAMP, NOW - 7), (NOW, NOW - 3))) == [(NOW - 7, NOW - 7), (NOW - 3, NOW)]


def test_without_any_time_an_event_is_refused() -> None:
    (refused,) = decoded((NO_TIMESTAMP, None), (NOW, None)).rejects
    assert refused.message == 0
    assert refused.reason.startswith("time: the event has none, and its record has no timestamp")


def test_an_event_of_a_record_without_timestamp_may_be_no_further_ahead_of_the_clock_than_a_record() -> None:
    found = decoded((NO_TIMESTAMP, NOW + HOUR + 1), (NO_TIMESTAMP, NOW + HOUR))
    (refused,) = found.rejects
    assert (refused.message, refused.exception_class.rpartition(".")[2]) == (0, AheadOfClockError.__name__)


def test_one_event_ahead_of_the_clock_refuses_the_whole_message_for_the_dead_letter_tells_of_all() -> None:
    found = decoded((NO_TIMESTAMP, [NOW, ms("2099-01-01"), NOW]), (NO_TIMESTAMP, [NOW, NOW]))
    assert {each.message for each in found.rejects} == {0}
    assert len(found.block) == 2


def test_a_slow_clock_in_a_different_zone_or_an_hour_ahead_is_no_fault() -> None:
    ahead = [(NOW, NOW + minutes * 60_000) for minutes in (1, 60, 120, 14 * 60)]
    assert not decoded(*ahead, (NOW, NOW - 10_000 * HOUR)).rejects
