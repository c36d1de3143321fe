"""JSON events to columns, a block at a time, by DuckDB's JSON parser.

It isolates rows (a bad neighbour changes nothing), releases the interpreter's lock and reads only the projected fields.
It takes RFC 8259 and, beyond that, trailing commas and the literals NaN, Infinity and -Infinity (which Python's `json`
writes by default).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.arrays import Mask
from streams.core.events.json_columns import JsonColumns, json_columns
from streams.core.events.json_problems import malformed, problem
from streams.core.events.json_query import event_query, wrong_kind
from streams.core.events.json_text import loaded, respelt
from streams.core.events.projection import Projection
from streams.core.events.rejects import RejectedError
from streams.core.events.table import Read

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
# DuckDB quotes the input in its message: bytes that are not UTF-8 then fail to become a Python text
_REFUSED = (duckdb.Error, UnicodeDecodeError)


def why_malformed(values: pa.BinaryArray, valid: Mask) -> dict[int, Exception]:
    """Why values, by row, are no JSON."""
    return {row: malformed(values[row].as_py()) for row in np.flatnonzero(~valid).tolist()}


class JsonDecoderState:
    """A private in-memory DuckDB that parses and keeps nothing. One per thread."""

    def __init__(self) -> None:
        self._duckdb = duckdb.connect(":memory:", config=_CONFIG)

    def select(self, texts: pa.StringArray, columns: str) -> pa.Table:
        """Evaluate a select list over a column `j` of JSON texts."""
        return self.select_from({"j": texts}, columns)

    def select_from(self, texts: Mapping[str, pa.StringArray], columns: str) -> pa.Table:
        """Evaluate a select list over several columns of JSON texts. MemoryError where there is not enough of it."""
        try:
            return self._duckdb.from_arrow(pa.table(dict(texts))).project(columns).to_arrow_table()
        except duckdb.OutOfMemoryException as error:
            raise MemoryError(str(error)) from error

    def select_valid(self, texts: pa.StringArray, columns: str) -> tuple[pa.Table, Mask]:
        """Like `select`, of those texts that are JSON, whatever bytes the others are; and which are."""
        try:
            return self.select(texts, columns), np.ones(len(texts), np.bool_)
        except _REFUSED:
            valid = self.flags(texts, "json_valid(j)")
            return self.select(texts.filter(pa.array(valid)), columns), valid

    def value(self, text: bytes) -> Any:
        """One JSON value, by the rule for all; MalformedError where it is none."""
        try:
            return loaded(text)
        except (ValueError, RecursionError):  # or it has what only DuckDB takes
            table, valid = self.select_valid(pa.array([text], pa.binary()).view(pa.string()), "json(j)")
        if not valid.all():
            raise malformed(text)
        try:
            return loaded(respelt(table.column(0)[0].as_py()))
        except (ValueError, RecursionError) as error:
            raise malformed(text) from error

    def read(self, values: pa.BinaryArray, projection: Projection) -> Read:
        """Columns of the good events, a reason for each bad one. What becomes of a row depends on that row alone."""
        texts = values.view(pa.string())
        parsed, valid = self.select_valid(texts, event_query(projection))
        rows, bad = np.flatnonzero(valid), why_malformed(values, valid)
        texts = texts.filter(pa.array(valid)) if bad else texts
        columns = json_columns(parsed, projection)
        wrong = self._wrong(columns, texts)
        if not wrong.any():
            return Read(columns.table, rows, bad)
        for row in np.flatnonzero(wrong):
            bad[int(rows[row])] = self._problem(texts[row].as_buffer().to_pybytes(), projection)
        return Read(columns.table.filter(pa.array(~wrong)), rows[~wrong], bad)

    def _problem(self, text: bytes, projection: Projection) -> RejectedError:
        try:
            return problem(self.value(text), projection)
        except RejectedError as error:
            return error

    def _wrong(self, columns: JsonColumns, texts: pa.StringArray) -> Mask:
        wrong = columns.wrong.copy()
        for path, unclear in columns.unclear.items():
            wrong[unclear] |= self.flags(texts.filter(pa.array(unclear)), wrong_kind(path))
        return wrong

    def flags(self, texts: pa.StringArray, condition: str) -> NDArray[np.bool_]:
        """Whether a condition over `j` is true (not false, not null) per row."""
        flags: NDArray[np.bool_] = self.select(texts, f"coalesce({condition}, false)").column(0).to_numpy()
        return flags
