import pytest

from tests.core.reports.columns import normal
from tests.core.reports.scopes import entry_of


@pytest.mark.parametrize(
    ("name", "model"),
    [("prediction", {}), ("top_concept", {}), ("answer", {"prediction": "answer"})],
)
def test_the_predictions_column_is_compared(name: str, model: dict[str, str]) -> None:
    sides = {name: ["a", "b"] * 100}, {name: ["a", "a", "a", "b"] * 50}
    entry = entry_of("prediction_drift", *sides, model=model)
    assert entry.current is not None
    assert (entry.current["method"], entry.current["drifted"]) == ("z", True)


def test_a_prediction_that_the_reference_lacks_is_an_error() -> None:
    entry = entry_of("prediction_drift", {"prediction": normal(9)}, {"x": normal(9)})
    assert entry.error == "column 'prediction' is not in the reference: add it there or exclude it here"
