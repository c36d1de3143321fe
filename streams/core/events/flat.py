"""The flat columns of a batch, whatever the encoding its events came in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from streams.core.events.typed import Typed

MODEL = ("user_id", "app_id", "id", "version")
TEXT_COLUMNS = (*(f"model.{key}" for key in MODEL), "caller")
GROUPS = ("model", "input", "features", "metadata")
KNOWN = frozenset(("id", "time", "caller", "prediction", "concepts", "collectors", *GROUPS))
FIXED: Final = frozenset((*TEXT_COLUMNS, "input.id", "input.data", "prediction", "concepts", "collectors"))
"""Columns that stay columns however few of their cells hold a value."""
_ORDER = (*TEXT_COLUMNS, "model", "input.id", "input.data", "input", "prediction", "concepts", "collectors")


def table_of(columns: Mapping[str, Typed]) -> pa.Table:
    """Columns as a table in their fixed order: known ones first, then by group, then by name."""
    names = sorted(columns, key=_place)
    fields = [columns[name].field(name) for name in names]
    return pa.table([columns[name].array for name in names], schema=pa.schema(fields))


def _place(name: str) -> tuple[int, str]:
    for place, known in enumerate(_ORDER):
        if name == known or (name.startswith(f"{known}.") and known in GROUPS):
            return place, name
    group = name.partition(".")[0]
    return len(_ORDER) + ("features", "metadata").index(group) if group in ("features", "metadata") else 99, name


def with_text_columns(columns: Mapping[str, Typed], rows: int) -> dict[str, Typed]:
    """Add the columns that every batch has."""
    return {name: Typed(pa.nulls(rows, pa.string())) for name in TEXT_COLUMNS} | dict(columns)
