from typing import Any

import pytest
from pydantic import ValidationError

from streams.core.reports.slicing.config import SliceChoice

LARGE = {"field": "amount", "greater_than": 100}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "either of the values of a column (by) or of a condition (where): give one"),
        ({"by": "x", "where": LARGE}, "either of the values of a column (by) or of a condition (where): give one"),
        ({"where": LARGE}, "a slice where a condition holds needs a name"),
        ({"by": "x", "name": "large"}, "slices by 'x' are called after its values: leave the name 'large' out"),
        ({"by": "x", "most": 0}, "greater than or equal to 1"),
    ],
)
def test_errors_say_what_to_write(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        SliceChoice.model_validate(wrong)
    assert message in str(raised.value)
