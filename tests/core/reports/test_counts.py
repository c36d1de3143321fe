from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.reports.counts import join_counts
from tests.core.reports.columns import column

WORDS = st.lists(st.text("abü", max_size=2))


@given(st.lists(st.integers(-3, 3).map(float)))
def test_numbers_are_counted_in_ascending_order(values: list[float]) -> None:
    counted = column(np.array(values)).counts
    assert list(zip(counted.keys.to_pylist(), counted.counts.tolist(), strict=True)) == sorted(Counter(values).items())


@given(WORDS, WORDS)
def test_both_sides_are_counted_over_the_union_of_their_values(reference: list[str], current: list[str]) -> None:
    joint = join_counts(*(column(np.array(side, dtype=str)).counts for side in (reference, current)))
    assert joint.keys.to_pylist() == sorted({*reference, *current})
    assert joint.reference.tolist() == [Counter(reference)[key] for key in joint.keys.to_pylist()]
    assert joint.current.tolist() == [Counter(current)[key] for key in joint.keys.to_pylist()]


def test_true_and_one_are_the_same_value() -> None:
    joint = join_counts(column([True, False, True]).counts, column([1, 1, 0]).counts)
    assert (joint.reference.tolist(), joint.current.tolist()) == ([1, 2], [1, 2])


def test_strings_and_numbers_are_not_counted_together() -> None:
    with pytest.raises(ValueError, match="values are double in the batch and string in the reference: give both one"):
        join_counts(column(["1"]).counts, column([1]).counts)


def test_a_side_without_values_takes_the_others_type() -> None:
    joint = join_counts(column([None]).counts, column(["a"]).counts)
    assert (joint.reference.tolist(), joint.current.tolist()) == ([0], [1])
