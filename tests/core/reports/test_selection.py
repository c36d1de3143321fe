from streams.core.reports.kinds import Kind
from streams.core.reports.selection import ColumnSelection, select_columns
from tests.core.reports.columns import dataset


def test_patterns_choose_columns_and_exclusion_wins() -> None:
    selection = ColumnSelection(include=("features.*", "prediction"), exclude=("features.id",))
    names = ["features.age", "features.id", "prediction", "time"]
    assert [name for name in names if selection.has(name)] == ["features.age", "prediction"]


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
