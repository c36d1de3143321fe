from pathlib import Path

import pytest

from streams.stores.listing import BATCHES, PAGE, SNAPSHOTS
from streams.stores.locations import open_objects
from streams.stores.objects import ObjectStore


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    store = open_objects(str(tmp_path))
    for folder in (
        "hourly/20261121T110000.000Z-ab12",
        "hourly/20261121T100000.000Z-ab99",
        "every thousand/20261121T101500.250Z-cd34",
    ):
        store.put(f"snapshots/{folder}/snapshot.json", b"{}")
        store.put(f"snapshots/{folder}/report.html", b"<html>")
    store.put("batches/hourly/20261121T110000.000Z-ab12/manifest.json", b"{}")
    return store


def test_snapshots_are_listed_by_collector_and_window(store: ObjectStore) -> None:
    found = [(each.collector_id, each.window_start, each.batch_id) for each in SNAPSHOTS.stored(store)]

    assert found == [
        ("every thousand", "20261121T101500.250Z", "cd34"),
        ("hourly", "20261121T100000.000Z", "ab99"),
        ("hourly", "20261121T110000.000Z", "ab12"),
    ]


def test_one_collector_can_be_asked_for(store: ObjectStore) -> None:
    assert [each.batch_id for each in SNAPSHOTS.stored(store, "hourly")] == ["ab99", "ab12"]


def test_the_page_for_people_lies_beside_the_snapshot(store: ObjectStore) -> None:
    assert all(store.exists(each.beside(PAGE)) for each in SNAPSHOTS.stored(store))


def test_the_beginning_of_a_batch_id_is_enough_where_it_is_unique(store: ObjectStore) -> None:
    found = SNAPSHOTS.find(store, "cd")

    assert found is not None
    assert found.key == "snapshots/every thousand/20261121T101500.250Z-cd34/snapshot.json"
    assert SNAPSHOTS.find(store, "ab") is None
    assert SNAPSHOTS.find(store, "ff") is None


def test_batches_are_listed_alike(store: ObjectStore) -> None:
    assert [each.batch_id for each in BATCHES.stored(store)] == ["ab12"]
