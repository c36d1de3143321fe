"""Where events stand in their source partition, as one sortable number each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
"""Offset and position within the message: `offset << 20 | index`."""

_INDEX_BITS = 20  # a message of a megabyte cannot hold more events


def places_of(offsets: NDArray[np.int64], indexes: NDArray[np.int32]) -> Places:
    """Number events of one source partition. ValueError where a message holds a million events or more."""
    if len(indexes) and int(indexes.max()) >> _INDEX_BITS:
        raise ValueError(f"a message of {int(indexes.max()) + 1} events is beyond what an audit can tell apart")
    numbered: Places = (offsets.astype(np.int64) << _INDEX_BITS) | indexes
    return numbered


def by_partition(
    partitions: NDArray[np.int32], offsets: NDArray[np.int64], indexes: NDArray[np.int32]
) -> dict[int, Places]:
    """Number events of several source partitions, apart."""
    numbered = places_of(offsets, indexes)
    return {each: numbered[partitions == each] for each in np.unique(partitions).tolist()}


def offsets_of(places: Places) -> NDArray[np.int64]:
    """The offset of each event."""
    return places >> _INDEX_BITS


def joined(parts: Iterable[Places]) -> Places:
    """All of several, in ascending order."""
    return np.sort(np.concatenate([np.empty(0, np.int64), *parts]))


def doubled(ordered: Places) -> Places:
    """Those that stand there more than once, each once."""
    return np.unique(ordered[1:][np.diff(ordered) == 0])


def within(places: Places, bounds: tuple[int, int]) -> Places:
    """Those with an offset from the first (included) to the second (excluded)."""
    offsets = offsets_of(places)
    return places[(offsets >= bounds[0]) & (offsets < bounds[1])]


def some(topic: str, places: Mapping[int, Places]) -> str:
    """A few offsets in words, for whoever has to look there."""
    shown = [
        f"{topic}-{partition} offset{'s' if len(found) > 1 else ''} "
        + ", ".join(map(str, np.unique(offsets_of(found))[:3].tolist()))
        + (" ..." if len(np.unique(offsets_of(found))) > 3 else "")  # noqa: PLR2004
        for partition, found in sorted(places.items())
        if len(found)
    ]
    return "; ".join(shown)
