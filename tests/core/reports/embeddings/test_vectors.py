import numpy as np
import pyarrow as pa
import pytest

from streams.core.reports.batch_columns import report_dataset
from streams.core.reports.dataset import Dataset
from streams.core.reports.embeddings.vectors import read_vectors
from tests.core.reports.columns import dataset

EXPECTED = [[1.0, 2.0], [3.0, 4.0]]


def _sorted(rows: np.ndarray) -> list[list[float]]:
    return sorted(rows.tolist())


def test_columns_are_chosen_by_name_or_pattern() -> None:
    rows = dataset(e0=[1.0, 3.0], e1=[2, 4], other=[9.0, 9.0])
    assert _sorted(read_vectors(rows, ["e0", "e1"])) == EXPECTED
    assert _sorted(read_vectors(rows, ["e?"])) == EXPECTED


@pytest.mark.parametrize("kind", [pa.list_(pa.float32()), pa.list_(pa.float64(), 2), pa.large_list(pa.int64())])
def test_a_column_of_lists_is_an_embedding(kind: pa.DataType) -> None:
    table = pa.table({"vector": pa.array([[1, 2], None, [3, 4]], kind)})
    assert _sorted(read_vectors(Dataset(table), ["vector"])) == EXPECTED


def test_lists_that_a_batch_keeps_as_json_are_too() -> None:
    numbers = pa.array([0, 1, 2])
    field = pa.field("features.vector", pa.string(), metadata={"json": "true"})
    names = [pa.field(name, pa.int64()) for name in ("partition", "offset", "index")]
    texts = pa.array(["[1, 2.0]", "[3,4]", "[5, null]"])
    rows = pa.table([numbers, numbers, numbers, texts], schema=pa.schema([*names, field]))
    assert _sorted(read_vectors(report_dataset(rows), ["vector"])) == EXPECTED


@pytest.mark.parametrize("odd", ['"N/A"', "true", "[1]", "[1, 2, 3]", '["a", 2]', "{}", "[[1], [2]]", "7"])
def test_a_row_that_holds_no_such_list_costs_itself(odd: str) -> None:
    texts = dataset(vector=["[1, 2.0]", odd, "[3,4]"])
    assert _sorted(read_vectors(texts, ["vector"])) == EXPECTED


def test_the_order_of_rows_does_not_show() -> None:
    rows = np.random.default_rng(1).normal(size=(50, 3))
    both = [Dataset(pa.table({"v": pa.array(list(part))})) for part in (rows, rows[::-1])]
    one, other = (read_vectors(each, ["v"]) for each in both)
    assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("rows", "names", "reason"),
    [
        (dataset(x=[1.0]), ["v"], "there is no column v for the embedding"),
        (dataset(x=[[1.0], [1.0, 2.0]]), ["x"], "lists of 'x' have different lengths: 1, 2"),
        (dataset(x=["a"]), ["x"], "column 'x' holds text that is no list of numbers"),
        (dataset(x=[None, 1.0], y=[1.0, None]), ["x", "y"], "no row has all numbers of the embedding x, y"),
    ],
)
def test_what_is_no_embedding_is_refused(rows: Dataset, names: list[str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_vectors(rows, names)
