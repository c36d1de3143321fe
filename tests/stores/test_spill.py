import gc
import os
import resource
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.stores.errors import StoreUnavailableError
from streams.stores.spill import SpillState


@given(st.lists(st.binary(max_size=300), max_size=40))
def test_what_is_kept_comes_back_whatever_comes_after_it(values: list[bytes]) -> None:
    spill = SpillState(file_bytes=512)
    kept = [spill.keep(value) for value in values]
    assert [view.to_pybytes() for view in kept] == values


def test_a_value_larger_than_a_file_gets_a_file_of_its_own() -> None:
    spill = SpillState(file_bytes=8)
    assert spill.keep(bytes(range(200))).to_pybytes() == bytes(range(200))


def test_arrow_reads_what_is_kept_without_copying_it() -> None:
    batch = pa.RecordBatch.from_pydict({"number": pa.array(range(100), pa.int64())})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    kept = SpillState().keep(sink.getvalue().to_pybytes())
    read = pa.ipc.open_stream(kept).read_next_batch()
    start = read.column(0).buffers()[1].address
    assert read.equals(batch)
    assert kept.address <= start < kept.address + kept.size


def test_a_file_is_gone_with_its_last_view_and_has_no_name_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spill = SpillState(file_bytes=100)
    first, second = spill.keep(b"a" * 90), spill.keep(b"b" * 90)
    assert (list(tmp_path.iterdir()), _mapped(tmp_path)) == ([], 2)
    del first
    spill.rest()
    gc.collect()
    assert (_mapped(tmp_path), second.to_pybytes()) == (1, b"b" * 90)


def test_views_are_whole_after_their_memory_was_given_back() -> None:
    spill = SpillState(file_bytes=4096)
    kept = [spill.keep(bytes([number]) * 1000) for number in range(20)]
    spill.rest()
    assert [view.to_pybytes() for view in kept] == [bytes([number]) * 1000 for number in range(20)]


def test_a_full_disk_is_an_unavailable_store_and_nothing_is_lost() -> None:
    spill = SpillState(file_bytes=1 << 20)
    before = spill.keep(b"x" * 1000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(StoreUnavailableError, match=r"free space there, or set TMPDIR"):
            spill.keep(b"y" * (2 << 20))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    after = spill.keep(b"y" * (2 << 20))
    assert (before.to_pybytes(), len(after)) == (b"x" * 1000, 2 << 20)


def _mapped(folder: Path) -> int:
    maps = Path(f"/proc/{os.getpid()}/maps").read_text().splitlines()
    return sum(str(folder) in line for line in maps)
