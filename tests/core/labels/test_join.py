"""Labels and rows by event id: which of several labels counts, and what does not show in the result."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.labels.join import Labelled, join_labels, typed_targets
from tests.core.labels.labels import labels_of

ROWS = pa.chunked_array([["a", "b"], ["c", "a", "d"]])


def test_every_row_of_an_event_gets_its_label() -> None:
    found = join_labels(ROWS, labels_of({"id": "a", "target": "x"}, {"id": "d", "target": "y"}))

    assert found.rows.to_pylist() == [True, False, False, True, True]
    assert found.targets.to_pylist() == ["x", "x", "y"]
    assert (found.used.labelled, found.used.share, found.used.revision, found.used.duplicates) == (3, 0.6, 2, 0)


def test_the_latest_label_counts_by_its_time_then_by_its_place() -> None:
    labels = labels_of(
        {"id": "a", "target": "late", "time": 9},
        {"id": "a", "target": "early", "time": 1},
        {"id": "b", "target": "first", "time": 5},
        {"id": "b", "target": "second", "time": 5},
    )

    found = join_labels(pa.chunked_array([["a", "b"]]), labels)

    assert found.targets.to_pylist() == ["late", "second"]
    assert (found.used.revision, found.used.duplicates) == (4, 2)


def test_late_rows_are_labelled_like_others_and_counted() -> None:
    labels = labels_of({"id": "a", "target": "x"}, {"id": "c", "target": "y"})

    found = [join_labels(ROWS, labels, late).used for late in (0, 1, 2, 3, 5)]

    assert [each.labelled_late for each in found] == [0, 0, 1, 2, 3]
    assert {(each.labelled, each.share, each.revision) for each in found} == {(3, 0.6, 2)}


def test_labels_of_other_events_show_nowhere() -> None:
    mine = [{"id": "a", "target": 1, "time": 1}, {"id": "c", "target": 2, "time": 1}]
    alone, among = (join_labels(ROWS, labels_of(*mine, *more)).used for more in ([], [{"id": "z", "target": 3}]))

    assert alone == among


def test_a_label_that_is_given_twice_over_counts_once() -> None:
    labels = labels_of({"id": "a", "target": 1}, {"id": "b", "target": 2})

    assert join_labels(ROWS, pa.concat_tables([labels, labels])).used == join_labels(ROWS, labels).used


def test_without_labels_nothing_is_labelled() -> None:
    found = join_labels(ROWS, labels_of({"id": "z", "target": 1}))

    assert (found.used.labelled, found.used.revision) == (0, 0)
    assert len(found.targets) == 0


def test_the_hash_names_ids_truths_and_times() -> None:
    one = {"id": "a", "target": "x", "time": 1}
    others = [{**one, "id": "b"}, {**one, "target": "y"}, {**one, "target": True}, {**one, "time": 2}]

    hashes = {join_labels(ROWS, labels_of(each)).used.hash for each in (one, *others)}

    assert len(hashes) == 5
    assert len({join_labels(ROWS, labels_of(each)).used.hash for each in (one, one)}) == 1


@given(st.permutations(range(6)), st.integers(0, 6))
def test_neither_order_nor_chunks_of_labels_show(order: list[int], cut: int) -> None:
    table = labels_of(
        *({"id": "abca"[number % 4], "target": "xyz"[number % 3], "time": number // 2} for number in range(6))
    )
    shuffled = table.take(pa.array(order))

    assert _plain(join_labels(ROWS, table)) == _plain(
        join_labels(ROWS, pa.concat_tables([shuffled.slice(cut), shuffled.slice(0, cut)]))
    )


def _plain(found: Labelled) -> tuple[Any, ...]:
    return found.rows.to_pylist(), found.targets.to_pylist(), found.used


@pytest.mark.parametrize(
    ("targets", "kind", "expected"),
    [
        (["x", "y"], pa.string(), ["x", "y"]),
        ([True, False], pa.bool_(), [True, False]),
        ([1, 2], pa.int64(), [1, 2]),
        ([1, 2.5], pa.float64(), [1.0, 2.5]),
        (["x", 1, 2.5, True], pa.string(), ["x", "1", "2.5", "true"]),
    ],
)
def test_truths_become_one_column(targets: list[Any], kind: pa.DataType, expected: list[Any]) -> None:
    table = labels_of(*({"id": str(number), "target": each} for number, each in enumerate(targets)))

    column = typed_targets(table["target"].combine_chunks())

    assert (column.type, column.to_pylist()) == (kind, expected)
