from tests.core.reports.columns import normal
from tests.core.reports.scopes import entries_of, entry_of


def test_a_columns_drift_names_method_score_threshold_and_decision() -> None:
    entry = entry_of("value_drift", {"x": normal(200, mean=2, seed=1)}, {"x": normal(200)})
    assert entry.current is not None
    assert 0 < entry.current.pop("score") < 1e-20
    assert entry.current == {"method": "ks", "threshold": 0.05, "drifted": True, "drifted_when": "<="}


def test_the_reports_drift_options_decide() -> None:
    entry = entry_of("value_drift", {"x": normal(200)}, {"x": normal(200)}, drift={"method": "psi", "threshold": 0.3})
    assert entry.current == {
        "method": "psi",
        "score": 0.0,
        "threshold": 0.3,
        "drifted": False,
        "drifted_when": ">=",
    }


def test_the_metrics_own_method_and_threshold_come_before_the_reports() -> None:
    metric = {"name": "value_drift", "parameters": {"method": "wasserstein", "threshold": 0.7}}
    entry = entry_of(metric, {"x": normal(200)}, {"x": normal(200)}, drift={"column_methods": {"x": "psi"}})
    assert entry.current is not None
    assert (entry.current["method"], entry.current["threshold"]) == ("wasserstein", 0.7)


def test_columns_that_the_reference_lacks_are_left_out_unless_asked_for() -> None:
    current, reference = {"x": normal(9), "y": normal(9)}, {"x": normal(9)}
    assert [entry.column for entry in entries_of("value_drift", current, reference)] == ["x"]
    asked = entry_of({"name": "value_drift", "columns": ["y"]}, current, reference)
    assert asked.error == "column 'y' is not in the reference: add it there or exclude it here"


def test_without_any_reference_there_is_one_error_that_says_so() -> None:
    entry = entry_of("value_drift", {"x": normal(9), "y": normal(9)})
    assert entry.column is None
    assert entry.error == "value_drift compares with a reference and there is none: set one for the collector"


def test_an_undefined_score_is_an_error() -> None:
    entry = entry_of("value_drift", {"x": [1.5]}, {"x": [2.5]}, drift={"numeric_method": "t_test"})
    assert entry.current is None
    assert entry.error is not None
    assert entry.error.startswith("the score of t_test is undefined")
