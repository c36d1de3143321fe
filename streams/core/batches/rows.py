"""From the segments of a window to one table: payloads parsed, rows in order.

The order is that of slot time, source partition, offset and position within the message: it depends neither on how
rows were divided into segments, nor on the order in which segments came. Where a plan asks for the order of arrival,
rows stand as they do in the log.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from streams.core.events.encoding import Encoding
from streams.core.events.parse import merge_tables, parse_payloads
from streams.core.segments import CONCEPTS, Segment

KEY = ("slot_time", "partition", "offset", "index")
_STAMP = pa.timestamp("ms", tz="UTC")
OWN = ("partition", "offset", "index", "slot_time", "late", "id_hash")

_Group = tuple[Encoding, list[tuple[NDArray[np.int64], pa.RecordBatch]]]  # batches, and their rows' places in the log


def table_of(segments: Sequence[Segment], *, by_arrival: bool = False) -> pa.Table:
    """Every row of one or more segments with all its columns, in order.

    `segments` come in the order of the log. Beside what `parse_payloads` yields: id, time, record_time, partition,
    offset, index; and, for whoever cuts the table, slot_time, late and id_hash.
    """
    groups = _groups(segments)
    tables = [pa.Table.from_batches([batch for _, batch in rows]).combine_chunks() for _, rows in groups]
    content = merge_tables([_content(encoding, table) for (encoding, _), table in zip(groups, tables, strict=True)])
    keys = pa.concat_tables([_keys(table) for table in tables])
    table = pa.table([*keys.columns, *content.columns], schema=pa.schema([*keys.schema, *content.schema]))
    places = np.concatenate([place for _, rows in groups for place, _ in rows])
    return table.take(np.argsort(places) if by_arrival else _by_key(keys)).combine_chunks()


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


def _content(encoding: Encoding, rows: pa.Table) -> pa.Table:
    content = parse_payloads(rows["payload"].combine_chunks(), encoding)
    if "concepts" not in rows.column_names:
        return content
    rewritten = pa.field("concepts", CONCEPTS)
    place = content.column_names.index("concepts") if "concepts" in content.column_names else content.num_columns
    without = content.drop_columns(["concepts"]) if "concepts" in content.column_names else content
    return without.add_column(place, rewritten, rows["concepts"])


def _keys(rows: pa.Table) -> pa.Table:
    return pa.table(
        {
            "id": rows["id"],
            "time": rows["event_time"].cast(_STAMP),
            "record_time": rows["record_time"].cast(_STAMP),
            **{name: rows[name] for name in OWN},
        }
    )
