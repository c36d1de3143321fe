"""The S3 server of the tests behaves as S3 does where streams relies on it."""

import os
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow.fs import FileSelector, FileType

from tests.servers.s3 import S3Bucket

pytestmark = pytest.mark.s3


def test_parquet_written_to_a_bucket_is_read_back(s3: S3Bucket) -> None:
    table = pa.table({"row": range(1000)})
    files = s3.server.filesystem()
    pq.write_table(table, f"{s3.name}/deep/down/rows.parquet", filesystem=files)
    assert pq.read_table(f"{s3.name}/deep/down/rows.parquet", filesystem=files) == table


def test_an_upload_in_parts_is_one_object_and_can_be_deleted(s3: S3Bucket) -> None:
    files, content = s3.server.filesystem(), os.urandom(12 << 20)
    with files.open_output_stream(f"{s3.name}/large") as sink:
        for start in range(0, len(content), 1 << 20):
            sink.write(content[start : start + (1 << 20)])
    with files.open_input_file(f"{s3.name}/large") as source:
        assert source.read() == content
    files.delete_file(f"{s3.name}/large")
    assert files.get_file_info(f"{s3.name}/large").type is FileType.NotFound


def test_each_test_has_a_bucket_to_itself(s3: S3Bucket) -> None:
    assert s3.server.filesystem().get_file_info(FileSelector(s3.name)) == []


def test_a_wrong_secret_is_refused_where_the_server_checks_signatures(s3: S3Bucket) -> None:
    server = replace(s3.server, secret_key="guessed")
    refused = False
    try:
        server.filesystem().open_output_stream(f"{s3.name}/mine").close()
    except OSError:
        refused = True
    assert refused is server.checks_signatures
