"""Small messages that become huge. As a program: decodes one, prints what came of it and its memory."""

import gzip
import json
import resource
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

from streams.core.events.decode import Decoded, Decoder
from streams.core.events.limits import Limits
from streams.core.events.local_schemas import LocalSchemas
from streams.core.labels.decode import LabelDecoder
from tests.core.events.chunks import EVERYTHING, SCHEMA, chunk

LONG = "x" * 20_000
ROWS = 90_000


def stream(table: pa.Table, compression: str | None = "zstd") -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def columns(**more: pa.Array) -> pa.Table:
    rows = len(next(iter(more.values())))
    model = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int8)), pa.array(["m"]))
    return pa.table({"model.id": model, **more})


def zeros(rows: int) -> pa.Array:
    return pa.array(np.zeros(rows, np.int8))


def dictionary() -> bytes:
    return stream(columns(big=pa.DictionaryArray.from_arrays(zeros(ROWS), pa.array([LONG]))))


def nested_dictionary() -> bytes:
    inner = pa.DictionaryArray.from_arrays(zeros(ROWS), pa.array([LONG]))
    return stream(columns(big=pa.StructArray.from_arrays([inner], ["deep"])))


def run_ends() -> bytes:
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([ROWS], pa.int32()), pa.array([LONG]))
    return stream(columns(big=runs), None)


def views() -> bytes:
    one = pa.array([LONG], pa.string_view())
    shared = pa.Array.from_buffers(
        pa.string_view(), ROWS, [None, pa.py_buffer(one.buffers()[1].to_pybytes()[:16] * ROWS), one.buffers()[2]]
    )
    return stream(columns(big=shared))


def list_views() -> bytes:
    same = pa.array(np.zeros(ROWS, np.int32))
    items = pa.array(np.zeros(5_000, np.int64))
    return stream(columns(big=pa.ListViewArray.from_arrays(same, pa.array(np.full(ROWS, 5_000, np.int32)), items)))


def compressed_buffer(compression: str) -> Callable[[], bytes]:
    def made() -> bytes:
        return stream(columns(big=pa.array([b"\0" * 300_000_000])), compression)

    return made


def rows_without_bytes() -> bytes:
    return stream(pa.table({"model.id": pa.nulls(2**30)}), None)


def lists_without_bytes() -> bytes:
    return stream(columns(big=pa.FixedSizeListArray.from_arrays(pa.nulls(2**30), 2**30)), None)


def attributes_repeated() -> bytes:
    event = {
        "specversion": "1.0",
        "id": "e",
        "source": "s",
        "type": "t",
        "subject": "x" * 400_000,
        "data": [{}] * 90_000,
    }
    return json.dumps(event).encode()


def many_in_an_array() -> bytes:
    return b"[" + b",".join([b"{}"] * 300_000) + b"]"


def gzipped() -> bytes:
    return gzip.compress(b'{"model":{"id":"' + b"m" * 100_000_000 + b'"}}')


BOMBS: dict[str, Callable[[], bytes]] = {
    "dictionary": dictionary,
    "nested dictionary": nested_dictionary,
    "run ends": run_ends,
    "views": views,
    "list views": list_views,
    "zstd buffer": compressed_buffer("zstd"),
    "lz4 buffer": compressed_buffer("lz4"),
    "rows without bytes": rows_without_bytes,
    "lists without bytes": lists_without_bytes,
    "attributes repeated": attributes_repeated,
    "many in an array": many_in_an_array,
    "gzip": gzipped,
}
HEADERS = {"attributes repeated": [("content-type", b"application/cloudevents+json")]}


def peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def decoded(name: str, bomb: bytes) -> Iterator[dict[str, object]]:
    good = b'{"id":"good","model":{"id":"m"},"target":1}'
    raw, schemas = chunk([good, bomb, good], [None, HEADERS.get(name), None]), LocalSchemas([SCHEMA])
    before = peak_mib()
    events: Decoded = Decoder().decode(raw, EVERYTHING, schemas, Limits())
    yield said("events", len(events.block.ids), events.rejects, before)
    labels = LabelDecoder().decode(raw, schemas, Limits())
    yield said("labels", labels.table.num_rows, labels.rejects, before)


def said(kind: str, good: int, rejects: tuple[object, ...], before: int) -> dict[str, object]:
    reasons = [getattr(each, "reason", "") for each in rejects]
    return {"kind": kind, "good": good, "reasons": reasons, "grew_mib": peak_mib() - before}


if __name__ == "__main__":
    name = sys.argv[1]
    bomb = sys.stdin.buffer.read()
    json.dump(list(decoded(name, bomb)), sys.stdout)
