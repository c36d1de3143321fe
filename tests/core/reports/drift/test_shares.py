import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.core.reports.drift.shares import binned_shares, count_between, sturges_edges, without_zeros
from tests.core.reports.columns import categorical, normal, numeric

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1)


@given(NUMBERS, NUMBERS)
def test_counts_between_edges_are_numpys_histogram(values: list[float], others: list[float]) -> None:
    edges = sturges_edges((np.array(values), np.array(others)), whole=False)
    assert count_between(np.sort(values), edges).tolist() == np.histogram(values, edges)[0].tolist()


def test_bins_of_whole_numbers_are_not_narrower_than_one() -> None:
    edges = sturges_edges((np.array([1.0, 2.0, 3.0, 4.0]),), whole=True)
    assert np.diff(edges).min() >= 1


def test_numbers_of_up_to_twenty_values_in_the_reference_count_value_by_value() -> None:
    reference, _ = binned_shares(numeric([float(n) for n in range(20)], [0.5]))
    assert len(reference) == 21
    reference, _ = binned_shares(numeric([float(n) for n in range(21)], [0.5]))
    assert len(reference) < 10


def test_shares_of_each_side_add_up_to_one() -> None:
    for shares in (
        *binned_shares(categorical(["a", "b", None], ["c"])),
        *binned_shares(numeric(normal(99), normal(7))),
    ):
        assert np.isclose(shares.sum(), 1.0)


def test_zeros_become_a_ten_thousandth_or_a_millionth_of_a_smaller_share() -> None:
    assert without_zeros(np.array([0.0, 0.5, 0.5])).tolist() == [0.0001, 0.5, 0.5]
    assert without_zeros(np.array([0.0, 0.00001, 0.99999]))[0] == 0.00001 / 10**6
