"""Reference data from a folder and from a real S3 server."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from streams.stores.errors import StoreUnavailableError
from streams.stores.locations import open_objects
from streams.stores.objects import ObjectStore
from streams.stores.references import ReferenceCacheState, ReferenceUnusableError
from streams.stores.uploads import add_upload, uploads


@dataclass(frozen=True)
class Place:
    store: ObjectStore
    cache: ReferenceCacheState
    located: Callable[[str], str]


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.s3)])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    if request.param == "folder":
        return Place(
            open_objects(str(tmp_path)), ReferenceCacheState(tmp_path, uploads_uri=str(tmp_path)), lambda name: name
        )
    bucket = request.getfixturevalue("s3")
    for name, value in bucket.server.environment().items():
        monkeypatch.setenv(name, value)
    store = open_objects(bucket.uri, bucket.endpoint)
    return Place(store, ReferenceCacheState(tmp_path, bucket.endpoint, bucket.uri), lambda name: f"{bucket.uri}/{name}")


def parquet_bytes(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(table, sink)
    return sink.getvalue()


def test_parquet_comes_as_its_table_and_the_hash_of_its_bytes(place: Place) -> None:
    table = pa.table({"amount": [1.5, None], "region": ["eu", "us"]})
    place.store.put("folder/reference.parquet", parquet_bytes(table))

    reference = place.cache.load(place.located("folder/reference.parquet"))

    assert reference.table.equals(table)
    assert len(reference.sha256) == 64


def test_csv_comes_with_types_inferred_from_every_row(place: Place) -> None:
    rows = "\n".join(["1"] * 300_000 + ["1.5"])
    place.store.put("reference.csv", f"amount\n{rows}\n".encode())

    reference = place.cache.load(place.located("reference.csv"))

    assert reference.table.schema.field("amount").type == pa.float64()
    assert reference.table["amount"][-1].as_py() == 1.5


def test_an_unchanged_reference_is_read_once(place: Place) -> None:
    place.store.put("reference.csv", b"a\n1\n")

    first = place.cache.load(place.located("reference.csv"))

    assert place.cache.load(place.located("reference.csv")) is first


def test_a_replaced_reference_is_read_again(place: Place) -> None:
    place.store.put("reference.csv", b"a\n1\n")
    first = place.cache.load(place.located("reference.csv"))
    place.store.put("reference.csv", b"a\n2\n")

    second = place.cache.load(place.located("reference.csv"))

    assert second.table["a"].to_pylist() == [2]
    assert second.sha256 != first.sha256


def test_equal_content_at_two_places_is_kept_once(place: Place) -> None:
    place.store.put("one.csv", b"a\n1\n")
    place.store.put("two.csv", b"a\n1\n")

    one = place.cache.load(place.located("one.csv"))
    two = place.cache.load(place.located("two.csv"))

    assert one.table is two.table
    assert one.sha256 == two.sha256


def test_a_missing_reference_is_named_with_a_remedy(place: Place) -> None:
    location = place.located("none.parquet")

    with pytest.raises(ReferenceUnusableError, match=rf"(?s){location}.*correct the path"):
        place.cache.load(location)


@pytest.mark.parametrize("content", [b"PAR1 is how it begins", b"a,b\n1\n", b""])
def test_what_is_no_table_is_refused_by_name(place: Place, content: bytes) -> None:
    place.store.put("broken", content)

    with pytest.raises(ReferenceUnusableError, match="broken is neither Parquet nor CSV"):
        place.cache.load(place.located("broken"))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"a,\xc6\n1,2\n", "broken is neither Parquet nor CSV with a header line, in UTF-8"),
        (b"a,b,a\n1,2,3\n", r"broken: columns \['a'\] occur more than once: rename all but one"),
    ],
)
def test_names_of_columns_that_are_no_text_or_not_unique_are_refused_by_reference(
    place: Place, content: bytes, why: str
) -> None:
    place.store.put("broken", content)

    with pytest.raises(ReferenceUnusableError, match=why):
        place.cache.load(place.located("broken"))


def test_a_reference_that_was_broken_can_be_mended(place: Place) -> None:
    place.store.put("mended.csv", b"a,b\n1\n")
    with pytest.raises(ReferenceUnusableError):
        place.cache.load(place.located("mended.csv"))
    place.store.put("mended.csv", b"a,b\n1,2\n")

    assert place.cache.load(place.located("mended.csv")).table.num_rows == 1


@pytest.mark.s3
def test_a_store_that_is_down_is_not_a_missing_reference(tmp_path: Path) -> None:
    cache = ReferenceCacheState(tmp_path, "http://127.0.0.1:9")

    with pytest.raises(StoreUnavailableError):
        cache.load("s3://bucket/reference.csv")


def test_an_upload_is_found_by_its_name_and_replaced_under_it(place: Place) -> None:
    first = add_upload(place.store, "animals", b"a\n1\n")
    before = place.cache.load("uploaded:animals")
    second = add_upload(place.store, "animals", b"a\n2\n")
    after = place.cache.load("uploaded:animals")

    assert (before.sha256, after.sha256) == (first.sha256, second.sha256)
    assert (before.table["a"].to_pylist(), after.table["a"].to_pylist()) == ([1], [2])
    assert list(uploads(place.store)) == [second]


def test_a_missing_upload_is_named_with_the_command_that_makes_it(place: Place) -> None:
    with pytest.raises(ReferenceUnusableError, match="streams references add FILE --name animals"):
        place.cache.load("uploaded:animals")


def test_a_name_does_not_lead_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="names no uploaded reference"):
        add_upload(open_objects(str(tmp_path)), "../names", b"a")


def test_what_may_not_be_read_fails_its_report_instead_of_holding_all_others_back(tmp_path: Path) -> None:
    (tmp_path / "reference.csv").mkdir()

    with pytest.raises(ReferenceUnusableError, match=r"reference\.csv cannot be read"):
        ReferenceCacheState(tmp_path).load("reference.csv")


@pytest.mark.s3
def test_a_bucket_that_is_not_there_is_a_missing_reference(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = request.getfixturevalue("s3")
    for name, value in bucket.server.environment().items():
        monkeypatch.setenv(name, value)

    with pytest.raises(ReferenceUnusableError, match="s3://no-such-bucket-of-ours"):
        ReferenceCacheState(tmp_path, bucket.endpoint).load("s3://no-such-bucket-of-ours/reference.csv")
