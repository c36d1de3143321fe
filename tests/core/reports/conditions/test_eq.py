from typing import Any

import pytest

from tests.core.reports.testing.outcomes import of_reference, of_value


@pytest.mark.parametrize(
    ("value", "bound", "holds"),
    [(5, 5.0, True), (5, 6, False), ("a", "a", True), ("5", 5, False), (True, 1, False), (False, False, True)],
)
def test_equal_values_are_of_one_type(value: Any, bound: Any, holds: bool) -> None:
    assert of_value(value, eq=bound) == ("pass" if holds else "fail")


@pytest.mark.parametrize(("value", "holds"), [(10.000009, True), (10.0001, False)])
def test_a_reference_is_equal_to_a_millionth(value: float, holds: bool) -> None:
    assert of_reference(value, 10.0, eq="reference") == ("pass" if holds else "fail")


def test_a_reference_of_zero_is_equal_to_zero_alone() -> None:
    assert of_reference(0.0, 0.0, eq="reference") == "pass"
    assert of_reference(1e-9, 0.0, eq="reference", tolerance=0.5) == "fail"


def test_a_reference_may_be_text() -> None:
    assert of_reference("de", "de", eq="reference") == "pass"
    assert of_reference("de", "fr", eq="reference") == "fail"
