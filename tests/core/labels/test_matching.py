"""Hashes of ids find batches and labels, whichever came first, by way of a plain loop over all pairs."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from streams.core.events.assemble import hashed
from streams.core.labels.matching import BatchIndexState, RecentLabelsState, matches
from tests.core.labels.labels import labels_of

HASHES = st.lists(st.integers(0, 9), max_size=12).map(lambda some: np.array(some, np.uint64))


@given(HASHES, HASHES)
def test_every_pair_of_equal_hashes_is_found(ordered: np.ndarray, probes: np.ndarray) -> None:
    ordered = np.sort(ordered)
    rows, places = matches(ordered, probes)

    expected = [(i, j) for i, probe in enumerate(probes) for j, other in enumerate(ordered) if probe == other]
    assert sorted(zip(rows.tolist(), places.tolist(), strict=True)) == expected


@given(st.lists(HASHES, max_size=6), HASHES, st.sets(st.integers(0, 5)))
def test_the_index_knows_every_batch_but_those_dropped(
    batches: list[np.ndarray], probes: np.ndarray, dropped: set[int]
) -> None:
    index = BatchIndexState()
    for number, hashes in enumerate(batches):
        index.add(number, hashes)
    index.drop(dropped)

    rows, owners = index.match(probes)

    expected = {
        (row, number)
        for number, hashes in enumerate(batches)
        for row, probe in enumerate(probes)
        if number not in dropped and probe in hashes
    }
    assert set(zip(rows.tolist(), owners.tolist(), strict=True)) == expected


def test_recent_labels_are_found_by_batches_and_forgotten_in_time() -> None:
    recent = RecentLabelsState(pa.py_buffer, 100)
    for at_ms in (1_000, 2_000):
        many = labels_of(*({"id": f"{at_ms}-{number}", "target": 1} for number in range(50_000)))
        recent.add(many, np.zeros(50_000, np.bool_), at_ms)
    recent.add(labels_of({"id": "open", "target": 2}), np.zeros(1, np.bool_), 3_000)
    assert recent.waiting == 100_001

    wanted = np.sort(hashed(pa.array(["1000-7", "2000-8", "open", "nobody"])))
    found, fresh = recent.match(wanted)
    assert found is not None
    assert (sorted(found["id"].to_pylist()), fresh) == (["1000-7", "2000-8", "open"], 3)
    assert recent.match(wanted)[1] == 0  # another batch of the same events

    assert recent.drop(1_500, 9_000, 60_000) == 49_999
    found, _ = recent.match(wanted)
    assert found is not None
    assert sorted(found["id"].to_pylist()) == ["2000-8", "open"]
    assert recent.waiting == 49_999
