"""What a message is that cannot be read as an event: many things come to topics, and each has a remedy of its own."""

from __future__ import annotations

from typing import Final

from streams.core.events.json_text import loaded

_COMPRESSED: Final = "; send it as it is, and let the producer compress (compression.type)"
_FILE: Final = "; send its events: JSON, Avro with a schema id or a fingerprint, or an Arrow stream"
_BEGINNINGS: Final = (
    (b"\x1f\x8b", f"compressed by gzip{_COMPRESSED}"),
    (b"\x28\xb5\x2f\xfd", f"compressed by Zstandard{_COMPRESSED}"),
    (b"\x04\x22\x4d\x18", f"compressed by LZ4{_COMPRESSED}"),
    (b"\x82SNAPPY\x00", f"compressed by Snappy{_COMPRESSED}"),
    (b"\xff\x06\x00\x00sNaPpY", f"compressed by Snappy{_COMPRESSED}"),
    (b"BZh", f"compressed by bzip2{_COMPRESSED}"),
    (b"\xfd7zXZ\x00", f"compressed by xz{_COMPRESSED}"),
    (b"\x78\x01", f"compressed by zlib{_COMPRESSED}"),
    (b"\x78\x9c", f"compressed by zlib{_COMPRESSED}"),
    (b"\x78\xda", f"compressed by zlib{_COMPRESSED}"),
    (b"PK\x03\x04", f"a ZIP archive{_FILE}"),
    (b"Obj\x01", f"an Avro container file{_FILE}"),
    (b"PAR1", f"a Parquet file{_FILE}"),
    (b"ARROW1", "an Arrow file; send an Arrow stream, as pyarrow.ipc.new_stream writes it"),
    (b"ORC", f"an ORC file{_FILE}"),
    (b"<", "XML or HTML; send JSON"),
)
_UTF_8: Final = "; send UTF-8 without a byte order mark"
_MARKS: Final = (
    (b"\xef\xbb\xbf", f"text after a byte order mark of UTF-8{_UTF_8}"),
    (b"\xff\xfe\x00\x00", f"text in UTF-32{_UTF_8}"),
    (b"\x00\x00\xfe\xff", f"text in UTF-32{_UTF_8}"),
    (b"\xff\xfe", f"text in UTF-16{_UTF_8}"),
    (b"\xfe\xff", f"text in UTF-16{_UTF_8}"),
)
_LOOKED_AT: Final = 32
_FRAME_BYTES: Final = 5
_VARINT, _LENGTH, _FIXED_BYTES = 0, 2, {1: 8, 5: 4}
_MOST_INDEXES, _MOST_FIELDS = 16, 1_000


def lookalike(value: bytes) -> str | None:
    """What a value is instead of an event in any known form, and the remedy; None where nobody can tell."""
    for told in (_empty, _by_beginning, _wide_text, _framed):
        found = told(value)
        if found:
            return found
    return None


def is_json(value: bytes) -> bool:
    """Whether a value is a JSON object or array."""
    if value.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        loaded(value)
    except (ValueError, RecursionError):
        return False
    return True


def _empty(value: bytes) -> str | None:
    if not value:
        return "empty (0 bytes); send an event"
    return None if value.strip() else "nothing but white space; send an event"


def _by_beginning(value: bytes) -> str | None:
    return next((text for start, text in (*_MARKS, *_BEGINNINGS) if value.startswith(start)), None)


def _wide_text(value: bytes) -> str | None:
    """Text in UTF-16 or UTF-32 without a mark: of each of the first letters, all bytes but one are 0."""
    start = value[:_LOOKED_AT]
    for name, width, place in (("UTF-32", 4, 0), ("UTF-32", 4, 3), ("UTF-16", 2, 0), ("UTF-16", 2, 1)):
        letters = start[place::width]
        others = len(start) - len(letters)
        if len(letters) * width == len(start) > width and start.count(0) == others and 0 not in letters:
            return f"text in {name}{_UTF_8}"
    return None


def _framed(value: bytes) -> str | None:
    """What Confluent's serializers write: the byte 0, four bytes of a schema id, and then no Avro."""
    if value[:1] != b"\0" or len(value) <= _FRAME_BYTES:
        return None
    schema_id, payload = int.from_bytes(value[1:_FRAME_BYTES], "big"), value[_FRAME_BYTES:]
    remedy = f"(schema id {schema_id}); send Avro, or JSON without framing"
    if is_json(payload):
        return f"JSON in the framing of Confluent's JSON Schema serializer {remedy}"
    return f"in the framing of Confluent's Protobuf serializer {remedy}" if _is_protobuf(payload) else None


def _is_protobuf(payload: bytes) -> bool:
    """Whether bytes are a list of message indexes, as Confluent writes it, and then fields, as far as anybody looks.

    https://protobuf.dev/programming-guides/encoding/
    """
    try:
        count, place = _varint(payload, 0)
        for _ in range(min(count // 2, _MOST_INDEXES)):
            _, place = _varint(payload, place)
        start = place
        for _ in range(_MOST_FIELDS):
            if place < len(payload):
                place = _after_field(payload, place)
    except (IndexError, ValueError):
        return False
    return start < place <= len(payload)


def _after_field(payload: bytes, place: int) -> int:
    tag, place = _varint(payload, place)
    if tag >> 3 == 0:
        raise ValueError("no field has the number 0")
    kind = tag & 7
    if kind == _VARINT:
        return _varint(payload, place)[1]
    if kind == _LENGTH:
        length, place = _varint(payload, place)
        return place + length
    return place + _FIXED_BYTES[kind] if kind in _FIXED_BYTES else len(payload) + 1


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """A number in groups of seven bits, and where it ends. IndexError where the data end first."""
    value = 0
    for shift in range(0, 70, 7):
        byte = data[place]
        value, place = value | (byte & 0x7F) << shift, place + 1
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follows
            return value, place
    raise ValueError("more than ten bytes")
