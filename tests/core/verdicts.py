"""What an operator says about events written as dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from streams.core.operators.contracts import EventOperator, RewritingOperator, WindowOperator
from tests.core.blocks import Event, block_of, rows_of

CONCEPTS = pa.list_(pa.struct([("id", pa.string()), ("name", pa.string()), ("value", pa.float64())]))


def kept(operator: EventOperator, events: Sequence[Event], salt: int = 1) -> list[bool]:
    """Ask of a block that is decoded with the operator's own fields alone."""
    verdict: list[bool] = operator.keep(block_of(events, operator.fields()), salt).tolist()
    return verdict


def rewritten(operator: RewritingOperator, events: Sequence[Event]) -> list[list[tuple[str, float]]]:
    """Return each event's concepts afterwards as (id, value); an event is kept where some are left."""
    block = block_of(events, operator.fields())
    after, mask = operator.rewrite(block)
    rows = [[(concept["id"], concept["value"]) for concept in row] for row in rows_of(after.concepts)]
    assert mask.tolist() == [bool(row) for row in rows]
    assert len(after) == len(block)
    return rows


def rows_kept(operator: WindowOperator, rows: Sequence[dict[str, Any]], salt: int = 1) -> list[bool]:
    """Ask about a window's rows, given as columns by name; `id` names the event."""
    names = sorted({name for row in rows for name in row} & operator.columns())
    columns = {
        name: pa.array([row.get(name) for row in rows], CONCEPTS if name == "concepts" else None) for name in names
    }
    table = pa.table({"offset": pa.array(range(len(rows)), pa.int64()), **columns})
    hashes = block_of([{"id": row["id"]} for row in rows]).id_hashes
    verdict: list[bool] = operator.keep_rows(table, hashes, salt).tolist()
    return verdict
