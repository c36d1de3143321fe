import io
import json
from pathlib import Path
from typing import Any

import fastavro
import msgspec
import pytest

from streams.core.batches.manifest import OtherColumns
from streams.core.snapshot_avro import from_avro_bytes, to_avro_bytes
from streams.core.snapshots import Snapshot, SnapshotFormatError, claimed, failed_snapshot
from tests.core.test_snapshots import CONFIG, FACTS, make_quality, make_snapshot

DOCUMENT = json.loads((Path(__file__).parents[2] / "schemas" / "snapshot.avsc").read_text())
SCHEMA = fastavro.parse_schema(DOCUMENT)


@pytest.mark.parametrize(
    "snapshot",
    [
        make_snapshot(),
        make_snapshot(9),
        make_quality(),
        failed_snapshot(FACTS, CONFIG.hash, None, "no reference"),
        claimed(make_snapshot(9), "snapshots/s.json"),
        claimed(make_quality(), "snapshots/q.json"),
        msgspec.structs.replace(make_snapshot(), other_columns=OtherColumns(5_800, 5_801, ("features.w1", "extra.x"))),
    ],
)
def test_a_snapshot_survives_avro(snapshot: Snapshot) -> None:
    assert from_avro_bytes(to_avro_bytes(snapshot, SCHEMA), SCHEMA) == snapshot


def test_the_summary_can_be_read_without_the_report() -> None:
    names = {"id", "collector_id", "rows", "report_hash", "verdict", "drifted_columns", "drift_share"}
    fields = [field for field in DOCUMENT["fields"] if field["name"] in names]
    summary = fastavro.parse_schema(DOCUMENT | {"fields": fields})
    read = _read(to_avro_bytes(make_snapshot(9), SCHEMA), summary)
    assert (read["verdict"], read["drifted_columns"], read["drift_share"]) == ("drifted", ["amount"], 0.5)


def test_the_order_of_drop_reasons_does_not_show_in_the_bytes() -> None:
    snapshot = make_snapshot()
    turned = msgspec.structs.replace(snapshot, dropped=dict(reversed(snapshot.dropped.items())))
    assert to_avro_bytes(turned, SCHEMA) == to_avro_bytes(snapshot, SCHEMA)


def test_every_field_that_may_be_missing_has_a_default() -> None:
    required = {field["name"] for field in DOCUMENT["fields"] if "default" not in field}
    assert required == {"id", "collector_id", "batch_id", "rows", "report_hash", "verdict"}


def test_bytes_that_are_no_snapshot_are_refused() -> None:
    with pytest.raises(SnapshotFormatError, match="no snapshot"):
        from_avro_bytes(b"\x02", SCHEMA)


def _read(raw: bytes, reader: Any) -> Any:
    return fastavro.schemaless_reader(io.BytesIO(raw), SCHEMA, reader)


_LATER = ("kind", "labels", "texts_cut", "claim")


def test_what_was_written_before_there_were_labels_can_still_be_read() -> None:
    former = fastavro.parse_schema(
        DOCUMENT | {"fields": [each for each in DOCUMENT["fields"] if each["name"] not in _LATER]}
    )
    assert from_avro_bytes(to_avro_bytes(make_snapshot(), former), SCHEMA) == make_snapshot()
