from pathlib import Path

import pytest

from streams.stores.locations import open_objects
from streams.stores.objects import ObjectStore
from streams.stores.snapshots import find_snapshot, stored_snapshots


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
    found = [(each.collector_id, each.window_start, each.batch_id) for each in stored_snapshots(store)]

    assert found == [
        ("every thousand", "20261121T101500.250Z", "cd34"),
        ("hourly", "20261121T100000.000Z", "ab99"),
        ("hourly", "20261121T110000.000Z", "ab12"),
    ]


def test_one_collector_can_be_asked_for(store: ObjectStore) -> None:
    assert [each.batch_id for each in stored_snapshots(store, "hourly")] == ["ab99", "ab12"]


def test_the_page_for_people_lies_beside_the_snapshot(store: ObjectStore) -> None:
    assert all(store.exists(each.html_key) for each in stored_snapshots(store))


def test_the_beginning_of_a_batch_id_is_enough_where_it_is_unique(store: ObjectStore) -> None:
    found = find_snapshot(store, "cd")

    assert found is not None
    assert found.key == "snapshots/every thousand/20261121T101500.250Z-cd34/snapshot.json"
    assert find_snapshot(store, "ab") is None
    assert find_snapshot(store, "ff") is None
