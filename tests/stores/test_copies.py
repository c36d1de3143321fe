"""Copies of open windows as objects: what is gone is named, and what crashed attempts left is swept."""

from pathlib import Path

import pytest

from streams.core.windows.copies import LogCopy
from streams.stores.copies import CopyLostError, CopyStore
from streams.stores.folder import FolderObjects
from tests.core.windows.test_copies import made_at_once

TOPIC = "window-progress"


@pytest.fixture
def shelf(tmp_path: Path) -> CopyStore:
    return CopyStore(FolderObjects(tmp_path), TOPIC, 3)


def test_a_copy_comes_back_as_segments_by_their_log_offsets(shelf: CopyStore) -> None:
    copy, content = made_at_once()
    shelf.put(copy, content)
    assert [offset for offset, _ in shelf.read(copy)] == [0]


def test_a_copy_that_is_gone_is_an_error_with_its_place_and_the_remedy(shelf: CopyStore) -> None:
    copy, _ = made_at_once()
    with pytest.raises(
        CopyLostError, match=r"file://\S+/open-windows/window-progress/3/0+3-0000.msgpack is missing"
    ) as e:
        shelf.read(copy)
    assert "put it back, from an older version in the bucket or a backup" in str(e.value)


def test_a_copy_that_was_altered_is_an_error_with_its_place(shelf: CopyStore) -> None:
    copy, content = made_at_once()
    shelf.put(copy, content[:-1] + b"!")
    with pytest.raises(CopyLostError, match=r"0000.msgpack has \d+ bytes, XXH3 \w+; made were \d+, \w+: it holds rows"):
        shelf.read(copy)


def test_only_copies_that_progress_has_passed_without_naming_them_are_swept(shelf: CopyStore, tmp_path: Path) -> None:
    named, left, later = (LogCopy(border, 0, 1, "") for border in (10, 20, 30))
    other = CopyStore(FolderObjects(tmp_path), TOPIC, 33)
    for each in (named, left, later):
        shelf.put(each, b"x")
        other.put(each, b"x")
    shelf.sweep([named], 20)
    keys = FolderObjects(tmp_path).keys(f"open-windows/{TOPIC}/3")
    assert [key.rpartition("/")[2] for key in keys] == [named.name, later.name]
    assert len(FolderObjects(tmp_path).keys(f"open-windows/{TOPIC}/33")) == 3


def test_what_is_removed_may_be_removed_again(shelf: CopyStore, tmp_path: Path) -> None:
    copy, content = made_at_once()
    shelf.put(copy, content)
    for _ in range(2):
        shelf.remove([copy])
    assert FolderObjects(tmp_path).keys() == []
