"""Topics of the simulated broker: partitions as lists, and the transactions that write to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(eq=False, slots=True)
class TransactionOutcomeState:
    """A transaction as the log knows it. Its markers reach partitions one after the other."""

    status: Literal["open", "committed", "aborted"] = "open"
    unmarked: set[tuple[str, int]] = field(default_factory=set)

    @property
    def ended(self) -> bool:
        return self.status != "open" and not self.unmarked


@dataclass(frozen=True, slots=True)
class Record:
    """What stands at one offset; a marker of a transaction's end where `value` and `key` say nothing."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    timestamp_ms: int
    transaction: TransactionOutcomeState | None = None
    marker: bool = False

    @property
    def committed(self) -> bool:
        return not self.marker and (self.transaction is None or self.transaction.status == "committed")


@dataclass(slots=True)
class PartitionState:
    """One partition's log."""

    records: list[Record] = field(default_factory=list)
    pending: dict[TransactionOutcomeState, int] = field(default_factory=dict)

    @property
    def end(self) -> int:
        return len(self.records)

    @property
    def stable_end(self) -> int:
        """The last stable offset: no transaction is pending before it (KIP-98)."""
        return min(self.pending.values(), default=self.end)

    def append(self, record: Record) -> None:
        if record.transaction is not None and record.transaction not in self.pending:
            self.pending[record.transaction] = self.end
        self.records.append(record)

    def mark(self, transaction: TransactionOutcomeState, now_ms: int) -> None:
        """Write the marker that ends a transaction here."""
        del self.pending[transaction]
        self.records.append(Record(None, None, (), now_ms, transaction, marker=True))
