from tests.core.reports.columns import normal
from tests.core.reports.scopes import entry_of


def test_the_targets_column_is_compared_by_the_reports_options() -> None:
    sides = {"target": normal(200, mean=2, seed=1)}, {"target": normal(200)}
    entry = entry_of("target_drift", *sides, drift={"method": "psi"})
    assert entry.current is not None
    assert (entry.current["method"], entry.current["drifted"]) == ("psi", True)


def test_it_may_have_another_name() -> None:
    entry = entry_of("target_drift", {"truth": normal(200)}, {"truth": normal(200)}, model={"target": "truth"})
    assert entry.current is not None
    assert entry.current["drifted"] is False


def test_a_missing_target_is_an_error_that_names_it() -> None:
    entry = entry_of("target_drift", {"x": normal(9)}, {"x": normal(9)})
    assert entry.error == "there is no column 'target': name another in the report's model"
