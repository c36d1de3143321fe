from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from streams.core.collectors.collector import Collector
from streams.core.collectors.routing import select
from streams.core.operators.hashing import mixed, sampled
from streams.core.operators.random_sample import RandomSample
from tests.core.blocks import block_of
from tests.core.random_events import events
from tests.core.verdicts import kept

MASK = 2**64 - 1
EVENTS = [{"id": f"event-{number}"} for number in range(20_000)]


def finalised(z: int) -> int:
    """The finaliser of splitmix64, as in the paper, on Python's integers."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def collector(name: str, *fractions: float) -> Collector:
    operators = [{"type": "random_sample", "keep_fraction": fraction} for fraction in fractions]
    return Collector.model_validate({"id": name, "trigger": {"type": "rows", "rows": 1}, "operators": operators})


@given(st.integers(0, MASK), st.integers(0, 2**63 - 1))
def test_the_mix_is_the_finaliser_of_splitmix64(id_hash: int, salt: int) -> None:
    assert mixed(np.array([id_hash], np.uint64), salt).tolist() == [finalised(id_hash ^ salt)]


@given(events(), st.floats(0, 1, exclude_min=True), st.integers(0, 2**63 - 1))
def test_an_event_is_kept_where_its_mixed_hash_is_below_the_fraction(
    block: list[dict[str, object]], fraction: float, salt: int
) -> None:
    hashes = [int(one) for one in block_of(block).id_hashes]
    expected = [finalised(one ^ salt) < int(fraction * 2.0**64) for one in hashes]
    assert kept(RandomSample(keep_fraction=fraction), block, salt) == expected


@pytest.mark.parametrize("fraction", [0.01, 0.1, 0.5, 0.9])
def test_about_the_fraction_is_kept(fraction: float) -> None:
    number = sum(kept(RandomSample(keep_fraction=fraction), EVENTS))
    deviation = (len(EVENTS) * fraction * (1 - fraction)) ** 0.5
    assert abs(number - len(EVENTS) * fraction) < 5 * deviation


def test_a_fraction_of_one_keeps_everything_even_the_largest_hash() -> None:
    assert sampled(np.array([0, MASK], np.uint64), 1.0, 5).all()


@given(st.lists(st.integers(0, 300), min_size=1, max_size=6))
def test_the_same_events_are_kept_however_they_are_cut_into_blocks(cuts: list[int]) -> None:
    wanted, some = collector("one", 0.5), EVENTS[:300]
    whole = select(block_of(some), wanted).mask.tolist()
    borders = [0, *sorted(cuts), 300]
    pieces = [select(block_of(some[a:b]), wanted).mask.tolist() for a, b in pairwise(borders)]
    assert [one for piece in pieces for one in piece] == whole


def test_copies_of_an_event_stay_or_go_together() -> None:
    verdict = kept(RandomSample(keep_fraction=0.5), [*EVENTS[:100], *EVENTS[:100]])
    assert verdict[:100] == verdict[100:]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (collector("a", 0.5), collector("b", 0.5)),
        (collector("collector-1", 0.5), collector("collector-2", 0.5)),
        (collector("a", 1, 0.5), collector("a", 0.5)),
    ],
    ids=["two collectors", "alike names", "two places in a collector"],
)
def test_samples_are_independent_of_each_other(one: Collector, other: Collector) -> None:
    block = block_of(EVENTS)
    both = (select(block, one).mask & select(block, other).mask).sum()
    assert abs(both - len(EVENTS) / 4) < 5 * (len(EVENTS) * 0.25 * 0.75) ** 0.5


def test_a_sample_of_a_sample_is_as_small_as_the_product_of_both() -> None:
    number = select(block_of(EVENTS), collector("a", 0.5, 0.5)).mask.sum()
    assert abs(number - len(EVENTS) / 4) < 5 * (len(EVENTS) * 0.25 * 0.75) ** 0.5


@pytest.mark.parametrize("fraction", [0, -0.1, 1.01, True, "0.5", float("nan")])
def test_a_fraction_has_to_be_a_number_above_0_and_up_to_1(fraction: object) -> None:
    with pytest.raises(ValidationError, match="keep_fraction"):
        RandomSample.model_validate({"keep_fraction": fraction})
