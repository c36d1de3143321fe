import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.reports.batch_columns import report_table

CONCEPTS = pa.list_(pa.struct([("id", pa.string()), ("name", pa.string()), ("value", pa.float64())]))
WHERE = {"id": ["e1"], "time": [0], "partition": [0], "offset": [7], "index": [0], "model.id": ["m"], "caller": ["c"]}


def _names(columns: dict[str, list[object]]) -> list[str]:
    names: list[str] = report_table(pa.table(columns)).column_names
    return names


def _with_concepts(rows: pa.ChunkedArray) -> pa.Table:
    places = pa.array(range(len(rows)))
    return report_table(pa.table({"partition": places, "offset": places, "index": places, "concepts": rows}))


def test_features_get_their_own_names_and_where_a_row_comes_from_is_left_out() -> None:
    batch = {**WHERE, "features.age": [3], "prediction": [1.0], "metadata.country": ["de"], "input.data": ["x"]}
    assert _names(batch) == ["age", "prediction", "metadata.country", "input.data"]


def test_a_feature_that_would_hide_another_column_keeps_its_prefix() -> None:
    features = {"features.prediction": [1], "features.metadata.x": [1], "features.confidence": [0.5]}
    assert _names({**WHERE, **features}) == ["features.prediction", "features.metadata.x", "confidence"]


def test_a_table_that_is_no_batch_keeps_its_columns() -> None:
    assert _names({"id": [1], "age": [3], "features.age": [4]}) == ["id", "age", "features.age"]


def test_a_reference_may_name_its_columns_as_batches_do() -> None:
    features = {"features.age": [3], "metadata.country": ["de"], "prediction": [1], "features.prediction": [2]}
    assert _names({**WHERE, **features}) == _names(features)
    assert _names(features) == ["age", "metadata.country", "prediction", "features.prediction"]


def test_nested_columns_and_json_texts_are_left_out_and_rows_stay_counted() -> None:
    nested = [
        pa.field("features.basket", pa.string(), metadata={"json": "true"}),
        pa.field("metadata.x", pa.list_(pa.int8())),
    ]
    places = [pa.field(name, pa.int64()) for name in ("partition", "offset", "index")]
    batch = pa.table([[1, 2], [1, 2], [1, 2], ["{}", "{}"], [[1], []]], schema=pa.schema([*places, *nested]))
    left = report_table(batch)
    assert (left.column_names, left.num_rows) == ([], 2)


@pytest.mark.parametrize("split", [0, 1])
def test_concepts_become_the_strongest_ones_id_or_name_and_its_value(split: int) -> None:
    rows = [
        [{"id": "cat", "name": "Cat", "value": 0.2}, {"id": None, "name": "Dog", "value": 0.7}],
        None,
        [],
        [{"id": "a", "name": None, "value": 0.5}, {"id": "b", "name": None, "value": 0.5}],
    ]
    seen = _with_concepts(pa.chunked_array([pa.array(rows[:split], CONCEPTS), pa.array(rows, CONCEPTS).slice(split)]))
    assert seen.column("top_concept").to_pylist() == ["Dog", None, None, "a"]
    assert seen.column("confidence").to_pylist() == [0.7, None, None, 0.5]


def test_a_feature_called_like_a_concepts_column_takes_the_name() -> None:
    concepts = pa.array([[{"id": "a", "name": None, "value": 0.5}]], CONCEPTS)
    batch = pa.table({**WHERE, "features.confidence": [0.9], "concepts": concepts})
    seen = report_table(batch)
    assert seen.to_pylist() == [{"confidence": 0.9, "top_concept": "a"}]


@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=4), min_size=1))
def test_the_strongest_concept_is_the_first_maximum_of_each_row(rows: list[list[float]]) -> None:
    concepts = [[{"id": str(n), "name": None, "value": value} for n, value in enumerate(row)] for row in rows]
    seen = _with_concepts(pa.chunked_array([pa.array(concepts, CONCEPTS)]))
    assert seen.column("confidence").to_pylist() == [max(row) for row in rows]
    assert seen.column("top_concept").to_pylist() == [str(row.index(max(row))) for row in rows]
