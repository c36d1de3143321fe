import numpy as np
import pyarrow as pa
import pytest
import scipy

from streams.core.reports.drift.tvd import ROWS_PERMUTED, TVD, _codes, _drawn, _permuted
from tests.core.reports.columns import categorical
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("TVD"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(TVD)


def test_equal_columns_score_one() -> None:
    assert TVD.measure(categorical(["a", "b"] * 30, ["a", "b"] * 30)) == 1.0


def test_the_score_is_the_same_every_time() -> None:
    columns = (["a", "b", "c"] * 20, ["a", "b", "b"] * 20)
    assert TVD.measure(categorical(*columns)) == TVD.measure(categorical(*columns))


def _rows(letters: str, repeats: int) -> pa.Array:
    return pa.array(np.repeat(list(letters), repeats))


def test_above_the_rows_that_are_permuted_counts_are_drawn_from_the_same_distribution() -> None:
    reference, current = "aabbccdd" * 40 + "aab", "aabbccdd" * 30 + "dddd"
    few = categorical(list(reference), list(current))
    pooled = few.joint.reference + few.joint.current
    drawn, permuted = np.sort(_drawn(pooled, 323)), np.sort(_permuted(_codes(few), pooled, 323))
    assert scipy.stats.ks_2samp(drawn, permuted).pvalue > 0.01


def test_more_rows_cost_no_more_drawing() -> None:
    assert ROWS_PERMUTED < 400_000
    alike = categorical(_rows("abc", 100_000), _rows("abc", 90_000))
    assert TVD.measure(alike) == 1.0
    shifted = categorical(_rows("abc", 100_000), _rows("aabc", 50_000))
    assert TVD.measure(shifted) == 0.0


def test_values_that_are_nearly_as_many_as_rows_are_permuted_whatever_their_number() -> None:
    texts = [f"{number % 9_000}" for number in range(12_000)]
    assert TVD.measure(categorical(texts, texts)) == 1.0
