"""How a message can be written, and what its headers say of that.

Headers: `content-type`; `__value_schema_id` (Confluent: the byte 1 and a schema's GUID, or the byte 0 and its id);
`ce_*` (CloudEvents 1.0 over Kafka, binary mode).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from streams.core.events.rejects import MalformedError, UnsupportedEncodingError

Kind = Literal[
    "json", "json_array", "json_lines", "avro", "arrow", "cloudevent", "structured_cloudevent", "cloudevent_batch"
]
SCHEMA_HEADER = "__value_schema_id"
ID_MAGIC, GUID_MAGIC = 0, 1
ID_BYTES, GUID_BYTES = 5, 17
_CONTENT_TYPE = frozenset({"content-type", "Content-Type", "contentType", "content_type", "CONTENT-TYPE"})
SAYING = _CONTENT_TYPE | {SCHEMA_HEADER, "ce_specversion"}
Declaration = tuple[tuple[str, bytes], ...]
_UNTOLD = frozenset({"", "application/octet-stream", "text/plain"})
_JSON_LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl", "application/jsonlines"})
_AVRO = frozenset({"application/avro", "avro/binary", "application/vnd.apache.avro+binary"})
ARROW_MEDIA_TYPE = "application/vnd.apache.arrow.stream"
_READABLE = (
    "application/json, application/x-ndjson, application/avro, application/cloudevents+json,"
    f" application/cloudevents-batch+json, {ARROW_MEDIA_TYPE}"
)


@dataclass(frozen=True, slots=True)
class SchemaKey:
    """How a message names its Avro writer's schema; the fingerprint `""` is the default schema."""

    by: Literal["id", "guid", "fingerprint"]
    key: str


@dataclass(frozen=True, slots=True)
class Form:
    """How a message is written. `skip` bytes come before its payload; `schema` is for Avro."""

    kind: Kind
    schema: SchemaKey | None = None
    skip: int = 0


JSON_EVENT = Form("json")
JSON_ARRAY = Form("json_array")
ARROW_STREAM = Form("arrow")
DEFAULT_SCHEMA = SchemaKey("fingerprint", "")
BARE_AVRO = Form("avro", DEFAULT_SCHEMA)
_BY_MEDIA_TYPE = {
    "application/cloudevents+json": Form("structured_cloudevent"),
    "application/cloudevents-batch+json": Form("cloudevent_batch"),
    ARROW_MEDIA_TYPE: ARROW_STREAM,
    **dict.fromkeys(_AVRO, BARE_AVRO),
    **dict.fromkeys(_JSON_LINES, Form("json_lines")),
}


def declared(headers: Declaration) -> Form | None:
    """What headers say, None where the first bytes have to tell (JSON too: an object or an array).

    Raises `UnsupportedEncodingError` for a content type that nobody reads, `MalformedError` for a broken header.
    """
    content_type, schema = b"", None
    for name, value in headers:
        if name == SCHEMA_HEADER:
            schema = value
        elif name in _CONTENT_TYPE:
            content_type = value or b""
        elif name == "ce_specversion":
            return Form("cloudevent")
    if schema is not None:
        return Form("avro", schema_key(schema))
    return _by_media_type(media_type(content_type)) if content_type else None


def tells_form(header: str) -> bool:
    """Whether a header says how a message is written, or something of its envelope."""
    return header in SAYING or header.startswith("ce_")


def media_type(content_type: bytes) -> str:
    """Type without parameters, in lower case."""
    return content_type.decode("latin-1").partition(";")[0].strip().lower()


def is_json(kind: str) -> bool:
    """Whether a media type is JSON (RFC 6839: also by its suffix)."""
    return kind in ("application/json", "text/json") or kind.endswith("+json")


def _by_media_type(kind: str) -> Form | None:
    if kind in _BY_MEDIA_TYPE:
        return _BY_MEDIA_TYPE[kind]
    if kind in _UNTOLD or (is_json(kind) and not kind.startswith("application/cloudevents")):
        return None
    raise UnsupportedEncodingError(f"content-type: got {kind!r}; send one of {_READABLE}, or no content-type")


def schema_key(framed: bytes) -> SchemaKey:
    """Schema that Confluent's framing names: the byte 0 and a 4-byte id, or the byte 1 and a 16-byte GUID."""
    if framed[:1] == bytes([ID_MAGIC]) and len(framed) >= ID_BYTES:
        return SchemaKey("id", str(int.from_bytes(framed[1:ID_BYTES], "big")))
    if framed[:1] == bytes([GUID_MAGIC]) and len(framed) >= GUID_BYTES:
        return SchemaKey("guid", str(UUID(bytes=framed[1:GUID_BYTES])))
    raise MalformedError(f"schema id: got {framed[:GUID_BYTES]!r}; send the byte 0 and an id, or the byte 1 and a GUID")
