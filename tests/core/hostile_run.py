"""A run over hostile inputs of one kind, as a program: `python -m tests.core.hostile_run KIND COUNT SEED`.

It ends with an error at the first input that is not accounted for, and prints what became of all and its peak memory.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from streams.core.batches.build import build_batch
from streams.core.events.decode import Decoder
from streams.core.events.limits import Limits
from streams.core.events.local_schemas import LocalSchemas
from streams.core.events.projection import Projection
from streams.core.events.rejects import Reject
from streams.core.labels.decode import LabelDecoder
from streams.core.labels.join import join_labels
from streams.core.reports.batch_columns import report_dataset
from streams.core.reports.config import ReportConfig
from streams.core.reports.report import compute_report
from streams.core.snapshots import BatchFacts
from streams.stages.report_process import ReporterState, ReportJob
from streams.stores.locations import open_objects
from tests.core.batches.closed_windows import collector_of, segments_of, table_in, window_of
from tests.core.events.chunks import SCHEMA, chunk
from tests.core.events.test_keys import HOSTILE
from tests.core.hostile_messages import NOTHING_BUT_COUNTS, Message, array, messages
from tests.stages.batches_in_store import place_of, put_batch

AT_ONCE = {"keys": 100, "wide": 500, "bombs": 1, "labels": 1}
KINDS = (*AT_ONCE, "references")
GOOD: Message = (b'{"id":"good","model":{"id":"m"},"target":1}', None)
ASKED = Projection(concepts=True, input_text=True, metadata=frozenset(HOSTILE[:40]), features=frozenset(HOSTILE[-40:]))
IDS = pa.chunked_array([[f"e{number}" for number in range(50)] + HOSTILE])
SCHEMAS = LocalSchemas([SCHEMA, NOTHING_BUT_COUNTS])
LARGEST_SEGMENT = 64 << 20


def run(kind: str, count: int, seed: int) -> Counter[str]:
    """How many inputs became what."""
    if kind == "references":
        return references(count, seed)
    made, tally, decoders = islice(messages(kind, seed), count), Counter[str](), (Decoder(), LabelDecoder())
    while some := list(islice(made, AT_ONCE[kind])):
        if kind != "labels":
            tally += events_of([GOOD, *some, GOOD], decoders[0], report=kind == "keys")
        if kind in ("labels", "bombs"):
            tally += labels_of([GOOD, *some, GOOD], decoders[1])
    return tally


def events_of(given: Sequence[Message], decoder: Decoder, *, report: bool) -> Counter[str]:
    """Through collect, the close of a window and, where asked for, a report on its batch."""
    found = decoder.decode(chunk(*map(list, zip(*given, strict=True))), ASKED, SCHEMAS, Limits())
    assert_accounted(given, found.block.offsets, found.rejects)
    collector = collector_of()
    batch = build_batch(window_of(collector, segments_of(collector, found.block, LARGEST_SEGMENT)))
    manifest = batch.manifest
    assert manifest.rows + manifest.late_rows + sum(manifest.dropped.values()) == len(found.block)
    assert all(str(row.error) for row in batch.refused)
    if report and (rows := table_in(batch)) is not None:
        compute_report(report_dataset(rows), None, ReportConfig(metrics=None))
    unprocessable = {f"unprocessable: {type(row.error).__name__}": 1 for row in batch.refused}
    return Counter({"events": len(found.block), "dead letters": len(found.rejects), **unprocessable})


def labels_of(given: Sequence[Message], decoder: LabelDecoder) -> Counter[str]:
    """Through decoding and the join to rows of a batch."""
    found = decoder.decode(chunk(*map(list, zip(*given, strict=True))), SCHEMAS, Limits())
    assert_accounted(given, found.table["offset"].to_numpy(), found.rejects)
    joined = join_labels(IDS, found.table)
    assert len(joined.targets) == joined.used.labelled
    return Counter({"labels": found.table.num_rows, "refused labels": len(found.rejects)})


def assert_accounted(given: Sequence[Message], offsets: np.ndarray, rejects: Sequence[Reject]) -> None:
    """Each message is taken or refused, with a reason; the good ones are taken. One of no events says nothing."""
    seen = set((offsets - 100).tolist()) | {one.message for one in rejects}
    assert {0, len(given) - 1} <= set((offsets - 100).tolist())
    lost = [given[row] for row in set(range(len(given))) - seen if not holds_nothing(given[row])]
    assert not lost, lost[0]
    assert all(one.reason for one in rejects)


def holds_nothing(message: Message) -> bool:
    """An empty array, or a stream without rows: no event is in it."""
    value, headers = message
    if value[:4] == b"\xff\xff\xff\xff":
        with pa.ipc.open_stream(value) as opened:
            return opened.read_all().num_rows == 0
    return headers is None and value.strip() == b"[]"


def references(count: int, seed: int) -> Counter[str]:
    """Reference files, each compared with one batch: a report, or a snapshot that says why there is none."""
    chance, tally = Random(f"references {seed}"), Counter[str]()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        rows = pa.table({"a": np.arange(50) / 7, "b": ["x", "y"] * 25, "c": [True, False] * 25, "": range(50)})
        batch = put_batch(open_objects(place), 0, rows)
        facts = BatchFacts(collector_id="hourly", batch_id=batch.batch_id, rows=batch.rows)
        assert batch.rows_object is not None
        job = ReportJob(facts, batch.rows_object.key, ReportConfig(metrics=None), "reference", place_of(batch))
        for content in islice(reference_files(chance), count):
            (folder / "reference").write_bytes(content)
            made = ReporterState(place, None, folder).compute(job)
            snapshot = made.snapshot
            assert made.page
            assert snapshot.to_json_bytes()
            assert snapshot.report is not None or snapshot.error
            tally["reports" if snapshot.report else f"refused: {(snapshot.error or '')[:60]}"] += 1
    return tally


def reference_files(chance: Random) -> Iterator[bytes]:
    """Parquet and CSV, with hostile names, types and sizes."""
    while True:
        names = [chance.choice(("a", "b", "c", "", "features.a", *HOSTILE)) for _ in range(chance.choice((0, 1, 3, 6)))]
        count = chance.choice((0, 1, 2, 50, 90_000))
        columns = [array(chance, count, chance.choice((0, 1, 2))) for _ in names]
        sink = io.BytesIO()
        try:
            if chance.random() < 0.6:
                parquet.write_table(pa.table(columns, names), sink, compression=chance.choice(("none", "zstd")))
            else:
                csv.write_csv(pa.table(columns, names), sink)
        except (pa.ArrowException, OSError, NotImplementedError, UnicodeError):
            sink = io.BytesIO("\n".join([",".join(names)] * 3).encode())
        value = bytearray(sink.getvalue())
        if value and chance.random() < 0.2:
            value[chance.randrange(len(value))] = chance.randrange(256)
        yield bytes(value)


def main() -> None:
    kind, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    tally = run(kind, count, seed)
    json.dump({"became": tally, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}, sys.stdout)


if __name__ == "__main__":
    main()
