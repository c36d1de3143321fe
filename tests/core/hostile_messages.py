"""Messages that strangers may send on purpose, without end and by a seed: keys, width, bombs, labels."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa

from streams.core.events.local_schemas import fingerprint_of
from streams.core.events.messages import Headers
from tests.core.events.bombs import stream
from tests.core.events.chunks import avro
from tests.core.events.fuzzed import damaged
from tests.core.events.test_keys import HOSTILE
from tests.core.labels.labels import SCHEMA as LABEL_SCHEMA

Message = tuple[bytes, Headers | None]

AVRO: Headers = [("content-type", b"application/avro")]
STRUCTURED: Headers = [("content-type", b"application/cloudevents+json")]
NOTHING_BUT_COUNTS = json.dumps(
    {
        "type": "record",
        "name": "hollow",
        "fields": [
            {"name": "nulls", "type": {"type": "array", "items": "null"}},
            {"name": "model", "type": {"type": "record", "name": "m", "fields": [{"name": "id", "type": "string"}]}},
        ],
    }
)
"""A schema in which a count of items costs no bytes."""
_BACKSLASH = '"\\'
_ESCAPED = ("\\ud800", "\\udfff\\ud800", "\\u0000", "\\ud83d\\ude00", "\\/", "\\u0027")
_TARGETS: tuple[Any, ...] = (1, 0.5, True, "cat", "", " ", None, [], {}, 2**70, -0.0, float("nan"), float("inf"), "\0")
_TIMES: tuple[Any, ...] = (None, 0, -1, 10**18, 1_764_151_200, "2026-11-20T10:00:00Z", "never", "9999-12-31", 1e300, {})


def messages(kind: str, seed: int) -> Iterator[Message]:
    """Messages of one kind, without end."""
    chance = Random(f"{kind} {seed}")
    while True:
        yield MAKERS[kind](chance)


def keys(chance: Random) -> Message:
    """An event whose names are hostile, on every level."""
    groups = [f'"{name}":{_object(chance, 2)}' for name in ("features", "metadata") if chance.random() < 0.8]
    more = _object(chance, 2)[1:-1]
    parts = ['"model":{"id":"m"}', *groups, *([more] if more else [])]
    chance.shuffle(parts)
    return ("{" + ",".join(parts) + "}").encode(), None


def _object(chance: Random, depth: int) -> str:
    pairs = [f"{_key(chance)}:{_value(chance, depth)}" for _ in range(chance.choice((0, 1, 2, 5)))]
    return "{" + ",".join(pairs) + "}"


def _key(chance: Random) -> str:
    if chance.random() < 0.1:
        return f'"{chance.choice(HOSTILE[:8]).translate({34: None, 92: None, 0: None})}{chance.choice(_ESCAPED)}"'
    text = "".join(chance.choice(HOSTILE) for _ in range(chance.choice((1, 1, 1, 2))))
    return json.dumps(text, ensure_ascii=chance.random() < 0.5)


def _value(chance: Random, depth: int) -> str:
    match chance.randrange(6 if depth else 4):
        case 0:
            return json.dumps(chance.choice((1, -1, 2**53, 0.1, 1e308, True, None)))
        case 1 | 2:
            return _key(chance)
        case 3:
            return str(chance.randint(-(10**6), 10**6))
        case 4:
            return _object(chance, depth - 1)
        case _:
            return "[" + ",".join(_value(chance, depth - 1) for _ in range(chance.randrange(3))) + "]"


def wide(chance: Random) -> Message:
    """An event of few to thousands of keys, some of which others have, too."""
    count = chance.choice((1, 3, 10, 30)) if chance.random() < 0.98 else chance.choice((1_000, 6_000))
    own = chance.choice(("k", f"r{chance.randrange(1000)}-"))
    names = {f"{own}{number}": chance.choice((number, "text", None, 0.5)) for number in range(count)}
    event = {"model": {"id": "m"}, chance.choice(("features", "metadata", "other")): names}
    return json.dumps(event if chance.random() < 0.5 else {**names, **event}).encode(), None


def bombs(chance: Random) -> Message:
    """A small message that says of itself that it is huge, in any encoding."""
    return chance.choice((_arrow, _arrow, _arrow, _damaged_arrow, _gzip, _deep, _many, _attributes, _base64, _counts))(
        chance
    )


def _arrow(chance: Random) -> Message:
    rows = chance.choice((0, 1, 10, 1_000, 90_000))
    columns = {name: array(chance, rows, 2) for name in chance.sample(("features.a", "b", "c", "time", "concepts"), 2)}
    if chance.random() < 0.9:
        columns["model.id"] = pa.DictionaryArray.from_arrays(np.zeros(rows, np.int8), pa.array(["m"]))
    try:
        return stream(pa.table(columns), chance.choice((None, "zstd", "lz4"))), None
    except (pa.ArrowException, NotImplementedError):  # pyarrow itself cannot write every type
        return stream(pa.table({"model.id": pa.nulls(chance.choice((1, 2**20, 2**30)))}), None), None


def array(chance: Random, rows: int, depth: int) -> pa.Array:
    """An array of any type that Arrow has, and of so many rows, of which many may share one value."""
    kind = chance.randrange(11 if depth else 4)
    if kind < 3:
        return _flat(chance, rows)
    return pa.nulls(rows) if kind == 3 else _nested(chance, rows, kind, lambda count: array(chance, count, depth - 1))


def _nested(chance: Random, rows: int, kind: int, inner: Callable[[int], pa.Array]) -> pa.Array:
    match kind:
        case 4 | 5:
            made = pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), inner(1))
        case 6:
            ends = pa.array([rows] if rows else [], pa.int32())
            made = pa.RunEndEncodedArray.from_arrays(ends, inner(len(ends)))
        case 7:
            names = ["x", chance.choice(HOSTILE).replace("\0", "")]
            made = pa.StructArray.from_arrays([inner(rows), inner(rows)], names)
        case 8:
            wide = chance.choice((0, 1, 100))
            sizes = np.full(rows, wide, np.int32)
            made = pa.ListViewArray.from_arrays(np.zeros(rows, np.int32), sizes, inner(wide))
        case 9:
            made = pa.ListArray.from_arrays(np.arange(rows + 1, dtype=np.int32), inner(rows))
        case _:
            wide = chance.choice((1, 3)) if rows < 90_000 else 1
            made = pa.FixedSizeListArray.from_arrays(inner(rows * wide), wide)
    return made


def _flat(chance: Random, rows: int) -> pa.Array:
    value, kind = chance.choice(_FLAT)
    longest = max(1, 2_000_000 // max(rows, 1))
    shortened = value[:longest] if isinstance(value, str | bytes) else value
    return pa.array([shortened], kind).take(pa.array(np.zeros(rows, np.int8)))


_FLAT: tuple[tuple[Any, pa.DataType], ...] = (
    ("x" * 20_000, pa.string()),
    ("x" * 20_000, pa.large_string()),
    (b"\xff" * 20_000, pa.binary()),
    ("a", pa.string()),
    (2**63 - 1, pa.int64()),
    (2**64 - 1, pa.uint64()),
    (float("nan"), pa.float64()),
    (1.5, pa.float32()),
    (True, pa.bool_()),
    (2**62, pa.timestamp("ns")),
    (2**62, pa.timestamp("s", "UTC")),
    (1, pa.date32()),
    (1, pa.time64("us")),
    (2**60, pa.duration("s")),
    (1, pa.decimal128(38, 10)),
    (None, pa.decimal256(76, 0)),
)


def _damaged_arrow(chance: Random) -> Message:
    value, headers = _arrow(chance)
    return next(damaged([value], 1, str(chance.random()))), headers


def _gzip(chance: Random) -> Message:
    text = b'{"model":{"id":"' + b"m" * chance.choice((1, 10**5, 10**7)) + b'"}}'
    return gzip.compress(text, 1), chance.choice((None, [("content-encoding", b"gzip")]))


def _deep(chance: Random) -> Message:
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    depth = chance.choice((10, 1_000, 100_000))
    end = closing * depth if chance.random() < 0.5 else b""
    return b'{"model":{"id":"m"},"features":{"x":' + opening * depth + b"1" + end + b"}}", None


def _many(chance: Random) -> Message:
    return b"[" + b",".join(
        [chance.choice((b"{}", b"1", b'{"model":{"id":"m"}}'))] * chance.choice((1, 50_000))
    ) + b"]", None


def _attributes(chance: Random) -> Message:
    attributes = {
        "specversion": "1.0",
        "id": "e",
        "source": "s",
        "type": "t",
        "subject": "x" * chance.choice((1, 10**5)),
    }
    return json.dumps(
        {**attributes, "data": [{"model": {"id": "m"}}] * chance.choice((1, 20_000))}
    ).encode(), STRUCTURED


def _base64(chance: Random) -> Message:
    inside = base64.b64encode(chance.choice((_gzip, _arrow, _deep, _counts))(chance)[0]).decode()
    event = {"specversion": "1.0", "id": "e", "source": "s", "type": "t", "data_base64": inside}
    kind = chance.choice(("application/avro", "application/json", "application/vnd.apache.arrow.stream"))
    return json.dumps({**event, "datacontenttype": kind}).encode(), STRUCTURED


def _counts(chance: Random) -> Message:
    """Avro whose counts and lengths are larger than what follows."""
    count = varint(chance.choice((2**20, 2**31, 2**40, 2**62, -(2**40))))
    hollow = b"\xc3\x01" + bytes.fromhex(fingerprint_of(NOTHING_BUT_COUNTS)) + count + b"\0\2m"
    good = avro({"model": {"id": "m"}, "features": {"a": 1.0}})
    at = chance.randrange(len(good))
    return chance.choice(((hollow, AVRO), (good[:at] + count + good[at + 1 :], AVRO)))


def varint(number: int) -> bytes:
    """A number as Avro writes it."""
    rest, out = (number << 1) ^ (number >> 63), bytearray()
    while rest >= 128:
        out.append(rest & 127 | 128)
        rest >>= 7
    return bytes([*out, rest])


def labels(chance: Random) -> Message:
    """A label, or several, of which any part may be no such thing."""
    match chance.randrange(5):
        case 0:
            return json.dumps([_label(chance) for _ in range(chance.randrange(4))]).encode(), None
        case 1:
            label = {
                "id": _id(chance),
                "target": chance.choice((1, 0.5, "cat", True)),
                "time": chance.choice((None, 5, 2**62)),
            }
            return next(damaged([avro(label, LABEL_SCHEMA)], 1, str(chance.random()))), AVRO
        case 2:
            rows = chance.choice((0, 1, 3, 1000))
            columns = {name: array(chance, rows, 1) for name in ("id", "target", "time") if chance.random() < 0.9}
            return stream(pa.table(columns), None), None
        case 3:
            return bombs(chance)
        case _:
            return json.dumps(_label(chance)).encode(), None


def _id(chance: Random) -> str:
    return chance.choice((f"e{chance.randrange(50)}", chance.choice(HOSTILE)))


def _label(chance: Random) -> dict[str, Any]:
    known: dict[str, Any] = {"id": chance.choice((_id(chance), _id(chance), 17, None, [1]))}
    return {**known, "target": chance.choice(_TARGETS), "time": chance.choice(_TIMES), chance.choice(HOSTILE): 1}


MAKERS: Mapping[str, Callable[[Random], Message]] = {"keys": keys, "wide": wide, "bombs": bombs, "labels": labels}
