import pytest

from tests.core.reports.testing.outcomes import of_reference, of_value


@pytest.mark.parametrize(("value", "holds"), [(4.9, False), (5, False), (5.1, True)])
def test_a_value_is_held_against_a_number(value: float, holds: bool) -> None:
    assert of_value(value, gt=5) == ("pass" if holds else "fail")


@pytest.mark.parametrize(("value", "holds"), [(10.9, False), (11.0, False), (11.1, True)])
def test_a_reference_of_ten_has_its_tolerance(value: float, holds: bool) -> None:
    assert of_reference(value, 10.0, gt="reference", tolerance="10%") == ("pass" if holds else "fail")


def test_text_has_no_order() -> None:
    assert of_value("five", gt=5) == "error"
