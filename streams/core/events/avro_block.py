"""A block of Avro events as one datum: an array of events, each after a seal (see `avro_schema.block_schema`).

So nothing is done per event in Python. pyruhvro refuses a whole block for one bad event and does not check UTF-8, and
in an array an event that is longer or shorter than its message moves all that follow: the seals and the texts are
looked at. The seal is a hash of all that the block holds: nobody can write an event that holds it, and so pretend to
be two.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyruhvro
import xxhash
from numpy.typing import NDArray

from streams.core.events.arrays import data_of, is_ascii, offsets_of
from streams.core.events.arrow_fields import Fields
from streams.core.events.arrow_values import texts_inside

_SEVEN_BITS, _MORE = 0x7F, 0x80


@dataclass(frozen=True, slots=True)
class SealedBlock:
    """The datum, and the doubles that must be found in it: `seal` before each event, `closing` at the end."""

    datum: bytes
    seal: bytes
    closing: bytes


def read_block(values: pa.BinaryArray, block_schema: str) -> Fields | None:
    """Each value is one event, neither more nor less: columns of the events, None where a value is anything else."""
    block = sealed(values)
    try:
        read = pyruhvro.deserialize_array([block.datum], block_schema)
        events = read.column(0).values
        seals, *columns = events.flatten()
        if not (_all_are(seals, block.seal) and _all_are(read.column(1), block.closing)):
            return None
        for texts in texts_inside(columns):
            if not is_ascii(texts):
                texts.validate(full=True)
    except ValueError:  # pa.ArrowInvalid is one
        return None
    return dict(zip([field.name for field in events.type][1:], columns, strict=True))


def sealed(values: pa.BinaryArray) -> SealedBlock:
    """Write a block. The seal begins with the byte 0, for the one after the last event also ends the array."""
    offsets = offsets_of(values)
    seal = b"\0" + xxhash.xxh3_64_digest(data_of(values)[offsets[0] : offsets[-1]].data)[:7]
    listed = pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values)
    joined = pc.binary_join(listed, seal).buffers()[2] or b""
    start = _varint(len(values)) + seal if len(values) else b""
    return SealedBlock(b"".join((start, joined, seal, b"\0")), seal, seal[1:] + b"\0")


def _varint(count: int) -> bytes:
    """A count as Avro writes a long: zigzag, seven bits a byte."""
    rest, out = 2 * count, bytearray()
    while rest > _SEVEN_BITS:
        out.append(rest & _SEVEN_BITS | _MORE)
        rest >>= 7
    out.append(rest)
    return bytes(out)


def _all_are(doubles: pa.DoubleArray, expected: bytes) -> bool:
    bits: NDArray[np.int64] = doubles.to_numpy().view(np.int64)
    return bool((bits == struct.unpack("<q", expected)[0]).all())
