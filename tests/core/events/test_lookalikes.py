"""A reason says what a message is, not what it would be if it were something else."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import struct
import zipfile
import zlib

import fastavro
import pyarrow as pa
import pytest
from pyarrow import orc, parquet

from streams.core.events.messages import Headers
from tests.core.events.chunks import avro, decode
from tests.core.events.test_cloudevents import ATTRIBUTES
from tests.core.events.test_refusals import LINES

EVENT = {"id": "a", "model": {"id": "m"}, "features": {"f": 1.5}}
JSON = json.dumps(EVENT).encode()
TABLE = pa.table({"model.id": ["m"]})
AVRO: Headers = [("content-type", b"application/avro")]
RECORD = {"type": "record", "name": "r", "fields": [{"name": "x", "type": "long"}]}


def container() -> bytes:
    out = io.BytesIO()
    fastavro.writer(out, RECORD, [{"x": 1}])
    return out.getvalue()


def written_by(write: object) -> bytes:
    out = io.BytesIO()
    write(TABLE, out)  # type: ignore[operator]
    return out.getvalue()


def arrow_file() -> bytes:
    out = io.BytesIO()
    with pa.ipc.new_file(out, TABLE.schema) as file:
        file.write_table(TABLE)
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("events.json", JSON)
    return out.getvalue()


def compressed(codec: str) -> bytes:
    return bytes(pa.compress(JSON, codec, asbytes=True))


FRAME = b"\0" + struct.pack(">I", 7)
# message index [0], then field 1 = "a", field 2 = 1.5 (a double), field 3 = 300
PROTOBUF = b"\0" + b"\x0a\x01a" + b"\x11" + struct.pack("<d", 1.5) + b"\x18\xac\x02"
NESTED_PROTOBUF = b"\x04\x02\x00" + PROTOBUF[1:]
NAMED = {
    "gzip": (gzip.compress(JSON), ["gzip", "compression.type"]),
    "zstd": (compressed("zstd"), ["Zstandard", "compression.type"]),
    "lz4": (compressed("lz4"), ["LZ4", "compression.type"]),
    "xerial snappy": (b"\x82SNAPPY\x00" + b"\0\0\0\1" * 2, ["Snappy", "compression.type"]),
    "zlib": (zlib.compress(JSON), ["zlib", "compression.type"]),
    "bzip2": (bz2.compress(JSON), ["bzip2", "compression.type"]),
    "xz": (lzma.compress(JSON), ["xz", "compression.type"]),
    "zip": (zipped(), ["ZIP"]),
    "avro container": (container(), ["Avro container file", "fingerprint"]),
    "parquet": (written_by(parquet.write_table), ["Parquet file", "Arrow stream"]),
    "orc": (written_by(orc.write_table), ["ORC file"]),
    "arrow file": (arrow_file(), ["Arrow file", "new_stream"]),
    "confluent json schema": (FRAME + JSON, ["Confluent's JSON Schema", "schema id 7", "without framing"]),
    "confluent json schema of an array": (FRAME + b"\n[" + JSON + b"]", ["Confluent's JSON Schema"]),
    "confluent protobuf": (FRAME + PROTOBUF, ["Confluent's Protobuf", "schema id 7", "Avro"]),
    "confluent protobuf of an inner message": (FRAME + NESTED_PROTOBUF, ["Confluent's Protobuf"]),
    "utf-16 with a mark": (JSON.decode().encode("utf-16"), ["UTF-16", "send UTF-8"]),
    "utf-16, big endian, with a mark": (b"\xfe\xff" + JSON.decode().encode("utf-16-be"), ["UTF-16", "send UTF-8"]),
    "utf-16, little endian": (JSON.decode().encode("utf-16-le"), ["UTF-16", "send UTF-8"]),
    "utf-16, big endian": (JSON.decode().encode("utf-16-be"), ["UTF-16", "send UTF-8"]),
    "utf-32": (JSON.decode().encode("utf-32"), ["UTF-32", "send UTF-8"]),
    "utf-32, little endian": (JSON.decode().encode("utf-32-le"), ["UTF-32", "send UTF-8"]),
    "utf-32, big endian": (JSON.decode().encode("utf-32-be"), ["UTF-32", "send UTF-8"]),
    "utf-8 with a mark": (b"\xef\xbb\xbf" + JSON, ["byte order mark of UTF-8", "without"]),
    "empty": (b"", ["empty (0 bytes)"]),
    "white space": (b" \r\n\t ", ["white space"]),
    "xml": (b"<event/>", ["XML", "send JSON"]),
    "half of a pair": (b'{"model": {"id": "\\ud83d"}}', ["\\ud83d", "half of a surrogate pair"]),
    "second half": (b'{"model": {"id": "m"}, "x": ["\\\\ud83d", "a\\udE00"]}', ["\\ude00", "half of a surrogate pair"]),
    "half of a pair as bytes": (b'{"model": {"id": "\xed\xa0\xbd"}}', ["byte 18", "0xed", "not UTF-8"]),
    "latin-1": ('{"model": {"id": "\u00fc"}}'.encode("latin-1"), ["0xfc", "not UTF-8"]),
    "cut off": (b'{"model": {"id": "m"', ["cut off after 20 bytes"]),
    "cut off in a text": (b'{"model": {"id": "m', ["cut off after 19 bytes"]),
    "cut off in a literal": (b'{"model": {"id": tr', ["cut off after 19 bytes"]),
    "cut off in a key": (b'{"model": {"i', ["cut off"]),
    "cut off after a comma": (b'{"a": 1,', ["cut off"]),
    "cut off in a letter": ('{"model": {"id": "\u00fc'.encode()[:-1], ["cut off after 19 bytes"]),
    "two values": (JSON + JSON, ["more follows", "application/x-ndjson", "array"]),
    "lines": (JSON + b"\n" + JSON, ["more follows", "application/x-ndjson"]),
    "python": (b"{'model': {'id': 'm'}}", ["double quotes", "character 1"]),
    "not a number before the fault": (b'{"a": NaN, "b" 1}', ["':' delimiter", "character 15"]),
    "twice": (json.dumps(JSON.decode()).encode(), ["encoded twice", "send the object"]),
    "cloudevent": (json.dumps(ATTRIBUTES | {"data": EVENT}).encode(), ["CloudEvent", "application/cloudevents+json"]),
    "connect": (json.dumps({"schema": {}, "payload": EVENT}).encode(), ["Connect", "schemas.enable=false"]),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_message_is_called_what_it_is_and_the_remedy_is_named(name: str) -> None:
    value, words = NAMED[name]
    decoded = decode([JSON, value, JSON])
    (refused,) = decoded.rejects
    assert refused.message == 1
    assert [word for word in words if word not in refused.reason] == []
    assert decoded.block.offsets.tolist() == [100, 102]


@pytest.mark.parametrize("name", ["gzip", "zstd", "avro container", "parquet", "utf-16 with a mark", "empty"])
@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/avro", "application/cloudevents+json", "application/octet-stream", "image/png"],
)
def test_it_is_called_so_whatever_its_headers_say(name: str, content_type: str) -> None:
    value, words = NAMED[name]
    (refused,) = decode([value], [[("content-type", content_type.encode())]]).rejects
    assert [word for word in words if word not in refused.reason] == []


def test_json_under_a_header_of_avro_is_called_json() -> None:
    (refused,) = decode([JSON], [AVRO]).rejects
    assert "the value is JSON" in refused.reason


def test_a_batch_of_cloudevents_without_its_content_type_is_told_of_it() -> None:
    (refused,) = decode([json.dumps([ATTRIBUTES | {"data": EVENT}] * 2).encode()]).rejects
    assert "application/cloudevents-batch+json" in refused.reason


def test_a_broken_line_among_lines_is_called_what_it_is() -> None:
    (refused,) = decode([JSON + b"\n" + gzip.compress(JSON).replace(b"\n", b"")], [LINES]).rejects
    assert "event 1: no JSON" in refused.reason


def test_unknown_bytes_are_called_nothing_in_particular() -> None:
    for value in (b"hello", base64.b64encode(JSON), b"\x93\1\2\3"):
        (refused,) = decode([value]).rejects
        assert "produce valid JSON" in refused.reason


def test_avro_that_does_not_fit_its_schema_is_still_called_avro() -> None:
    (refused,) = decode([avro(EVENT)[:-1]], [AVRO]).rejects
    assert refused.reason.startswith("Avro: ")
