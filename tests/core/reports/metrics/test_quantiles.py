import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.reports.scopes import entries_of, entry_of


@given(st.lists(st.floats(-1e9, 1e9), min_size=1), st.floats(0, 1))
def test_quantiles_are_numpys_with_linear_interpolation(values: list[float], probability: float) -> None:
    metric = {"name": "quantiles", "parameters": {"probabilities": [probability]}}
    current = entry_of(metric, {"x": values}).current
    assert current == {repr(probability): pytest.approx(np.quantile(values, probability), rel=1e-12, abs=1e-6)}


def test_both_sides_have_the_quantiles_asked_for() -> None:
    metric = {"name": "quantiles", "parameters": {"probabilities": [0, 0.5, 1]}}
    entry = entry_of(metric, {"x": [3.0, 1.0, 2.0]}, {"x": [1.0, 9.0]})
    assert entry.current == {"0.0": 1.0, "0.5": 2.0, "1.0": 3.0}
    assert entry.reference == {"0.0": 1.0, "0.5": 5.0, "1.0": 9.0}


def test_a_column_without_values_has_none() -> None:
    entry = entry_of({"name": "quantiles", "parameters": {"probabilities": [0.5]}}, {"x": [float("nan")]})
    assert entry.current == {"0.5": None}


def test_categories_have_no_quantiles() -> None:
    assert entries_of("quantiles", {"x": ["a", "b", "b", "a"]}) == ()
