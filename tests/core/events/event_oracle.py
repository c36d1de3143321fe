"""What becomes of one event, decided one event at a time in plain Python: the block way must say the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from streams.core.events.projection import Projection
from tests.core.events.chunks import RECORD_TIME_MS, TOPIC

MODEL = {"user_id": "user_id", "app_id": "app_id", "model": "id", "version": "version"}


class RefusedError(Exception):
    """The event is not taken in."""


def expected_row(event: Any, projection: Projection, offset: int) -> dict[str, Any]:
    """Row of an event in a message of its own; RefusedError where there is none."""
    event = _object(event)
    model = _object(event.get("model"))
    collectors = _collectors(event.get("collectors"))
    row = {
        "message": f"3-{offset}",
        "index": 0,
        "id": _text(event.get("id")) or f"{TOPIC}-3-{offset}",
        "time": _time(event.get("time")),
        **{name: _text(model.get(key)) for name, key in MODEL.items()},
        "caller": _text(event.get("caller")),
        "collectors": collectors,
    }
    if not row["model"] and not collectors:
        raise RefusedError("no address")
    if projection.concepts:
        row["concepts"] = _concepts(event.get("concepts"))
    if projection.input_text:
        data = _object(event.get("input")).get("data")
        row["input_text"] = data if isinstance(data, str) else None
    for group, keys in (("metadata", projection.metadata), ("features", projection.features)):
        if keys:
            inside = _object(event.get(group))
            row |= {f"{group}.{key}": _scalar(inside.get(key)) for key in keys}
    return row


def _object(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RefusedError("no object")
    return value


def _text(value: Any) -> str | None:
    if isinstance(value, dict | list):
        raise RefusedError("no text")
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None or isinstance(value, str) else str(value)


def _collectors(value: Any) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise RefusedError("no list of texts")
    return value or None


def _time(value: Any) -> int:
    if value is None:
        return RECORD_TIME_MS
    if isinstance(value, bool | dict | list):
        raise RefusedError("no time")
    try:
        time_ms = math.floor(float(value))
    except ValueError:
        time_ms = _moment(str(value))
    if not -62_135_596_800_000 <= time_ms <= 253_402_300_799_999:
        raise RefusedError("far away")
    return time_ms


def _moment(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise RefusedError("no time") from error
    since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds) // 1000


def _concepts(value: Any) -> list[tuple[str, str | None, float]]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise RefusedError("no list")
    return [_concept(one) for one in value]


def _concept(value: Any) -> tuple[str, str | None, float]:
    if not isinstance(value, dict):
        raise RefusedError("no concept")
    name = _text(value.get("name"))
    own = _text(value.get("id"))
    if own is None and name is None:
        raise RefusedError("no id")
    try:
        number = float(value.get("value"))  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise RefusedError("no value") from error
    if not math.isfinite(number):
        raise RefusedError("not finite")
    return own if own is not None else str(name), name, number


def _scalar(value: Any) -> tuple[str | None, str, int, bool]:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return (
        value if isinstance(value, str) else None,
        repr(float(value)) if is_number else "nan",
        int(value) if isinstance(value, bool) else -1,
        value is not None,
    )
