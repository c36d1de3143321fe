import pyarrow as pa
import pytest

from streams.core.reports.kinds import Kind, infer_kind
from tests.core.reports.columns import column


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0.5, 1.5], Kind.NUMERIC),
        (list(range(11)), Kind.NUMERIC),
        (list(range(10)), Kind.CATEGORICAL),
        ([True, False], Kind.CATEGORICAL),
        (["a", "a", "b", "b"], Kind.CATEGORICAL),
        (["a", "a", "b"], Kind.TEXT),
        ([None, None], Kind.OTHER),
        ([[1]], Kind.OTHER),
    ],
)
def test_a_columns_type_and_distinct_values_suggest_its_kind(values: list[object], kind: Kind) -> None:
    assert infer_kind(column(values)) is kind


def test_an_integer_column_without_values_stays_numeric() -> None:
    assert infer_kind(column([None], pa.int64())) is Kind.NUMERIC


def test_instants_are_datetimes() -> None:
    assert infer_kind(column([0], pa.timestamp("ms", "UTC"))) is Kind.DATETIME


def test_dictionary_encoded_numbers_are_categories_and_strings_follow_the_rule_of_strings() -> None:
    assert infer_kind(column([1.5, 2.5], pa.dictionary(pa.int8(), pa.float64()))) is Kind.CATEGORICAL
    assert infer_kind(column(["a", "b"], pa.dictionary(pa.int8(), pa.string()))) is Kind.TEXT
