"""What is wrong with a JSON event, in words. Only events already under suspicion come here, one by one."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from streams.core.events.projection import Projection
from streams.core.events.rejects import InvalidEventError, MalformedError, RejectedError
from streams.core.events.times import parse_time, time_remedy

_SHOWN_CHARACTERS = 80


def malformed(payload: bytes) -> MalformedError:
    """Explain bytes that are not JSON (RFC 8259)."""
    try:
        msgspec.json.decode(payload)
    except (ValueError, RecursionError) as error:
        return MalformedError(f"{error}: got {shown(payload)}; produce valid JSON in UTF-8 (RFC 8259)")
    return MalformedError(f"JSON is malformed: got {shown(payload)}; produce valid JSON in UTF-8 (RFC 8259)")


def problem(payload: bytes, projection: Projection) -> RejectedError:
    """First thing wrong with the fields looked at of an event that is known to be wrong."""
    try:
        event = msgspec.json.decode(payload)
    except (ValueError, RecursionError):
        return malformed(payload)
    if not isinstance(event, dict):
        return _invalid("event", event, "send a JSON object")
    for check in (_text_problem, _address_problem, _time_problem):
        found = check(event)
        if found:
            return found
    return _projected_problem(event, projection) or _invalid("event", event, "check the kind of each field")


def shown(value: object) -> str:
    """Value as it goes into a reason: short, in one line."""
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def _invalid(field: str, value: object, remedy: str) -> InvalidEventError:
    return InvalidEventError(f"{field}: got {shown(value)}; {remedy}")


def _text_problem(event: dict[str, Any]) -> InvalidEventError | None:
    model = event.get("model")
    if model is not None and not isinstance(model, dict):
        return _invalid("model", model, 'send an object such as {"id": "general"}')
    fields = {"id": event.get("id"), "caller": event.get("caller")}
    fields |= {f"model.{key}": (model or {}).get(key) for key in ("user_id", "app_id", "id", "version")}
    for name, value in fields.items():
        if isinstance(value, dict | list):
            return _invalid(name, value, "send text")
    return None


def _address_problem(event: dict[str, Any]) -> InvalidEventError | None:
    collectors = event.get("collectors")
    if collectors is not None and not _are_texts(collectors):
        return _invalid("collectors", collectors, "send a list of collector ids")
    if not collectors and (event.get("model") or {}).get("id") in (None, ""):
        return _invalid("event", event, "give model.id, or collectors (a list of collector ids)")
    return None


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _time_problem(event: dict[str, Any]) -> InvalidEventError | None:
    time = event.get("time")
    readable = time is None or (isinstance(time, str | int | float) and parse_time(str(time)) is not None)
    return None if readable else _invalid("time", time, time_remedy(time))


def _projected_problem(event: dict[str, Any], projection: Projection) -> InvalidEventError | None:
    if projection.concepts:
        found = _concepts_problem(event.get("concepts"))
        if found:
            return found
    looked_at = {"input": projection.input_text, "metadata": projection.metadata, "features": projection.features}
    for name, wanted in looked_at.items():
        if wanted and not isinstance(event.get(name), dict | None):
            return _invalid(name, event[name], "send an object")
    return None


def _concepts_problem(concepts: Any) -> InvalidEventError | None:
    if not isinstance(concepts, list | None):
        return _invalid("concepts", concepts, 'send a list such as [{"id": "cat", "value": 0.9}]')
    for position, concept in enumerate(concepts or ()):
        field = f"concepts[{position}]"
        if not isinstance(concept, dict):
            return _invalid(field, concept, 'send an object such as {"id": "cat", "value": 0.9}')
        if not _is_finite(concept.get("value")):
            return _invalid(f"{field}.value", concept.get("value"), "send a finite number")
        if concept.get("id") is None and concept.get("name") is None:
            return _invalid(field, concept, "give the concept an id or a name")
        if any(isinstance(concept.get(key), dict | list) for key in ("id", "name")):
            return _invalid(field, concept, "send id and name as text")
    return None


def _is_finite(value: object) -> bool:
    try:
        return math.isfinite(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return False
