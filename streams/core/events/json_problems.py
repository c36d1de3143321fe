"""What is wrong with a JSON event, in words. Only events already under suspicion come here, one by one."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from streams.core.events.json_text import loaded
from streams.core.events.lookalikes import is_json
from streams.core.events.projection import Projection
from streams.core.events.rejects import InvalidEventError, MalformedError, RejectedError
from streams.core.events.times import parse_time, time_remedy

_SHOWN_CHARACTERS = 80
_REMEDY = "produce valid JSON in UTF-8 (RFC 8259)"
_CUT_OFF = "JSON is cut off after {} bytes"
_CLOUDEVENT = frozenset({"specversion", "type", "source", "id"})
_CONNECT = frozenset({"schema", "payload"})
_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")
_LITERALS = ("true", "false", "null", "NaN", "Infinity", "-Infinity", "\\u0000")


def malformed(payload: bytes) -> MalformedError:
    """Explain bytes that are not JSON (RFC 8259)."""
    return MalformedError(f"{_fault(payload)}: got {shown(payload)}; {_REMEDY}")


def _fault(payload: bytes) -> str:
    try:
        value = loaded(payload)
    except UnicodeDecodeError as error:
        cut_off = error.reason == "unexpected end of data"
        told = f"byte {error.start} (0x{payload[error.start]:02x}) is not UTF-8"
        return _CUT_OFF.format(len(payload)) if cut_off else f"no JSON: {told}"
    except json.JSONDecodeError as error:
        return _syntax_fault(error)
    except RecursionError:
        return "JSON is nested too deeply"
    half = _HALF_OF_A_PAIR.search(json.dumps(value, ensure_ascii=False))
    return f"no JSON: \\u{ord(half[0]):04x} is half of a surrogate pair" if half else "no JSON"


def _syntax_fault(error: json.JSONDecodeError) -> str:
    rest = error.doc[error.pos :].rstrip()
    if error.msg.startswith("Unterminated string") or any(literal.startswith(rest) for literal in _LITERALS):
        return _CUT_OFF.format(len(error.doc.encode()))
    if error.msg.startswith("Extra data"):
        return (
            f"more follows a JSON value at character {error.pos} (several events are an array, or lines with"
            " content-type: application/x-ndjson)"
        )
    return f"no JSON: {error.msg} at character {error.pos}"


def problem(event: Any, projection: Projection) -> RejectedError:
    """First thing wrong with the fields looked at of an event that is known to be wrong."""
    if not isinstance(event, dict):
        return _invalid("event", event, _not_an_object(event))
    if event.keys() >= _CLOUDEVENT and "model" not in event:
        return InvalidEventError(
            "event: got a CloudEvent without its content type; send the header content-type:"
            " application/cloudevents+json (many in an array: application/cloudevents-batch+json)"
        )
    if event.keys() == _CONNECT:
        return InvalidEventError(
            "event: got Kafka Connect's envelope of schema and payload; set value.converter.schemas.enable=false"
        )
    for check in (_text_problem, _address_problem, _time_problem):
        found = check(event)
        if found:
            return found
    return _projected_problem(event, projection) or _invalid("event", event, "check the kind of each field")


def shown(value: object) -> str:
    """Value as it goes into a reason: short, in one line."""
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def _not_an_object(event: Any) -> str:
    if isinstance(event, str) and is_json(event.encode()):
        return "it is JSON that was encoded twice; send the object itself"
    return "send a JSON object"


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
