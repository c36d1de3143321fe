from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pandas as pd
import pytest

from streams.client import Client, NotFoundError, open_client
from streams.core.batches.manifest import Manifest
from streams.stores.listing import quality_key
from tests.core.batches.closed_windows import collector_of
from tests.core.test_snapshots import make_quality
from tests.stored_batches import put_batch, put_snapshot

REPORT = {
    "metrics": ["row_count", "data_drift", "quantiles"],
    "tests": [{"metric": "row_count", "gte": 1_000}, {"metric": "row_count", "gt": 0}],
    "slices": [{"by": "region"}],
}


def events(shift: float) -> list[dict[str, object]]:
    """Forty of them."""
    return [
        {"id": f"e{n}", "time": n, "model": {"id": "m"}, "features": {"amount": n + shift, "region": "ab"[n % 2]}}
        for n in range(40)
    ]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Client, Manifest, Manifest]:
    """Two hours of one collector, the second of which drifted, and an hour of another without events."""
    client = open_client(str(tmp_path_factory.mktemp("objects")))
    first, second = (put_batch(client.store, collector_of(), events(100 * hour), hour) for hour in (0, 1))
    for manifest in (first, second):
        put_snapshot(client.store, manifest, first, REPORT)
    put_batch(client.store, collector_of(id="silent"), [], 0)
    return client, first, second


def test_snapshots_are_rows_in_order_with_typed_columns(filled: tuple[Client, Manifest, Manifest]) -> None:
    client, first, second = filled

    frame = client.snapshots("c")

    assert frame["batch_id"].tolist() == [first.batch_id, second.batch_id]
    assert frame["verdict"].tolist() == ["not_drifted", "drifted"]
    assert frame["start"].tolist() == [pd.Timestamp(0, tz="UTC"), pd.Timestamp("1970-01-01T01:00Z")]
    assert frame["drift_share"].tolist() == [0.0, 0.5]
    assert frame["drifted_columns"].tolist() == [[], ["amount"]]
    assert frame["failed_tests"].tolist() == [1, 1]
    assert frame["dropped"].tolist() == [2, 2]


def test_windows_are_chosen_by_their_start(filled: tuple[Client, Manifest, Manifest]) -> None:
    client, first, second = filled
    hour = datetime(1970, 1, 1, 1, tzinfo=UTC)

    assert client.snapshots(start=hour)["batch_id"].tolist() == [second.batch_id]
    assert client.snapshots(end=hour)["batch_id"].tolist() == [first.batch_id]
    assert client.snapshots(start=hour.replace(tzinfo=None), end=hour).empty
    assert client.snapshots(start="1970-01-01T02:00:00+01:00")["batch_id"].tolist() == [second.batch_id]
    assert client.snapshots(end="1970-01-01T01:00")["batch_id"].tolist() == [first.batch_id]
    assert len(client.snapshots(start="1970-01-01", end=date(1970, 1, 2))) == 2
    with pytest.raises(ValueError, match="'noon' is no time: write 2026-11-26"):
        client.snapshots(start="noon")


def test_drift_is_a_row_for_each_column(filled: tuple[Client, Manifest, Manifest]) -> None:
    client, _, second = filled

    frame = client.drift()
    frame = frame[frame["batch_id"] == second.batch_id].set_index("column")

    assert frame["drifted"].dropna().to_dict() == {"amount": True, "region": False}
    assert frame.loc[["amount", "region"], "kind"].tolist() == ["numeric", "categorical"]
    assert frame.loc["amount", "score"] < frame.loc["amount", "threshold"]


def test_metrics_are_numbers_of_both_sides_of_the_whole_and_of_slices(
    filled: tuple[Client, Manifest, Manifest],
) -> None:
    client, _, second = filled

    frame = client.metrics()
    frame = frame[(frame["batch_id"] == second.batch_id) & (frame["metric"] == "row_count")]

    assert frame["slice"].isna().tolist() == [True, False, False]
    assert frame["current"].tolist() == [40.0, 20.0, 20.0]
    assert frame["reference"].tolist() == [40.0, 20.0, 20.0]


def test_tests_tell_their_bound_and_how_they_ended(filled: tuple[Client, Manifest, Manifest]) -> None:
    frame = filled[0].tests().head(2)

    assert frame["condition"].tolist() == ["gte", "gt"]
    assert frame["expected"].tolist() == [1_000, 0]
    assert frame["status"].tolist() == ["fail", "pass"]


def test_batches_tell_what_they_hold(filled: tuple[Client, Manifest, Manifest]) -> None:
    frame = filled[0].batches().set_index("collector")

    assert frame["rows"].tolist() == [40, 40, 0]
    assert frame.loc["silent", "dropped"] == {"caller": 2}
    assert frame.loc["silent", "bytes"] == 0


def test_rows_come_by_the_beginning_of_an_id(filled: tuple[Client, Manifest, Manifest]) -> None:
    client, _, second = filled

    frame = client.rows(second.batch_id[:8])

    assert frame["id"].tolist() == [f"e{n}" for n in range(40)]
    assert frame["features.amount"].tolist() == [n + 100.0 for n in range(40)]
    assert client.rows(second.batch_id, late=True).empty


def test_arrow_types_are_kept_on_request(filled: tuple[Client, Manifest, Manifest]) -> None:
    frame = filled[0].rows(filled[1].batch_id, dtype_backend="pyarrow")

    assert {type(kind) for kind in frame.dtypes} == {pd.ArrowDtype}


@pytest.mark.parametrize("ask", ["rows", "html"])
def test_an_unknown_batch_is_said_to_be_unknown(filled: tuple[Client, Manifest, Manifest], ask: str) -> None:
    with pytest.raises(NotFoundError, match="'f00'"):
        getattr(filled[0], ask)("f00")


def test_the_page_of_a_batch_can_be_shown(filled: tuple[Client, Manifest, Manifest]) -> None:
    assert filled[0].html(filled[1].batch_id) == "<html>"


@pytest.mark.parametrize("frame", ["snapshots", "drift", "metrics", "tests", "batches"])
def test_an_empty_store_gives_empty_frames_with_all_columns(tmp_path: Path, frame: str) -> None:
    empty = getattr(open_client(str(tmp_path)), frame)()

    assert empty.empty
    assert str(empty["start"].dtype) == "datetime64[ms, UTC]"


def test_model_quality_is_read_in_its_latest_revision(tmp_path: Path) -> None:
    client = open_client(str(tmp_path))
    manifest = put_batch(client.store, collector_of(), events(0), 0)
    for revision in (60, 61):
        snapshot = msgspec.structs.replace(
            make_quality(revision), collector_id="c", batch_id=manifest.batch_id, start_ms=0
        )
        client.store.put(quality_key(snapshot, "json"), snapshot.to_json_bytes())

    frame = client.quality("c")

    counts = ["revision", "labelled", "labelled_late", "share", "duplicates"]
    assert frame[counts].to_numpy().tolist() == [[61, 50, 3, 0.5, 11]]
    accuracy = client.metrics("c", of="quality").query("metric == 'accuracy' and field == 'value'")
    assert accuracy["current"].tolist() == [0.5]
    assert client.snapshots("c").empty
    assert client.quality("nobody").empty
