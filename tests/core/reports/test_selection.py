import pytest

from streams.core.reports.kinds import Kind
from streams.core.reports.selection import ColumnSelection, select_columns
from tests.core.reports.columns import dataset


def test_patterns_choose_columns_and_exclusion_wins() -> None:
    selection = ColumnSelection(include=("features.*", "prediction"), exclude=("features.id",))
    names = ["features.age", "features.id", "prediction", "time"]
    assert selection.among(names) == ["features.age", "prediction"]


def test_the_reference_decides_the_kind_so_that_a_small_batch_does_not_change_it() -> None:
    chosen, _ = select_columns(dataset(x=[1, 2, 3]), dataset(x=list(range(100))), ColumnSelection())
    assert chosen[0].kind is Kind.NUMERIC
    chosen, _ = select_columns(dataset(x=[1, 2, 3]), None, ColumnSelection())
    assert chosen[0].kind is Kind.CATEGORICAL


def test_a_reference_without_values_decides_nothing() -> None:
    chosen, _ = select_columns(dataset(x=["a", "a"]), dataset(x=[None]), ColumnSelection())
    assert chosen[0].kind is Kind.CATEGORICAL


def test_a_configured_kind_comes_before_all() -> None:
    selection = ColumnSelection(kinds={"x": Kind.NUMERIC})
    chosen, _ = select_columns(dataset(x=[1, 2]), dataset(x=[1, 2]), selection)
    assert chosen[0].kind is Kind.NUMERIC


def test_chosen_columns_that_only_the_reference_has_are_named() -> None:
    _, absent = select_columns(dataset(x=[1]), dataset(x=[1], gone=[1], out=[1]), ColumnSelection(exclude=("out",)))
    assert absent == {"gone": Kind.CATEGORICAL}


@pytest.mark.parametrize(
    ("patterns", "names", "chosen"),
    [
        (("a[1]",), ("a[1]", "a1", "b"), ["a[1]"]),
        (("a[1]",), ("a1", "b"), ["a1"]),
        (("a*",), ("a*", "ab"), ["a*"]),
        (("a?",), ("a?", "ab"), ["a?"]),
        (("a[1]", "a*"), ("a[1]", "a1", "b"), ["a[1]", "a1"]),
        (("*",), ("b", "a"), ["b", "a"]),
    ],
)
def test_the_name_of_a_column_means_that_column_alone(
    patterns: tuple[str, ...], names: tuple[str, ...], chosen: list[str]
) -> None:
    assert ColumnSelection(include=patterns).among(names) == chosen
    kept = ColumnSelection(exclude=patterns).among(names)
    assert kept == [name for name in names if name not in chosen]


def test_a_column_that_only_the_reference_has_is_excluded_by_its_name_too() -> None:
    chosen, absent = select_columns(dataset(a1=[1]), dataset(**{"a[1]": [1]}), ColumnSelection(exclude=("a[1]",)))
    assert [column.name for column in chosen] == ["a1"]
    assert absent == {}
