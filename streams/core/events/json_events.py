"""JSON events to columns, a block at a time, by DuckDB's JSON parser.

It isolates rows (a bad neighbour changes nothing), releases the interpreter's lock and reads only the
projected fields.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.json_columns import JsonColumns, json_columns
from streams.core.events.json_problems import malformed, problem
from streams.core.events.json_query import event_query
from streams.core.events.projection import Projection
from streams.core.events.rejects import InvalidEventError
from streams.core.events.table import Read

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": "1",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
# DuckDB quotes the input in its message: bytes that are not UTF-8 then fail to become a Python text
_REFUSED = (duckdb.Error, UnicodeDecodeError)
_MAY_BE = {"concepts": ("NULL",), "input": ("OBJECT",), "metadata": ("OBJECT",), "features": ("OBJECT",)}


class JsonDecoderState:
    """A private in-memory DuckDB that parses and keeps nothing. One per thread."""

    def __init__(self) -> None:
        self._duckdb = duckdb.connect(":memory:", config=_CONFIG)

    def project(self, texts: pa.StringArray, select: str) -> pa.Table:
        """Evaluate a select list over a column `j` of JSON texts."""
        return self._duckdb.from_arrow(pa.table({"j": texts})).project(select).to_arrow_table()

    def read(self, values: pa.BinaryArray, projection: Projection) -> Read:
        """Columns of the good events, a reason for each bad one. What becomes of a row depends on that row alone."""
        texts = values.view(pa.string())
        rows = np.arange(len(texts), dtype=np.int64)
        bad: dict[int, Exception] = {}
        try:
            parsed = self.project(texts, event_query(projection))
        except _REFUSED:
            valid = _column(self.project(texts, "coalesce(json_valid(j), false)"))
            rows, texts = np.flatnonzero(valid), texts.filter(pa.array(valid))
            bad = {int(row): malformed(values[row].as_py()) for row in np.flatnonzero(~valid)}
            parsed = self.project(texts, event_query(projection))
        return self._checked(json_columns(parsed, projection), texts, rows, bad, projection)

    def _checked(
        self,
        columns: JsonColumns,
        texts: pa.StringArray,
        rows: NDArray[np.int64],
        bad: dict[int, Exception],
        projection: Projection,
    ) -> Read:
        wrong = columns.wrong.copy()
        for name, unclear in columns.unclear.items():
            wrong[unclear] |= self._is_wrong_kind(texts.filter(pa.array(unclear)), name)
        for row in np.flatnonzero(wrong | columns.doubtful):
            payload = texts[row].as_buffer().to_pybytes()
            found = problem(payload, projection)
            if wrong[row] or found:
                wrong[row] = True
                bad[int(rows[row])] = found or InvalidEventError(
                    f"event: got {payload[:80]!r}; a field is of the wrong type"
                )
        if not wrong.any():
            return Read(columns.table, rows, bad)
        return Read(columns.table.filter(pa.array(~wrong)), rows[~wrong], bad)

    def _is_wrong_kind(self, texts: pa.StringArray, name: str) -> NDArray[np.bool_]:
        kinds = ", ".join(f"'{kind}'" for kind in _MAY_BE[name])
        return _column(self.project(texts, f"coalesce(json_type(j, '$.{name}') NOT IN ({kinds}), false)"))


def _column(table: pa.Table) -> NDArray[np.bool_]:
    flags: NDArray[np.bool_] = table.column(0).to_numpy()
    return flags
