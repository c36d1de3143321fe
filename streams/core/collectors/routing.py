"""Which events of a block a collector keeps, and why it drops the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from streams.core.collectors.collector import Collector
from streams.core.collectors.reasons import numbered
from streams.core.events.block import EventBlock
from streams.core.events.projection import Projection
from streams.core.operators.contracts import Mask
from streams.core.operators.hashing import operator_salt
from streams.core.operators.masks import equals
from streams.core.operators.table import AnyRewritingOperator


@dataclass(frozen=True, slots=True)
class Selection:
    """What one collector keeps of one block.

    `block` has the block's rows, with concepts as the collector's operators left them. `reason_codes` says for each row
    which of `reasons` dropped it; -1 where none did. A collector that is not enabled keeps nothing and gives no reason.
    """

    block: EventBlock
    mask: Mask
    reason_codes: NDArray[np.int16]
    reasons: tuple[str, ...]


def projection(collectors: Iterable[Collector]) -> Projection:
    """Return the fields that the enabled collectors look at."""
    looked_at = (operator.fields() for one in collectors if one.enabled for operator in one.event_operators)
    return reduce(or_, looked_at, Projection())


def select(block: EventBlock, collector: Collector) -> Selection:
    """Apply source, caller and operators, in this order. Pure: the answer for a row depends on that row and the
    collector alone.

    An event that names collectors in `collectors` is offered to these alone, whatever its model and caller;
    operators still apply.
    """
    rows = len(block)
    if not collector.enabled:
        return Selection(block, np.zeros(rows, np.bool_), np.full(rows, -1, np.int16), reasons(collector))
    alive = np.ones(rows, np.bool_)
    passed = np.zeros(rows, np.int8)
    for after, mask in _steps(block, collector):
        block = after
        if mask is not None:
            alive &= mask
        passed += alive.view(np.int8)
        if not alive.any():
            break
    # where alive is 1, its negative has all bits set: -1
    codes = passed | -alive.view(np.int8)
    return Selection(block, alive, codes.astype(np.int16), reasons(collector))


def reasons(collector: Collector) -> tuple[str, ...]:
    """Name the steps of `select` in order; an operator goes by its type."""
    return "source", "caller", *numbered(operator.type for operator in collector.event_operators)


def _steps(block: EventBlock, collector: Collector) -> Iterator[tuple[EventBlock, Mask | None]]:
    """Yield the block and the mask after each step; a mask of None lets every event pass."""
    source = np.zeros(len(block), np.bool_) if collector.direct_only else collector.source.matches(block)
    caller = None if collector.caller is None else block.coded_callers.equal(collector.caller)
    if block.collectors is not None:
        addressed, named = _addressed(block.collectors, collector.id)
        source = named | (~addressed if source is None else ~addressed & source)
        caller = None if caller is None else addressed | caller
    yield block, source
    yield block, caller
    for position, operator in enumerate(collector.event_operators):
        if isinstance(operator, AnyRewritingOperator):
            block, mask = operator.rewrite(block)
        else:
            mask = operator.keep(block, operator_salt(collector.salt, position))
        yield block, mask


def _addressed(column: pa.ListArray, collector_id: str) -> tuple[Mask, Mask]:
    """Return where events name collectors at all, and where they name this one. An empty list names none."""
    addressed, named = np.zeros((2, len(column)), np.bool_)
    rows = pc.list_parent_indices(column).to_numpy()
    addressed[rows] = True
    named[rows[equals(pc.list_flatten(column), collector_id)]] = True
    return addressed, named
