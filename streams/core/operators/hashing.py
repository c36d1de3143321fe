"""Chance that repeats itself: a number per event id and salt, the same on every machine and every replay."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def salt_of(text: str) -> int:
    """Return a salt of 63 bits, so that it also fits a signed long of Avro."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


def operator_salt(salt: int, position: int) -> int:
    """Return the salt of the operator at a position: two samples in one collector are then independent of each
    other.
    """
    return salt_of(f"{salt}/{position}")


def mixed(id_hashes: NDArray[np.uint64], salt: int) -> NDArray[np.uint64]:
    """Mix hashes with a salt into uniform 64-bit numbers: the finaliser of splitmix64 (Steele, Lea, Flood
    2014).
    """
    z = id_hashes ^ np.uint64(salt)
    z ^= z >> np.uint64(30)
    z *= _FIRST
    z ^= z >> np.uint64(27)
    z *= _SECOND
    z ^= z >> np.uint64(31)
    return z


def sampled(id_hashes: NDArray[np.uint64], fraction: float, salt: int) -> NDArray[np.bool_]:
    """Return True for about `fraction` (0 to 1) of the hashes."""
    if fraction >= 1:
        return np.ones(len(id_hashes), dtype=np.bool_)
    # a product with a power of two is exact, so the limit is the same on every machine
    return mixed(id_hashes, salt) < np.uint64(int(fraction * 2.0**64))
