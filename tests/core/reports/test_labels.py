from datetime import date

import pytest

from streams.core.reports.labels import instant, labels
from tests.core.reports.columns import column


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([2, 1], ["1", "2"]),
        ([2.0, 1.5], ["1.5", "2.0"]),
        ([True, False], ["false", "true"]),
        (["b", "a"], ["a", "b"]),
        ([date(2026, 11, 21)], ["2026-11-21T00:00:00.000Z"]),
    ],
)
def test_values_are_shown_as_their_type_has_them(values: list[object], expected: list[str]) -> None:
    read = column(values)
    assert labels(read, read.counts.keys) == expected


def test_instants_before_the_epoch_are_shown_too() -> None:
    assert instant(-1) == "1969-12-31T23:59:59.999Z"
