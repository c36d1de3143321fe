import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from streams.core.batches.build import build_batch
from streams.core.batches.manifest import Manifest, ManifestFormatError, decode_manifest, encode_manifest, json_schema
from tests.core.batches.closed_windows import collector_of, decoded, segments_of, window_of
from tests.core.events.chunks import events_as_json
from tests.core.events.test_many_events import EVENTS

SHIPPED = Path(__file__).parents[3] / "schemas" / "batch-manifest.schema.json"
FIRST = b"""{
  "batch_id": "0f", "source_topic": "predictions", "start_ms": 0, "end_ms": 3600000, "sequence": 0, "format": 1,
  "plan": {"collector_id": "c", "config_hash": "a1", "trigger": {"kind": "interval", "interval_ms": 3600000}},
  "rows": 2, "late_rows": 0, "dropped": {"random_sample": 3}, "late_object": null,
  "source": [{"partition": 0, "first": 5, "last": 9, "rows": 2}],
  "rows_object": {"key": "batches/c/x/rows.parquet", "bytes": 10, "sha256": "ab"}
}"""


def made(dropped: dict[str, int] | None = None, **parts: Any) -> Manifest:
    """The manifest of a batch of three rows."""
    collector = collector_of(**parts)
    found = segments_of(collector, decoded(collector, events_as_json(EVENTS)))
    return build_batch(window_of(collector, found, dropped)).manifest


WINDOW_OPERATORS = [{"type": "reservoir_sample", "rows": 2}]
MANIFESTS = [
    made(),
    made({"caller": 3}, operators=WINDOW_OPERATORS),
    made(trigger={"type": "rows", "rows": 3}, order="arrival"),
    made(trigger={"type": "cron", "expression": "0 6 * * mon", "timezone": "Europe/Berlin"}),
    build_batch(window_of(collector_of(), [], {"caller": 3})).manifest,
]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=range(len(MANIFESTS)))
def test_a_manifest_survives_its_own_json_and_is_valid_by_the_shipped_schema(manifest: Manifest) -> None:
    value = encode_manifest(manifest)
    assert decode_manifest(value) == manifest
    jsonschema.Draft202012Validator(json.loads(SHIPPED.read_bytes())).validate(json.loads(value))


def test_the_shipped_schema_is_the_manifests() -> None:
    assert json.loads(SHIPPED.read_bytes()) == json_schema(), "run scripts/generate_docs.py"


def test_what_the_first_version_wrote_is_still_read() -> None:
    manifest = decode_manifest(FIRST)
    assert (manifest.batch_id, manifest.rows, manifest.dropped) == ("0f", 2, {"random_sample": 3})
    jsonschema.Draft202012Validator(json_schema()).validate(json.loads(FIRST))


def test_a_field_beside_those_of_the_first_version_has_a_default() -> None:
    required = {name: set(one.get("required", ())) for name, one in json_schema()["$defs"].items()}
    assert required["Manifest"] == set(json.loads(FIRST)) - {"format"}
    assert required["RowRange"] == {"partition", "first", "last", "rows"}
    assert required["StoredObject"] == {"key", "bytes", "sha256"}
    assert required["WindowPlan"] == {"collector_id", "config_hash", "trigger"}
    assert required["Trigger"] == {"kind"}


def test_fields_of_later_versions_are_ignored() -> None:
    later = json.loads(FIRST) | {"colour": "red"}
    later["plan"] |= {"shape": "round"}
    assert decode_manifest(json.dumps(later).encode()) == decode_manifest(FIRST)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (b"{", "no manifest of a batch: "),
        (b'{"batch_id": 3}', "no manifest of a batch: .*batch_id"),
        (FIRST.replace(b'"format": 1', b'"format": 2'), "batch 0f has format 2.*up to 1: upgrade"),
    ],
)
def test_what_is_no_manifest_or_a_newer_one_is_refused(value: bytes, message: str) -> None:
    with pytest.raises(ManifestFormatError, match=message):
        decode_manifest(value)


def test_the_order_in_which_drops_were_counted_does_not_show() -> None:
    one, other = made({"a": 1, "b": 2}), made({"b": 2, "a": 1})
    assert encode_manifest(one) == encode_manifest(other)
    assert list(json.loads(encode_manifest(one))) == sorted(json.loads(encode_manifest(one)))


def test_objects_of_a_batch_lie_by_collector_start_and_id() -> None:
    manifest = msgspec.structs.replace(MANIFESTS[0], start_ms=1_763_719_200_250)
    assert manifest.batch_folder == f"batches/c/20251121T100000.250Z-{manifest.batch_id}"
    assert manifest.snapshot_folder == f"snapshots/c/20251121T100000.250Z-{manifest.batch_id}"


@pytest.mark.parametrize(
    ("start_ms", "stamp"),
    [
        (-1, "19691231T235959.999Z"),
        (-62_135_596_800_000, "00010101T000000.000Z"),
        (253_402_300_799_999, "99991231T235959.999Z"),
    ],
)
def test_a_folder_has_four_digits_of_year_and_every_millisecond(start_ms: int, stamp: str) -> None:
    assert msgspec.structs.replace(MANIFESTS[0], start_ms=start_ms).folder.startswith(f"c/{stamp}-")
