import pytest

from streams.core.reports.html.strength import level, place, strength


def _drift(score: object, sign: str, threshold: float = 0.1) -> dict[str, object]:
    return {"score": score, "threshold": threshold, "drifted_when": sign}


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_the_threshold_is_one_for_every_kind_of_score(sign: str) -> None:
    assert strength(_drift(0.1, sign)) == pytest.approx(1.0)
    assert place(strength(_drift(0.1, sign))) == 50.0


def test_distances_count_in_thresholds_and_p_values_in_powers_of_ten() -> None:
    assert strength(_drift(0.3, ">=")) == pytest.approx(3.0)
    assert strength(_drift(0.001, "<")) == pytest.approx(3.0)
    assert strength(_drift(0.0, "<")) > 100
    assert strength(_drift(1.0, "<", 0.05)) == 0.0


@pytest.mark.parametrize("score", [None, "Infinity"])
def test_a_score_that_is_no_number_has_no_strength(score: object) -> None:
    assert strength(_drift(score, ">=")) == 0.0


def test_levels_two_and_above_are_drift() -> None:
    assert [level(value) for value in (0.0, 0.6, 1.0, 2.0, 99.0)] == [0, 1, 2, 3, 4]
