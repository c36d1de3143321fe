from pathlib import Path

import pyarrow as pa
import pytest

from streams.stores.locations import open_objects
from streams.stores.objects import ObjectStore
from streams.stores.past_batches import hash_of, past_batches, rows_of
from streams.stores.references import ReferenceUnusableError
from tests.stages.batches_in_store import place_of, put_batch


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_objects(str(tmp_path))


def _rows(*values: float) -> pa.Table:
    return pa.table({"x": pa.array(values)})


def test_the_latest_windows_before_a_batch_are_found_latest_first(store: ObjectStore) -> None:
    earlier = [put_batch(store, hour, _rows(hour)) for hour in range(4)]
    own = put_batch(store, 4, _rows(4.0))
    put_batch(store, 5, _rows(5.0))
    assert past_batches(store, place_of(own), 1) == (earlier[3],)
    assert past_batches(store, place_of(own), 3) == (earlier[3], earlier[2], earlier[1])
    assert len(past_batches(store, place_of(own), 9)) == 4
    assert past_batches(store, place_of(earlier[0]), 1) == ()


def test_batches_without_rows_and_of_other_configurations_are_passed_over(store: ObjectStore) -> None:
    first = put_batch(store, 0, _rows(1.0))
    put_batch(store, 1, None)
    put_batch(store, 2, _rows(2.0), config="c2")
    assert past_batches(store, place_of(put_batch(store, 3, _rows(3.0))), 1) == (first,)


def test_batches_of_one_start_go_by_their_number(store: ObjectStore) -> None:
    numbered = [put_batch(store, 0, _rows(number), sequence=number) for number in range(12)]
    assert past_batches(store, place_of(numbered[10]), 2) == (numbered[9], numbered[8])


def test_a_later_batch_changes_nothing_and_other_rows_change_the_hash(store: ObjectStore) -> None:
    put_batch(store, 0, _rows(1.0))
    own = put_batch(store, 1, _rows(2.0))
    before = hash_of(past_batches(store, place_of(own), 1))
    put_batch(store, 2, _rows(3.0))
    assert hash_of(past_batches(store, place_of(own), 1)) == before
    put_batch(store, 0, _rows(9.0))
    assert hash_of(past_batches(store, place_of(own), 1)) != before


def test_rows_of_several_batches_are_one_table(store: ObjectStore) -> None:
    found = [put_batch(store, 0, _rows(1.0)), put_batch(store, 1, pa.table({"x": [2], "y": ["a"]}))]
    table = rows_of(store, found)
    assert table.to_pydict() == {"x": [1.0, 2.0], "y": [None, "a"]}


def _json(*texts: str | None) -> pa.Table:
    return pa.table([texts], schema=pa.schema([pa.field("x", pa.string(), metadata={"json": "true"})]))


@pytest.mark.parametrize(
    ("one", "other", "texts"),
    [
        (_rows(1.0), pa.table({"x": ["a"]}), ["1.0", '"a"']),
        (_rows(1.0), _json('"N/A"', "2", None), ["1.0", '"N/A"', "2", None]),
        (pa.table({"x": ["a"]}), _json("[1]"), ['"a"', "[1]"]),
        (pa.table({"x": [True]}), _rows(0.5), ["true", "0.5"]),
        (pa.table({"x": pa.nulls(1)}), _json("1"), [None, "1"]),
        (pa.table({"y": [1]}), _json("1"), [None, "1"]),
        (_json("1"), pa.table({"y": [1]}), ["1", None]),
    ],
)
def test_a_column_of_several_types_is_one_of_json_texts_as_in_one_batch(
    store: ObjectStore, one: pa.Table, other: pa.Table, texts: list[str | None]
) -> None:
    table = rows_of(store, [put_batch(store, 0, one), put_batch(store, 1, other)])
    assert table["x"].to_pylist() == texts
    assert table.schema.field("x").metadata == {b"json": b"true"}


def test_lists_and_single_values_do_not_fit_together(store: ObjectStore) -> None:
    found = [put_batch(store, 0, _rows(1.0)), put_batch(store, 1, pa.table({"x": [["a"]]}))]
    with pytest.raises(ReferenceUnusableError, match="the last 2 batches do not fit together"):
        rows_of(store, found)
