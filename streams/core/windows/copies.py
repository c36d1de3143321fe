"""Copies of what waits: objects that stand for the log where windows stay open for long.

Now and then, at a *border*, every segment that holds waiting rows is in a copy; a restart reads the copies, and the log
from the border on. Where borders lie and what copies hold follows from the log alone, so a second attempt makes the
same copies under the same names, and nothing else depends on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import msgspec
import pyarrow as pa
import xxhash

Value: TypeAlias = bytes | pa.Buffer
Held: TypeAlias = Mapping[int, Value]
"""Segments that hold waiting rows, as they stand in the log, by log offset."""

_HOUR_MS = 3_600_000


class LogCopy(msgspec.Struct, frozen=True):
    """One copy: number `number` of those made at a border. `hash` is XXH3 (128 bits, hex) over its `bytes`."""

    border: int
    number: int
    bytes: int
    hash: str

    @property
    def name(self) -> str:
        """Unique within its partition of the log."""
        return f"{self.border:020}-{self.number:04}.msgpack"


class DamagedCopyError(ValueError):
    """An object is not the copy that was made."""


def border_in(name: str) -> int:
    """The border in a copy's name."""
    return int(name.partition("-")[0])


def read_copy(copy: LogCopy, content: bytes) -> list[tuple[int, memoryview]]:
    """Log offset and value of each segment, as views of `content`. DamagedCopyError where it is not what was made."""
    if (len(content), _hash(content)) != (copy.bytes, copy.hash):
        raise DamagedCopyError(f"has {len(content)} bytes, XXH3 {_hash(content)}; made were {copy.bytes}, {copy.hash}")
    return msgspec.msgpack.decode(content, type=list[tuple[int, memoryview]])


class CopiesState:
    """The copies of one partition of the log. Below `border` copies stand for it.

    A border is due once the log has grown by `limit_bytes`, or an hour of its own time ends; None: never. Copies of
    which less than half a limit is still waiting are made anew with what is new: so they are few and mostly alive.
    """

    def __init__(self, limit_bytes: int | None, border: int = 0, log_bytes: int = 0) -> None:
        self.border, self.log_bytes = border, log_bytes
        self._limit_bytes = limit_bytes
        self._members: dict[LogCopy, frozenset[int]] = {}
        self._told: frozenset[LogCopy] = frozenset()
        self._made: list[tuple[LogCopy, bytes]] = []
        self._outdated: set[LogCopy] = set()

    @property
    def copies(self) -> tuple[LogCopy, ...]:
        """All copies that a restart would need now."""
        return tuple(self._members)

    def restore(self, members: Mapping[LogCopy, Iterable[int]]) -> None:
        """Take up the copies of a predecessor, each with the log offsets in it."""
        self._members = {copy: frozenset(offsets) for copy, offsets in members.items()}
        self._told = frozenset(self._members)

    def is_due(self, before_ms: int, now_ms: int) -> bool:
        """Whether there should be a border here; the log's own time was `before_ms` at the last record and is
        `now_ms`.
        """
        if self._limit_bytes is None:
            return False
        return self.log_bytes >= self._limit_bytes or before_ms // _HOUR_MS < now_ms // _HOUR_MS

    def cut(self, border: int, held: Held) -> None:
        """Put the border here."""
        if any(offset >= self.border for offset in held):
            least = (self._limit_bytes or 0) / 2
            alive = {copy: offsets.intersection(held) for copy, offsets in self._members.items()}
            kept = {copy: those for copy, those in alive.items() if sum(len(held[each]) for each in those) >= least}
            rest = sorted(held.keys() - frozenset().union(*kept.values()))
            parts = list(self._parts(rest, held))
            made = [_copy(border, number, part, held) for number, part in enumerate(parts)]
            self._outdated |= self._members.keys() - kept.keys()
            self._members = kept | {copy: frozenset(part) for (copy, _), part in zip(made, parts, strict=True)}
            self._made += made
        self.border, self.log_bytes = border, 0

    def take(self) -> list[tuple[LogCopy, bytes]]:
        """Copies that were made since, with their content: to be stored before a checkpoint names them."""
        made, self._made = self._made, []
        return made

    def news(self) -> tuple[LogCopy, ...] | None:
        """All copies, where they are others than at the last call."""
        if self._told == self._members.keys():
            return None
        self._told = frozenset(self._members)
        return self.copies

    def outdated(self) -> tuple[LogCopy, ...]:
        """Copies that nobody needs once what `news` says is committed."""
        outdated, self._outdated = self._outdated, set()
        return tuple(outdated)

    def _parts(self, offsets: Sequence[int], held: Held) -> Iterator[tuple[int, ...]]:
        part, size = [], 0
        for offset in offsets:
            part.append(offset)
            size += len(held[offset])
            if size >= (self._limit_bytes or 0):
                yield tuple(part)
                part, size = [], 0
        if part:
            yield tuple(part)


def _copy(border: int, number: int, offsets: Sequence[int], held: Held) -> tuple[LogCopy, bytes]:
    content = msgspec.msgpack.encode([(offset, memoryview(held[offset])) for offset in offsets])
    return LogCopy(border, number, len(content), _hash(content)), content


def _hash(content: bytes) -> str:
    return xxhash.xxh3_128_hexdigest(content)
