import pyarrow as pa
import pytest

from streams.core.reports.dataset import Dataset
from tests.core.reports.columns import dataset


def test_columns_keep_the_order_of_the_table_and_what_was_computed_on_them() -> None:
    read = dataset(b=[1.0], a=[2.0])
    assert list(read.columns) == ["b", "a"]
    assert read.columns["a"].numbers is read.columns["a"].numbers


def test_columns_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"columns \['x'\] occur more than once: rename"):
        Dataset(pa.table([[1], [2]], names=["x", "x"]))
