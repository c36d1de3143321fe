"""Labels of a batch in the object store: few objects, each a function of the log, all of them read."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.labels.join import join_labels
from streams.stores.folder import FolderObjects
from streams.stores.labels import add_labels, read_labels
from tests.core.events.chunks import events_as_json
from tests.core.labels.labels import decode

ALL = decode(events_as_json([{"id": f"e{number}", "target": number} for number in range(64)])).table
IDS = ALL["id"]


def stretch(first: int, end: int) -> pa.Table:
    """Labels of offsets from `first` to `end`, as the log has them from 0 on."""
    offsets = pa.array([number - 100 for number in ALL["offset"].to_pylist()])
    return ALL.set_column(3, "offset", offsets).slice(first, end - first)


def test_labels_of_many_revisions_lie_in_few_objects(tmp_path: Path) -> None:
    store = FolderObjects(tmp_path)
    for first in range(64):
        keys = add_labels(store, "c/w", first, first + 1, stretch(first, first + 1))

    assert len(keys) <= 6
    assert read_labels(store, keys).num_rows == 64


def test_what_an_attempt_that_came_to_nothing_left_counts_once(tmp_path: Path) -> None:
    store = FolderObjects(tmp_path)
    add_labels(store, "c/w", 0, 40, stretch(0, 40))  # crashed: the log is read again, and cut elsewhere
    add_labels(store, "c/w", 0, 20, stretch(0, 20))
    keys = add_labels(store, "c/w", 20, 64, stretch(20, 64))

    used = join_labels(IDS, read_labels(store, keys)).used
    assert (used.revision, used.labelled, used.duplicates) == (64, 64, 0)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=8), st.integers(0, 7))
def test_however_a_log_was_cut_the_same_labels_are_read(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], tried_before: int
) -> None:
    store, first = FolderObjects(tmp_path_factory.mktemp("store")), 0
    keys: tuple[str, ...] = ()
    for size in sizes:
        end = min(first + size, 64)
        if tried_before and end + tried_before <= 64:  # an attempt that read further
            add_labels(store, "c/w", first, end + tried_before, stretch(first, end + tried_before))
        keys = add_labels(store, "c/w", first, end, stretch(first, end)) if end > first else keys
        first = end

    assert join_labels(IDS, read_labels(store, keys)).used == join_labels(IDS, stretch(0, first)).used


def test_equal_stretches_make_equal_objects(tmp_path: Path) -> None:
    one, other = FolderObjects(tmp_path / "one"), FolderObjects(tmp_path / "other")
    (key,) = add_labels(one, "c/w", 0, 8, stretch(0, 8))
    shuffled = pa.concat_tables([stretch(4, 8), stretch(0, 4)])

    assert add_labels(other, "c/w", 0, 8, shuffled) == (key,)
    assert one.get(key) == other.get(key)
