import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.reports.observed import observed_columns

CONCEPTS = pa.list_(pa.struct([("id", pa.string()), ("name", pa.string()), ("value", pa.float64())]))
WHERE = {"id": ["e1"], "time": [0], "partition": [0], "offset": [7], "model.id": ["m"], "caller": ["c"]}


def _names(**columns: list[object]) -> list[str]:
    names: list[str] = observed_columns(pa.table(columns)).column_names
    return names


def test_features_get_their_own_names_and_bookkeeping_is_left_out() -> None:
    batch = {**WHERE, "features.age": [3], "prediction": [1.0], "metadata.country": ["de"]}
    assert _names(**batch) == ["age", "prediction", "metadata.country"]


def test_a_feature_called_like_another_field_keeps_its_prefix_on_both_sides() -> None:
    assert _names(**WHERE, **{"features.prediction": [1], "prediction": [2]}) == ["features.prediction", "prediction"]
    assert _names(**{"features.prediction": [1]}) == ["features.prediction"]
    assert _names(**{"features.metadata.x": [1]}) == ["features.metadata.x"]


def test_a_reference_of_ones_own_stays_as_it_is() -> None:
    assert _names(id=[1], age=[3], time=[4]) == ["id", "age", "time"]
    assert _names(age=[3], **{"features.age": [4]}) == ["age", "features.age"]


def test_nested_json_is_left_out() -> None:
    fields = [pa.field(name, pa.int64()) for name in ("id", "time", "partition", "offset")]
    nested = pa.field("features.basket", pa.string(), metadata={"json": "true"})
    batch = pa.table([[1], [1], [1], [1], ["{}"]], schema=pa.schema([*fields, nested]))
    assert observed_columns(batch).column_names == []


@pytest.mark.parametrize("chunks", [1, 2])
def test_concepts_become_the_strongest_ones_id_or_name_and_its_value(chunks: int) -> None:
    rows = [
        [{"id": "cat", "name": "Cat", "value": 0.2}, {"id": None, "name": "Dog", "value": 0.7}],
        None,
        [],
        [{"id": "a", "name": None, "value": 0.5}, {"id": "b", "name": None, "value": 0.5}],
    ]
    parts = [pa.array(rows, CONCEPTS)] if chunks == 1 else [pa.array(rows[:1], CONCEPTS), pa.array(rows[1:], CONCEPTS)]
    seen = observed_columns(pa.table({"concepts": pa.chunked_array(parts)}))
    assert seen.column("concepts.top").to_pylist() == ["Dog", None, None, "a"]
    assert seen.column("concepts.max").to_pylist() == [0.7, None, None, 0.5]


@given(st.lists(st.lists(st.floats(0, 1), max_size=4)))
def test_the_strongest_concept_is_the_maximum_of_each_row(rows: list[list[float]]) -> None:
    concepts = [[{"id": str(n), "name": None, "value": value} for n, value in enumerate(row)] for row in rows]
    seen = observed_columns(pa.table({"concepts": pa.array(concepts, CONCEPTS)}))
    assert seen.column("concepts.max").to_pylist() == [max(row, default=None) for row in rows]
    assert seen.column("concepts.top").to_pylist() == [str(row.index(max(row))) if row else None for row in rows]
