"""The window stage takes open windows up from copies; where others went on meanwhile, from those of now."""

from collections.abc import Iterable

import pytest

from streams.kafka.items import Start
from streams.metrics import create_metrics
from streams.stages.window import WindowSettings, WindowState
from streams.stores.copies import CopyLostError, CopyStore
from tests.core.windows.test_copies import LIMIT, LONG, SHORT, StageState, log_over
from tests.simulation.objects import ObjectsState

SETTINGS = WindowSettings("collected", "batches", "window-progress", LIMIT)
Progress = dict[bytes, bytes]


class ProgressReaders:
    """What reading progress gives, one time after the other; the last of it for ever."""

    def __init__(self, *found: Progress) -> None:
        self.found = list(found)

    def __call__(self, partition: int) -> Iterable[tuple[bytes, bytes]]:
        del partition
        return (self.found.pop(0) if len(self.found) > 1 else self.found[0]).items()


@pytest.fixture
def objects() -> ObjectsState:
    return ObjectsState()


@pytest.fixture
def progress(objects: ObjectsState) -> list[Progress]:
    """What a stage committed after half of a log, and after all of it; the store has the copies of the latter."""
    log, stage, told = log_over(0.5, [LONG]), StageState(), []
    for part in (log[: len(log) // 2], log[len(log) // 2 :]):
        stage.fold(part)
        told.append(dict(stage.progress))
    shelf = CopyStore(objects, SETTINGS.progress, 0)
    for copy in stage.state.copies:
        shelf.put(copy, stage.copies.objects[copy.name])
    return told


def taken_up(objects: ObjectsState, read: ProgressReaders) -> dict[str, int]:
    stage = WindowState(SETTINGS, objects, read, create_metrics())
    stage.assign([Start(0, 0, "")], 1)
    return stage._partitions[0].open_rows()


def test_open_rows_are_there_before_anything_of_the_log_is_read(
    objects: ObjectsState, progress: list[Progress]
) -> None:
    rows = taken_up(objects, ProgressReaders(progress[1]))["long"]
    assert 2_000 - 200 < rows <= 2_000


def test_outdated_copies_stay_until_a_checkpoint_without_them_is_committed(objects: ObjectsState) -> None:
    stage = WindowState(SETTINGS, objects, ProgressReaders({}), create_metrics())
    stage.assign([Start(0, 0, "")], 1)
    seen: set[str] = set()
    for record in log_over(2, [SHORT]):
        stage.fold(0, record)
        stage._closed.clear()
        stage.publish()
        before = set(objects.content)
        made = stage.checkpoint()
        assert set(objects.content) == before
        made.committed()
        seen |= before
    named = {copy.name for copy in stage._partitions[0].copies}
    assert {key.rpartition("/")[2] for key in objects.content} == named
    assert len(seen) > 5 * len(named)


def test_a_copy_that_is_gone_stops_the_stage(objects: ObjectsState, progress: list[Progress]) -> None:
    del objects.content[min(objects.content)]
    with pytest.raises(CopyLostError, match="is missing"):
        taken_up(objects, ProgressReaders(progress[1]))


def test_an_owner_that_was_replaced_does_not_miss_copies_that_its_successor_removed(
    objects: ObjectsState, progress: list[Progress]
) -> None:
    """It takes up what its successor left, and is told later that it owns nothing."""
    removed = {**progress[0], b"copies": progress[0][b"copies"].replace(b'"number":0', b'"number":9')}
    assert taken_up(objects, ProgressReaders(removed, progress[1])) == taken_up(objects, ProgressReaders(progress[1]))
