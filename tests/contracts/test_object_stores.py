"""What every object store promises: the same tests on a folder, on the simulation's store and on a real S3 server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from streams.stores.errors import ObjectMissingError
from streams.stores.locations import open_objects
from streams.stores.objects import ObjectStore
from tests.simulation.objects import ObjectsState


@pytest.fixture(params=["folder", "simulated", pytest.param("s3", marks=pytest.mark.s3)])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    if request.param == "folder":
        yield open_objects(str(tmp_path / "new" / "objects"))
        return
    if request.param == "simulated":
        yield ObjectsState()
        return
    bucket = request.getfixturevalue("s3")
    for name, value in bucket.server.environment().items():
        monkeypatch.setenv(name, value)
    yield open_objects(f"{bucket.uri}/some/prefix", bucket.endpoint)


def test_what_was_put_is_there_whole(store: ObjectStore) -> None:
    store.put("batches/hourly/rows.parquet", b"PAR1")

    assert store.get("batches/hourly/rows.parquet") == b"PAR1"
    assert store.exists("batches/hourly/rows.parquet")


def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    store.put("empty", b"")

    assert store.get("empty") == b""
    assert store.exists("empty")


def test_an_object_of_thirty_megabytes_comes_back(store: ObjectStore) -> None:
    content = bytes(range(256)) * (30 << 12)

    store.put("large", content)

    assert store.get("large") == content
    assert store.version("large").bytes == len(content)


def test_putting_again_replaces(store: ObjectStore) -> None:
    store.put("a/b", b"first, and longer")
    store.put("a/b", b"second")

    assert store.get("a/b") == b"second"
    assert store.keys() == ["a/b"]


def test_what_was_deleted_is_gone_and_may_be_deleted_again(store: ObjectStore) -> None:
    store.put("a/b", b"x")
    store.put("a/c", b"x")
    for _ in range(2):
        store.delete("a/b")

    assert store.keys() == ["a/c"]
    assert not store.exists("a/b")


def test_another_content_of_the_same_size_has_another_stamp(store: ObjectStore) -> None:
    store.put("reference.csv", b"a\n1\n")
    before = store.version("reference.csv")
    store.put("reference.csv", b"a\n2\n")

    assert store.version("reference.csv") != before


def test_an_untouched_object_keeps_its_stamp(store: ObjectStore) -> None:
    store.put("reference.csv", b"a\n1\n")

    assert store.version("reference.csv") == store.version("reference.csv")


def test_what_was_never_put_is_missing_and_named(store: ObjectStore) -> None:
    assert not store.exists("no/such")
    with pytest.raises(ObjectMissingError, match="no/such"):
        store.get("no/such")
    with pytest.raises(ObjectMissingError, match="no/such"):
        store.version("no/such")


def test_a_folder_of_objects_is_no_object(store: ObjectStore) -> None:
    store.put("a/b", b"1")

    assert not store.exists("a")


def test_keys_are_those_below_a_folder_in_order(store: ObjectStore) -> None:
    for key in ("b/2", "b/10", "a/1", "bb/1", "b/c/d"):
        store.put(key, b"x")

    assert store.keys("b") == ["b/10", "b/2", "b/c/d"]
    assert store.keys() == ["a/1", "b/10", "b/2", "b/c/d", "bb/1"]
    assert store.keys("nothing/here") == []


def test_characters_that_are_special_in_urls_may_be_in_keys(store: ObjectStore) -> None:
    key = "snapshots/näch ste+1%20?/20261121T100000.000Z-ab=c/x.json"
    store.put(key, b"x")

    assert store.get(key) == b"x"
    assert store.keys() == [key]


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../up", "a//b", "a/./b", "a/..", "a\\b", "a/"])
def test_a_key_cannot_lead_elsewhere(store: ObjectStore, key: str) -> None:
    with pytest.raises(ValueError, match="relative path"):
        store.put(key, b"x")
    with pytest.raises(ValueError, match="relative path"):
        store.get(key)


def test_a_working_store_passes_the_check(store: ObjectStore) -> None:
    store.check()


def test_two_objects_of_one_key_written_at_once_leave_one_of_them_whole(store: ObjectStore) -> None:
    contents = [bytes([number]) * 100_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: store.put("same", content), contents))

    assert store.get("same") in contents
    assert store.keys() == ["same"]
