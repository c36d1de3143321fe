"""Workers, broker and object store in one thread, from a seed: crashes at any await and any input or output, frozen
processes, rebalances, fenced producers, lost answers, messages under way, a store that is away. Whatever happens, the
outcome is that of a run in which nothing went wrong.

`STREAMS_SIMULATION_SEEDS=10000 pytest tests/simulation` tries more seeds, `STREAMS_SIMULATION_FIRST` others.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator

import pytest

from tests.simulation.broken import BROKEN, Broken
from tests.simulation.oracle import FoundError, check, expected
from tests.simulation.run import disturbed
from tests.simulation.traffic import traffic

SEEDS = int(os.environ.get("STREAMS_SIMULATION_SEEDS", "2000"))
FIRST = int(os.environ.get("STREAMS_SIMULATION_FIRST", "0"))
_PART = 40
_ENOUGH = 200


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What goes wrong on purpose need not be told."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.timeout(0)
@pytest.mark.parametrize("first", range(FIRST, FIRST + SEEDS, _PART))
def test_whatever_goes_wrong_the_outcome_is_that_of_a_run_without_faults(first: int) -> None:
    for seed in range(first, min(first + _PART, FIRST + SEEDS)):
        check(seed)


def test_a_seed_gives_the_same_run_again() -> None:
    one, other = (disturbed(traffic(0), 5) for _ in range(2))
    assert one.faults.crashes == other.faults.crashes > 0
    assert one.seconds == other.seconds
    for topic, logs in one.broker.topics.items():
        told = [[(each.key, each.value, each.timestamp_ms) for each in log.records] for log in logs]
        assert told == [
            [(each.key, each.value, each.timestamp_ms) for each in log.records] for log in other.broker.topics[topic]
        ]


@pytest.mark.parametrize("name", BROKEN)
def test_a_guarantee_that_is_broken_on_purpose_is_found(name: str) -> None:
    with pytest.raises(FoundError, match="simulation seed"):
        _check_all(BROKEN[name])


def _check_all(break_it: Callable[[], Broken]) -> None:
    for seed in range(_ENOUGH):
        expected(seed)
        with break_it():
            check(seed)
