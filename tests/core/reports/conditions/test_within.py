from typing import Any

import pytest

from tests.core.reports.testing.outcomes import of_reference, of_value


@pytest.mark.parametrize(("share", "value", "holds"), [("10%", 9.0, True), (0.1, 11.0, True), ("10%", 11.01, False)])
def test_a_share_of_the_references_size_may_be_between(share: Any, value: float, holds: bool) -> None:
    assert of_reference(value, 10.0, within=share) == ("pass" if holds else "fail")
    assert of_reference(-value, -10.0, within=share) == ("pass" if holds else "fail")


def test_without_a_reference_it_is_an_error_and_no_failure() -> None:
    assert of_value(3.0, within=0.1) == "error"
