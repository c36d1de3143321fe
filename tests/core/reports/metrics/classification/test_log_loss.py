import math

import pytest

from tests.core.reports.preset_cases import check
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    check("log_loss", "LogLoss")


def test_certainty_that_is_wrong_costs_much_and_not_infinitely_much() -> None:
    entry = entry_of("log_loss", {"target": [1], "prediction": [0], "probability": [0.0]})
    assert entry.current is not None
    assert 36 < entry.current["value"] < 37


def test_an_even_chance_costs_the_logarithm_of_two() -> None:
    entry = entry_of("log_loss", {"target": [1, 0], "prediction": [1, 0], "probability": [0.5, 0.5]})
    assert entry.current == {"value": pytest.approx(math.log(2))}
