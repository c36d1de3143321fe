"""Batches that were built already: building is pure, and dozens of runs on one log build the same ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from streams.core.audit.batch_ledger import Announced, BatchLedger
from streams.core.audit.places import Places
from streams.core.batches.build import Batch, build_batch
from streams.core.events.parse import PayloadParserState
from streams.core.windows.closed import ClosedWindow

_MOST = 400
_COLUMNS = ("partition", "offset", "index", "slot_time", "late")


@dataclass(slots=True)
class BatchesBuffer:
    """Batches by what decides them: the plan, the window's bounds, and the places of its rows in one source log."""

    traffic: int
    _kept: OrderedDict[Hashable, Batch] = field(default_factory=OrderedDict)

    def build(self, closed: ClosedWindow, parser: PayloadParserState) -> Batch:
        """See `build_batch`."""
        key = _key(closed)
        if key not in self._kept:
            self._kept[key] = build_batch(closed, parser)
        return self._kept[key]


def _key(closed: ClosedWindow) -> Hashable:
    bounds = (closed.plan.config_hash, closed.start_ms, closed.end_ms, closed.sequence)
    columns = [[each.batch[name].to_pylist() for name in _COLUMNS] for each in closed.segments]
    rows = tuple(sorted(row for each in columns for row in zip(*each, strict=True)))
    return (bounds, tuple(sorted(closed.dropped.items())), rows)


_ROWS: OrderedDict[Hashable, dict[int, Places]] = OrderedDict()


class RememberingLedger(BatchLedger):
    """An audit's ledger that reads the same objects once."""

    def _add_rows(self, found: Announced, contents: list[bytes]) -> None:
        key: Any = (found.manifest.rows, found.manifest.late_rows, *contents)
        if key not in _ROWS:
            before = len(self.findings)
            super()._add_rows(found, contents)
            if len(self.findings) == before:
                _ROWS[key] = self.rows[found.manifest.batch_id]
        else:
            self.rows[found.manifest.batch_id] = _ROWS[key]
        while len(_ROWS) > _MOST:
            _ROWS.popitem(last=False)
