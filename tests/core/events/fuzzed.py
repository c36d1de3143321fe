"""Fuzzed inputs: valid ones, damaged by a seed. The same seed damages in the same way."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from random import Random

INPUTS = int(os.environ.get("STREAMS_FUZZ_INPUTS", "20000"))
"""How many inputs fuzz tests try altogether, shared out among the decoders; a longer campaign sets more."""
EACH = int(os.environ.get("STREAMS_FUZZ_INPUTS", "60"))
"""How many inputs of each kind a run over hostile inputs tries."""
SEED = int(os.environ.get("STREAMS_FUZZ_SEED", "1"))

_TOKENS = (
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b",",
        b":",
        b"\\",
        b"\\u0000",
        b"\\ud800",
        b"null",
        b"true",
        b"NaN",
        b"-0",
        b"1e999",
    ),
    *(b"9" * 400, b"\xff", b"\xc3\x01", b"\xff\xff\xff\xff", b"\0\0\0\0\0", b"\1", b"\x80" * 10, b"\xed\xa0\x80", b""),
    *(b'"model":', b'"id":', b'"time":', b'"concepts":', b'"collectors":', b'"metadata":', b"{}", b"[[[[[[[[", b"-1"),
)


def damaged(samples: Sequence[bytes], count: int, name: str) -> Iterator[bytes]:
    """`count` inputs, each one of the samples with up to eight damages."""
    chance = Random(f"{name} {SEED}")
    for _ in range(count):
        value = bytearray(chance.choice(samples))
        for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 8))):
            _damage(value, samples, chance)
        yield bytes(value[:20_000])


def _damage(value: bytearray, samples: Sequence[bytes], chance: Random) -> None:
    start = chance.randint(0, len(value))
    end = min(len(value), start + chance.choice((0, 1, 2, 4, 8, 64)))
    match chance.randrange(6):
        case 0:
            value[start:end] = chance.choice(_TOKENS)
        case 1:
            value[start:end] = chance.randbytes(end - start)
        case 2:
            del value[start:end]
        case 3:
            value[start:start] = value[start:end] * chance.choice((1, 2, 50))
        case 4:
            value[start : start + 4] = struct.pack("<i", chance.choice((0, -1, 1, 2**31 - 1, -(2**31), 255, 65_536)))
        case _:
            other = chance.choice(samples)
            value[start:] = other[chance.randint(0, len(other)) :]
