from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from streams.core.operators.hashing import mixed
from streams.core.operators.reservoir_sample import ReservoirSample
from tests.core.blocks import block_of
from tests.core.verdicts import rows_kept

IDS = st.lists(st.integers(0, 30).map("event-{}".format), max_size=40)


@given(IDS, st.integers(1, 20), st.integers(0, 2**63 - 1))
def test_the_rows_with_the_lowest_hashes_are_kept_the_earlier_of_equals_first(
    ids: list[str], rows: int, salt: int
) -> None:
    hashes = [int(one) for one in mixed(block_of([{"id": one} for one in ids]).id_hashes, salt)]
    lowest = set(sorted(range(len(ids)), key=lambda row: (hashes[row], row))[:rows])
    expected = [row in lowest for row in range(len(ids))]
    assert rows_kept(ReservoirSample(rows=rows), [{"id": one} for one in ids], salt) == expected


@given(st.permutations(range(30)))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    sample = ReservoirSample(rows=7)
    straight = rows_kept(sample, [{"id": f"event-{one}"} for one in range(30)])
    assert rows_kept(sample, [{"id": f"event-{one}"} for one in order]) == [straight[one] for one in order]


def test_a_smaller_window_stays_whole() -> None:
    assert rows_kept(ReservoirSample(rows=5), [{"id": "a"}, {"id": "b"}]) == [True, True]


def test_every_row_has_the_same_chance() -> None:
    sample, rows = ReservoirSample(rows=5), [{"id": f"event-{one}"} for one in range(20)]
    times: Counter[int] = Counter()
    for salt in range(2000):
        times.update(row for row, stays in enumerate(rows_kept(sample, rows, salt)) if stays)
    deviation = (2000 * 0.25 * 0.75) ** 0.5
    assert all(abs(times[row] - 500) < 5 * deviation for row in range(20))
