import pytest

from tests.core.reports.columns import normal
from tests.core.reports.scopes import entry_of

SAME, MOVED = normal(100), normal(100, mean=9, seed=1)


@pytest.mark.parametrize(("share", "drifted"), [(0.5, True), (0.51, False)])
def test_the_dataset_has_drifted_from_the_configured_share_of_columns_on(share: float, drifted: bool) -> None:
    entry = entry_of("dataset_drift", {"x": SAME, "y": MOVED}, {"x": SAME, "y": SAME}, drift={"share": share})
    assert entry.current == {
        "columns": 2,
        "drifted_columns": ["y"],
        "count": 1,
        "share": 0.5,
        "threshold": share,
        "drifted": drifted,
        "left_out": {},
        "not_compared": {},
    }


def test_columns_that_were_not_compared_are_named_with_the_reason() -> None:
    current = {"x": SAME, "note": [f"n {n}" for n in range(100)], "new": SAME, "empty": [None] * 100}
    reference = {"x": SAME, "note": current["note"], "gone": SAME, "empty": SAME}
    entry = entry_of("dataset_drift", current, reference)
    assert entry.current is not None
    assert entry.current["columns"] == 1
    assert entry.current["left_out"] == {
        "note": "text columns are not compared",
        "new": "not in the reference",
        "empty": "column 'empty' has no value in the batch: nothing to compare",
        "gone": "not in the batch",
    }
    assert list(entry.current["not_compared"]) == ["empty", "gone"]


def test_nothing_to_compare_is_an_error_and_not_a_dataset_without_drift() -> None:
    entry = entry_of("dataset_drift", {"x": SAME}, {"y": SAME})
    assert entry.current is None
    reasons = "x: not in the reference; y: not in the batch"
    assert entry.error == f"no column could be compared with the reference: {reasons}"
