"""From the segments of a window to one table: payloads parsed, rows in order.

The order is that of slot time, source partition, offset and position within the message. It does not depend
on how the rows were
divided into segments, nor on the order in which segments came.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from streams.core.events.encoding import Encoding
from streams.core.events.parse import merge_tables, parse_payloads
from streams.core.segments import CONCEPTS, Segment

KEY = ("slot_time", "partition", "offset", "index")
_STAMP = pa.timestamp("ms", tz="UTC")
OWN = ("partition", "offset", "index", "slot_time", "late", "id_hash")


def table_of(segments: Sequence[Segment]) -> pa.Table:
    """Every row of one or more segments with all its columns, in order.

    Beside what `parse_payloads` yields: id, time, record_time, partition, offset, index; and, for whoever
    cuts the table,
    slot_time, late and id_hash.
    """
    groups = [(encoding, pa.Table.from_batches(batches).combine_chunks()) for encoding, batches in _groups(segments)]
    content = merge_tables([_content(encoding, rows) for encoding, rows in groups])
    keys = pa.concat_tables([_keys(rows) for _, rows in groups])
    table = pa.table([*keys.columns, *content.columns], schema=pa.schema([*keys.schema, *content.schema]))
    order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in KEY])
    return table.take(order).combine_chunks()


def _groups(segments: Sequence[Segment]) -> list[tuple[Encoding, list[pa.RecordBatch]]]:
    """Rows that can be parsed together: of one encoding and one Arrow schema, which also tells rewritten
    concepts apart.
    """
    groups: dict[tuple[str, str, str], tuple[Encoding, list[pa.RecordBatch]]] = {}
    for segment in segments:
        batch = segment.batch.replace_schema_metadata()
        encoding = segment.encoding
        key = (encoding.kind, encoding.schema, str(batch.schema))
        groups.setdefault(key, (encoding, []))[1].append(batch)
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
