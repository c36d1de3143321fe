"""A small message that becomes huge is a dead letter, and costs little more memory than any message."""

import json
import subprocess
import sys

import pyarrow as pa
import pytest

from streams.core.events.arrow_sizes import at_most_bytes, declared_bytes, plain_bytes, row_bytes
from tests.core.events.bombs import BOMBS, stream
from tests.core.events.chunks import decode

_GROWS_AT_MOST_MIB = 500


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_itself_alone_and_little_memory(name: str) -> None:
    bomb = BOMBS[name]()
    assert len(bomb) < 2_000_000

    done = subprocess.run(
        [sys.executable, "-m", "tests.core.events.bombs", name], input=bomb, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr.decode()[-2_000:]
    for found in json.loads(done.stdout):
        assert found["good"] == 2, found
        assert len(found["reasons"]) == 1, found
        assert found["grew_mib"] < _GROWS_AT_MOST_MIB, found


def test_the_reason_names_the_size_the_bound_and_the_setting() -> None:
    (refused,) = decode([BOMBS["zstd buffer"]()]).rejects

    assert "becomes 300" in refused.reason
    assert "at most 67108864 (or raise limits.max_decoded_bytes)" in refused.reason


TABLE = pa.table(
    {
        "numbers": pa.array(range(1_000)),
        "texts": pa.array(["abc"] * 1_000),
        "lists": pa.array([[1, 2, 3]] * 1_000),
        "coded": pa.array(["x" * 100] * 1_000).dictionary_encode(),
    }
)


@pytest.mark.parametrize("compression", [None, "zstd", "lz4"])
def test_what_a_stream_declares_is_told_from_its_metadata(compression: str | None) -> None:
    sent = stream(TABLE, compression)

    assert TABLE.nbytes <= declared_bytes(sent) <= 3 * TABLE.nbytes
    assert plain_bytes(TABLE) == 100_000
    assert at_most_bytes(sent) >= plain_bytes(TABLE)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array(["a", "", None, "bcd"]), [1, 0, 0, 3]),
        (pa.array(["a", "bb" * 30, None], pa.string_view()), [1, 60, 0]),
        (pa.array(["a", "bb", "a", None]).dictionary_encode(), [1, 2, 1, 0]),
        (pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array(["a", "bcd"])), [1, 1, 3]),
        (pa.array([[1, 2], [], None]), [16, 0, 0]),
        (pa.array([["a"], ["bb", "c"]]), [1, 3]),
        (pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int64())), [9, 0]),
        (pa.array([[1, 2], [3, 4]], pa.list_(pa.int64(), 2)), [16, 16]),
        (pa.array([{"a": 1, "b": "xy"}]), [11]),
        (pa.ListViewArray.from_arrays([0, 0], [2, 1], pa.array(["a", "bb"])), [3, 1]),
    ],
    ids=lambda given: str(getattr(given, "type", "")),
)
def test_bytes_of_rows_are_those_of_their_own_values(array: pa.Array, expected: list[int]) -> None:
    assert row_bytes(array).tolist() == expected
    assert row_bytes(array.slice(1)).tolist() == expected[1:]


def test_metadata_that_points_out_of_its_message_is_malformed() -> None:
    whole = bytearray(stream(TABLE))
    for at in range(8, 400, 4):
        damaged = bytes(whole[:at]) + b"\xff\xff\xff\x7f" + bytes(whole[at + 4 :])
        found = decode([damaged])
        assert len(found.block.ids) + len(found.rejects) >= 1
