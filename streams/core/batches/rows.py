"""From the segments of a window to one table: payloads parsed, rows in order.

The order is that of slot time, source partition, offset and position within the message: it depends neither on how
rows were divided into segments, nor on the order in which segments came. Where a plan asks for the order of arrival,
rows stand as they do in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from streams.core.events.arrays import one_array
from streams.core.events.encoding import Encoding
from streams.core.events.parse import PayloadParserState
from streams.core.events.parsed import ParsedEvents, flat_rows
from streams.core.events.typed import Typed
from streams.core.segments import CONCEPTS, Segment
from streams.core.windows.plan import MOST_CELLS

KEY = ("slot_time", "partition", "offset", "index")
_STAMP = pa.timestamp("ms", tz="UTC")
OWN = ("partition", "offset", "index", "slot_time", "late", "id_hash")

_Parse = Callable[[pa.Table], ParsedEvents]
_Group = tuple[Encoding, list[tuple[NDArray[np.int64], pa.RecordBatch]]]  # batches, and their rows' places in the log


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be in a batch: where its event stands in the source, its payload (a row of `payloads`), and
    why.
    """

    partition: int
    offset: int
    index: int
    encoding: Encoding
    payloads: pa.Array
    error: Exception

    def event(self) -> bytes:
        """The event alone, in its encoding: from Arrow an IPC stream of one row."""
        if self.encoding.kind != "arrow":
            return bytes(self.payloads[0].as_py())
        batch = pa.RecordBatch.from_struct_array(self.payloads)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        return bytes(sink.getvalue())


@dataclass(frozen=True, slots=True)
class BatchRows:
    """Every row that can be parsed, with all its columns, in order; and the others, in the order of their places.

    `other_columns` counts the values that are in the map column of that name, by column (see `FlatRows`).
    """

    table: pa.Table | None
    other_columns: Mapping[str, int]
    refused: tuple[RefusedRow, ...]


def batch_rows(
    segments: Sequence[Segment],
    most_cells: int = MOST_CELLS,
    *,
    by_arrival: bool = False,
    parser: PayloadParserState | None = None,
) -> BatchRows:
    """Parse the rows of one or more segments, which come in the order of the log.

    Beside what `flat_rows` yields: id, time, record_time, partition, offset, index; and, for whoever cuts the table,
    slot_time, late and id_hash. Whatever a row provokes costs that row alone, and what rows of one encoding provoke
    together costs these. Who makes many batches gives a `parser` to use again.
    """
    refused: list[RefusedRow] = []
    read: list[_Parsed] = []
    for encoding, parts in _groups(segments):
        rows = pa.Table.from_batches([batch for _, batch in parts]).combine_chunks()
        parsed, whys = _parsed(
            partial(_content, parser or PayloadParserState(), encoding),
            rows,
            np.concatenate([place for place, _ in parts]),
        )
        refused += [refused_row(encoding, rows, row, why) for row, why in whys.items()]
        read += [parsed] if parsed.rows.num_rows else []
    refused.sort(key=lambda each: (each.partition, each.offset, each.index))
    if not read:
        return BatchRows(None, {}, tuple(refused))
    content = flat_rows([each.content for each in read], most_cells)
    keys = pa.concat_tables([_keys(each.rows) for each in read])
    schema = pa.schema([*keys.schema, *content.table.schema])
    table = pa.table([*keys.columns, *content.table.columns], schema=schema)
    places = np.concatenate([each.places for each in read])
    table = table.take(np.argsort(places) if by_arrival else _by_key(keys)).combine_chunks()
    return BatchRows(table, content.others, tuple(refused))


def refused_segments(segments: Sequence[Segment], error: Exception) -> tuple[RefusedRow, ...]:
    """Every row of segments, refused for one reason."""
    rows = ((each.encoding, pa.Table.from_batches([each.batch])) for each in segments)
    refused = [refused_row(encoding, table, row, error) for encoding, table in rows for row in range(len(table))]
    return tuple(sorted(refused, key=lambda each: (each.partition, each.offset, each.index)))


def refused_row(encoding: Encoding, rows: pa.Table, row: int, error: Exception) -> RefusedRow:
    """A row of a segment, refused."""
    partition, offset, index = (rows[name][row].as_py() for name in ("partition", "offset", "index"))
    return RefusedRow(partition, offset, index, encoding, one_array(rows["payload"])[row : row + 1], error)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """Rows of one encoding, their places in the log, and what they say."""

    rows: pa.Table
    places: NDArray[np.int64]
    content: ParsedEvents


def _parsed(parse: _Parse, rows: pa.Table, places: NDArray[np.int64]) -> tuple[_Parsed, Mapping[int, Exception]]:
    """Parse rows together; where that fails, without those that fail alone, each with its error."""
    try:
        return _Parsed(rows, places, parse(rows)), {}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a hostile event provokes
        whys = dict(_failing(parse, rows, _by_key(_keys(rows)).to_numpy(), error))
    left = np.setdiff1d(np.arange(len(rows)), list(whys))
    chosen = rows.take(pa.array(left)).combine_chunks()
    try:
        return _Parsed(chosen, places[left], parse(chosen)), whys
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - what they provoke together
        nothing = rows.slice(0, 0).combine_chunks()
        return _Parsed(nothing, places[:0], ParsedEvents(0, {})), whys | dict.fromkeys(left.tolist(), error)


def _failing(
    parse: _Parse, rows: pa.Table, places: NDArray[np.int64], error: Exception
) -> Iterator[tuple[int, Exception]]:
    """Which rows, of some that fail with `error` together, fail alone: halved until one is left."""
    if len(places) == 1:
        yield int(places[0]), error
        return
    for half in np.array_split(places, 2):
        try:
            parse(rows.take(pa.array(half)).combine_chunks())
        except MemoryError:
            raise
        except Exception as found:  # noqa: BLE001 - whatever a hostile event provokes
            yield from _failing(parse, rows, half, found)


def _by_key(keys: pa.Table) -> pa.Array:
    return pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in KEY])


def _groups(segments: Sequence[Segment]) -> list[_Group]:
    """Rows that can be parsed together: of one encoding and one Arrow schema, which also tells rewritten
    concepts apart.
    """
    groups: dict[tuple[str, str, str], _Group] = {}
    first = 0
    for segment in segments:
        batch = segment.batch.replace_schema_metadata()
        encoding = segment.encoding
        key = (encoding.kind, encoding.schema, str(batch.schema))
        groups.setdefault(key, (encoding, []))[1].append((np.arange(first, first + len(batch)), batch))
        first += len(batch)
    return [groups[key] for key in sorted(groups)]


def _content(parser: PayloadParserState, encoding: Encoding, rows: pa.Table) -> ParsedEvents:
    content = parser.parse(one_array(rows["payload"]), encoding)
    if "concepts" not in rows.column_names:
        return content
    rewritten = Typed(one_array(rows["concepts"]).cast(CONCEPTS))
    return replace(content, columns={**content.columns, "concepts": rewritten})


def _keys(rows: pa.Table) -> pa.Table:
    return pa.table(
        {
            "id": rows["id"],
            "time": rows["event_time"].cast(_STAMP),
            "record_time": rows["record_time"].cast(_STAMP),
            **{name: rows[name] for name in OWN},
        }
    )
