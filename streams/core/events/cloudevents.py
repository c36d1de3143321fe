"""CloudEvents 1.0 over Kafka to prediction events in JSON.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from streams.core.events import kserve
from streams.core.events.forms import SCHEMA_HEADER, is_json, media_type
from streams.core.events.inference_tensors import read_body
from streams.core.events.json_events import JsonDecoderState
from streams.core.events.json_problems import shown
from streams.core.events.json_text import written
from streams.core.events.many_json import Unread, Written
from streams.core.events.messages import Headers
from streams.core.events.rejects import InvalidEventError, MalformedError, RejectedError, UnsupportedEncodingError

_REQUIRED = ("id", "source", "type", "specversion")
_NOT_KEPT = frozenset(("id", "time", "specversion", "datacontenttype", "data", "data_base64"))
_BYTES = "application/octet-stream"
AvroValue = Callable[[bytes, bytes | None], Any]


def binary_event(headers: Headers, value: bytes, duck: JsonDecoderState, avro: AvroValue) -> Written:
    """Event of a binary-mode message: attributes in `ce_*` headers, data as `content-type` says."""
    attributes = {name[3:]: _text(name, text) for name, text in headers if name.startswith("ce_")}
    plain = {name.lower(): text for name, text in headers}
    kind = media_type(plain.get("content-type") or b"application/json")
    if attributes.get("type") in kserve.TYPES and (is_json(kind) or kind == _BYTES):
        return _written(attributes, *read_body(value, duck))
    if is_json(kind):
        data = duck.value(value)
    elif "avro" in kind:
        data = avro(value, plain.get(SCHEMA_HEADER))
    else:
        raise UnsupportedEncodingError(f"content-type: got {kind!r}; send a CloudEvent's data as JSON or Avro")
    return _written(attributes, data)


def structured_event(value: bytes, duck: JsonDecoderState) -> Written:
    """Event of a structured-mode message: attributes and data in one JSON object."""
    return _structured(duck.value(value), duck)


def structured_batch(value: bytes, duck: JsonDecoderState) -> Written:
    """Events of a JSON array of structured CloudEvents."""
    batch = duck.value(value)
    if not isinstance(batch, list):
        raise InvalidEventError(f"CloudEvents batch: got {shown(batch)}; send a JSON array")
    return Written((event for one in batch for event in _structured_or_unread(one, duck)), many=True)


def _structured_or_unread(event: Any, duck: JsonDecoderState) -> Iterable[bytes | Unread]:
    try:
        return _structured(event, duck).events
    except RejectedError as error:
        return [Unread(written(event), error)]


def _structured(event: Any, duck: JsonDecoderState) -> Written:
    if not isinstance(event, dict):
        raise InvalidEventError(f"CloudEvent: got {shown(event)}; send a JSON object")
    attributes = {name: value for name, value in event.items() if name not in ("data", "data_base64")}
    if "data_base64" not in event:
        return _written(attributes, event.get("data"))
    try:
        content = base64.b64decode(event["data_base64"], validate=True)
        data, binary = read_body(content, duck) if event.get("type") in kserve.TYPES else (duck.value(content), b"")
    except (ValueError, TypeError) as error:
        raise MalformedError(f"data_base64: {error}; send JSON in Base64, or data") from error
    return _written(attributes, data, binary)


def _written(attributes: Mapping[str, Any], data: Any, binary: bytes = b"") -> Written:
    missing = [name for name in _REQUIRED if not attributes.get(name)]
    if missing:
        raise InvalidEventError(f"CloudEvent: got no {', '.join(missing)}; send every required attribute")
    if attributes["type"] in kserve.TYPES:
        events, count = kserve.events_of(attributes, data, binary)
        return Written((written(_completed(event, attributes)) for event in events), many=count > 1)
    if isinstance(data, list):
        return Written((_numbered(one, attributes, place) for place, one in enumerate(data)), many=True)
    return Written([written(_completed(_object(data), attributes))], many=False)


def _numbered(data: Any, attributes: Mapping[str, Any], place: int) -> bytes | Unread:
    try:
        event = _object(data)
        return written(_completed({**event, "id": event.get("id") or f"{attributes['id']}-{place}"}, attributes))
    except RejectedError as error:
        return Unread(written(data), error)


def _object(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise InvalidEventError(f"data: got {shown(data)}; send a prediction event as a JSON object")
    return data


def _completed(event: dict[str, Any], attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What the event does not say itself, its envelope says: id, time, and as metadata all other attributes."""
    envelope = {f"ce_{name}": value for name, value in attributes.items() if name not in _NOT_KEPT}
    metadata = event.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise InvalidEventError(f"metadata: got {shown(metadata)}; send an object")
    known = {"id": event.get("id") or attributes["id"], "time": event.get("time") or attributes.get("time")}
    return {**event, **known, "metadata": envelope | metadata}


def _text(name: str, value: bytes | None) -> str:
    try:
        return (value or b"").decode()
    except UnicodeDecodeError as error:
        raise MalformedError(f"{name}: got {shown(value)}; send UTF-8") from error
