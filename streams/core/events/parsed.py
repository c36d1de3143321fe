"""What a full parse yields: flat columns, and entries for columns that most rows may lack.

A batch's table is made of it once all events of the batch are parsed: only then is known which columns are rare.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.arrays import null_rows
from streams.core.events.arrow_scalars import texts_from_arrow
from streams.core.events.arrow_values import taken
from streams.core.events.entries import Entries
from streams.core.events.flat import FIXED, TEXT_COLUMNS, table_of, with_text_columns
from streams.core.events.scalars import scattered
from streams.core.events.typed import Typed, json_as_text, json_values, merged, typed_from_json
from streams.core.events.typed_arrow import json_texts, typed_from_arrow

OTHER_COLUMNS: Final = "other_columns"
_OTHERS: Final = pa.map_(pa.string(), pa.string())
LONGEST_NAME: Final = 1_000
_COLUMN_CELLS: Final = 100
_CELLS_PER_VALUE: Final = 10


@dataclass(frozen=True, slots=True)
class ParsedEvents:
    """Events of one encoding: so many rows, their columns by name, and the entries of further ones.

    No name is in two of them.
    """

    rows: int
    columns: Mapping[str, Typed]
    entries: tuple[Entries, ...] = ()

    def counts(self) -> Counter[str]:
        """Rows with a value, by column."""
        counts = Counter({name: self.rows - int(null_rows(one.array).sum()) for name, one in self.columns.items()})
        for each in self.entries:
            counts.update(each.counts())
        return counts

    def chosen(self, names: Collection[str]) -> dict[str, Typed]:
        """Those of these columns that it has."""
        found = {name: column for name, column in self.columns.items() if name in names}
        for each in self.entries:
            found |= {name: _column(each, place, self.rows) for place, name in enumerate(each.names) if name in names}
        return found


@dataclass(frozen=True, slots=True)
class FlatRows:
    """A batch's rows as a table. `others` counts the values in the map column `other_columns`, by the columns that they
    are of: empty where there is no such column.
    """

    table: pa.Table
    others: Mapping[str, int]


def flat_rows(parts: Sequence[ParsedEvents], most_cells: int) -> FlatRows:
    """Rows of several parts one after the other, columns promoted to a type that holds all their values.

    Columns that are too rare (see `rare`) are entries of `other_columns`: name to JSON text, in the order of names.
    """
    counts = Counter[str]()
    for part in parts:
        counts.update(part.counts())  # unlike a sum, this keeps columns without a value
    rows = sum(part.rows for part in parts)
    others = rare(counts, rows, most_cells)
    columns = _merged_columns(parts, counts.keys() - others, rows)
    left = {name: counts[name] for name in sorted(others) if counts[name]}
    if left:
        columns[OTHER_COLUMNS] = Typed(_other_column(parts, left.keys(), rows))
    return FlatRows(table_of(with_text_columns(columns, rows)), left)


def rare(counts: Mapping[str, int], rows: int, most_cells: int) -> frozenset[str]:
    """Which columns are not to be columns, by the rows that have a value in each: a function of `counts` alone.

    Columns are taken by that number, then by name, while they have together no more cells than `most_cells`, or than
    ten for each value; there are never more than one for each hundred of `most_cells`. Names that are too long are no
    columns. `FIXED` columns always are.
    """
    named = [name for name in counts if name not in FIXED and len(name) <= LONGEST_NAME]
    ordered = sorted(named, key=lambda name: (-counts[name], name))
    values = np.cumsum(np.array([counts[name] for name in ordered], np.int64))
    number = np.arange(1, len(ordered) + 1)
    fits = (number * rows <= np.maximum(most_cells, _CELLS_PER_VALUE * values)) & (number * _COLUMN_CELLS <= most_cells)
    first = len(ordered) if fits.all() else int(np.argmin(fits))
    return frozenset(counts) - FIXED - frozenset(ordered[:first])


def _merged_columns(parts: Sequence[ParsedEvents], names: Collection[str], rows: int) -> dict[str, Typed]:
    found: dict[str, list[tuple[int, Typed]]] = {}
    for start, part in _placed(parts):
        for name, column in part.chosen(names).items():
            found.setdefault(name, []).append((start, column))
    return {name: _one_column(columns, rows) for name, columns in found.items()}


def _one_column(columns: Sequence[tuple[int, Typed]], rows: int) -> Typed:
    """A column from those parts that have it, each with its first row."""
    whole = merged([column for _, column in columns])
    if len(whole.array) == rows:
        return whole
    there = np.zeros(rows, np.bool_)
    for start, column in columns:
        there[start : start + len(column.array)] = True
    return Typed(scattered(whole.array, there), whole.is_json)


def _placed(parts: Sequence[ParsedEvents]) -> Iterator[tuple[int, ParsedEvents]]:
    start = 0
    for part in parts:
        yield start, part
        start += part.rows


def _column(entries: Entries, place: int, length: int) -> Typed:
    start, end = entries.starts[place : place + 2].tolist()
    values, there = entries.values[start:end], np.zeros(length, np.bool_)
    there[entries.rows[start:end]] = True
    typed = _typed(entries, entries.names[place], values)
    return typed if there.all() else Typed(scattered(typed.array, there), typed.is_json)


def _typed(entries: Entries, name: str, values: pa.Array) -> Typed:
    if entries.is_json:
        return Typed(json_as_text(values)) if name in TEXT_COLUMNS else typed_from_json(values)
    return Typed(texts_from_arrow(values)[0]) if name in TEXT_COLUMNS else typed_from_arrow(values)


def _other_column(parts: Sequence[ParsedEvents], names: Collection[str], rows: int) -> pa.MapArray:
    code_of = {name: code for code, name in enumerate(sorted(names))}
    cells = [cell for start, part in _placed(parts) for cell in _cells(part, start, code_of)]
    places, codes = (np.concatenate([cell[at] for cell in cells]) for at in (0, 1))
    texts = pa.concat_arrays([cell[2] for cell in cells])
    order = np.lexsort((codes, places))
    keys = pa.array(sorted(names), pa.string()).take(pa.array(codes[order]))
    counts = np.bincount(places, minlength=rows)
    offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(counts, dtype=np.int32)])
    without = np.append(counts == 0, False)
    return pa.MapArray.from_arrays(pa.array(offsets, mask=without), keys, texts.take(pa.array(order)), type=_OTHERS)


def _cells(
    part: ParsedEvents, start: int, code_of: Mapping[str, int]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], pa.StringArray]]:
    """Rows, codes of columns and JSON texts of the values of these columns."""
    for each in part.entries:
        chosen = each.only([place for place, name in enumerate(each.names) if name in code_of])
        present = np.flatnonzero(chosen.present)
        codes = np.array([code_of[name] for name in chosen.names], np.int64)[chosen.codes]
        values = taken(chosen.values, pa.array(present))
        yield start + chosen.rows[present], codes[present], values if each.is_json else json_texts(values)
    for name in part.columns.keys() & code_of.keys():
        column = part.columns[name]
        present = np.flatnonzero(~null_rows(column.array))
        texts = json_values(Typed(column.array.take(pa.array(present)), column.is_json))
        yield start + present, np.full(len(present), code_of[name]), texts
