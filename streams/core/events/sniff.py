"""Sorting the messages of a chunk by how they are written.

First bytes, where headers do not tell: 0 and an id, or 1 and a GUID (Confluent); C3 01 and a fingerprint (Avro
single-object encoding); FF FF FF FF (Arrow IPC stream); `[`, an array of JSON events; else JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.arrays import Mask, data_of, first_bytes, lengths_of, offsets_of
from streams.core.events.forms import (
    ARROW_STREAM,
    BARE_AVRO,
    GUID_BYTES,
    GUID_MAGIC,
    ID_BYTES,
    ID_MAGIC,
    JSON_ARRAY,
    JSON_EVENT,
    SAYING,
    Declaration,
    Form,
    SchemaKey,
    declared,
    schema_key,
)
from streams.core.events.messages import Headers
from streams.core.events.rejects import RejectedError

Rows = NDArray[np.int64]
_BRACE = b"{"[0]
_SINGLE_OBJECT = b"\xc3\x01"
_SINGLE_OBJECT_BYTES = 10
_ARROW_CONTINUATION = b"\xff\xff\xff\xff"


def by_form(
    values: pa.BinaryArray, headers: Sequence[Headers | None]
) -> tuple[Mapping[Form, Rows], Mapping[int, RejectedError]]:
    """Rows (ascending) of each form that occurs, and why the form of other rows cannot be told."""
    forms, bad, untold = _told(headers)
    if BARE_AVRO in forms:
        forms |= _odd_avro(values, forms.pop(BARE_AVRO))
    for form, rows in _sniffed(values, untold, bad):
        forms[form] = np.union1d(forms[form], rows) if form in forms else rows
    return forms, bad


def _told(headers: Sequence[Headers | None]) -> tuple[dict[Form, Rows], dict[int, RejectedError], Mask]:
    untold = np.ones(len(headers), np.bool_)
    forms: dict[Form, Rows] = {}
    bad: dict[int, RejectedError] = {}
    for pairs, some in _same(headers).items():
        rows = np.array(some, np.int64)
        try:
            form = declared(pairs)
        except RejectedError as error:
            bad |= dict.fromkeys(some, error)
            untold[rows] = False
            continue
        if form is not None:
            forms[form] = np.union1d(forms[form], rows) if form in forms else rows
            untold[rows] = False
    return forms, bad, untold


def _same(headers: Sequence[Headers | None]) -> dict[Declaration, list[int]]:
    """Rows by those of their headers that say how a message is written."""
    same: dict[Declaration, list[int]] = {}
    if any(headers):
        for row, pairs in enumerate(headers):
            if pairs:
                said = tuple([pair for pair in pairs if pair[0] in SAYING])
                if said:
                    same.setdefault(said, []).append(row)
    return same


def _odd_avro(values: pa.BinaryArray, rows: Rows) -> dict[Form, Rows]:
    """Avro by content type may still carry a fingerprint."""
    forms: dict[Form, list[int]] = {}
    marked = first_bytes(values)[rows] == _SINGLE_OBJECT[0]
    for row in rows[marked].tolist():
        forms.setdefault(_single_object(values[row].as_py()) or BARE_AVRO, []).append(row)
    out = {form: np.array(some, np.int64) for form, some in forms.items()}
    bare = np.union1d(rows[~marked], out.get(BARE_AVRO, np.zeros(0, np.int64)))
    return out | ({BARE_AVRO: bare} if len(bare) else {})


def _sniffed(values: pa.BinaryArray, untold: Mask, bad: dict[int, RejectedError]) -> Iterator[tuple[Form, Rows]]:
    first = first_bytes(values)
    json = untold & (first == _BRACE)
    if json.any():
        yield JSON_EVENT, np.flatnonzero(json)
    numbered = untold & (first == ID_MAGIC) & (lengths_of(values) >= ID_BYTES)
    yield from _by_id(values, np.flatnonzero(numbered))
    others: dict[Form, list[int]] = {}
    for row in np.flatnonzero(untold & ~json & ~numbered):
        try:
            others.setdefault(_sniff(values[int(row)].as_py()), []).append(int(row))
        except RejectedError as error:
            bad[int(row)] = error
    for form, rows in others.items():
        yield form, np.array(rows, np.int64)


def _by_id(values: pa.BinaryArray, rows: Rows) -> Iterator[tuple[Form, Rows]]:
    if not len(rows):
        return
    starts = offsets_of(values)[:-1] if len(rows) == len(values) else offsets_of(values)[rows]
    ids = data_of(values)[starts[:, None] + np.arange(1, ID_BYTES, dtype=np.int32)].view(">u4").ravel()
    distinct = ids[:1] if (ids == ids[0]).all() else np.unique(ids)
    for schema_id in distinct:
        yield Form("avro", SchemaKey("id", str(schema_id)), ID_BYTES), rows[ids == schema_id]


def _sniff(value: bytes) -> Form:
    if value[:1] == bytes([ID_MAGIC]):
        schema_key(value)  # too short
    if value[:1] == bytes([GUID_MAGIC]):
        return Form("avro", schema_key(value), GUID_BYTES)
    if value[:4] == _ARROW_CONTINUATION:
        return ARROW_STREAM
    return _single_object(value) or (JSON_ARRAY if value.lstrip()[:1] == b"[" else JSON_EVENT)


def _single_object(value: bytes) -> Form | None:
    if value[:2] != _SINGLE_OBJECT or len(value) < _SINGLE_OBJECT_BYTES:
        return None
    return Form("avro", SchemaKey("fingerprint", value[2:_SINGLE_OBJECT_BYTES].hex()), _SINGLE_OBJECT_BYTES)
