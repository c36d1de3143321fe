"""What a store says when it cannot serve."""

from pathlib import Path

import pytest

from streams.stores.errors import StoreUnavailableError
from streams.stores.folder import FolderObjects
from streams.stores.locations import open_objects
from tests.servers.s3 import S3Bucket


@pytest.fixture
def bucket(s3: S3Bucket, monkeypatch: pytest.MonkeyPatch) -> S3Bucket:
    for name, value in s3.server.environment().items():
        monkeypatch.setenv(name, value)
    return s3


@pytest.mark.s3
def test_a_bucket_that_is_not_there_is_named_and_never_created(bucket: S3Bucket) -> None:
    store = open_objects("s3://not-there/prefix", bucket.endpoint)

    with pytest.raises(StoreUnavailableError, match="no bucket 'not-there'"):
        store.check()
    with pytest.raises(StoreUnavailableError, match="s3_endpoint_url"):
        store.put("a", b"x")


@pytest.mark.s3
def test_a_server_that_does_not_answer_is_unavailable_and_says_where_to_look(bucket: S3Bucket) -> None:
    store = open_objects(bucket.uri, "http://127.0.0.1:9")

    with pytest.raises(StoreUnavailableError, match="STREAMS_STORE_S3_ENDPOINT_URL"):
        store.put("a", b"x")
    with pytest.raises(StoreUnavailableError, match="STREAMS_STORE_S3_ENDPOINT_URL"):
        store.exists("a")


@pytest.mark.s3
def test_a_secret_key_is_in_no_error(bucket: S3Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-in-the-mine")
    store = open_objects(bucket.uri, "http://127.0.0.1:9")

    with pytest.raises(StoreUnavailableError) as refused:
        store.put("a", b"x")

    assert "canary" not in f"{refused.value!r} {refused.value.__cause__!r}"


def test_a_folder_that_is_a_file_is_unavailable_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreUnavailableError, match="STREAMS_STORE_URI"):
        open_objects(str(tmp_path / "file")).check()


def test_a_write_that_fails_leaves_the_old_object_and_no_rubbish(tmp_path: Path) -> None:
    store = FolderObjects(tmp_path)
    store.put("a", b"old")

    with pytest.raises(TypeError):
        store.put("a", "text, not bytes")  # type: ignore[arg-type]

    assert store.get("a") == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("uri", "complaint"),
    [
        ("ftp://host/x", "names no object store"),
        ("s3://key:canary@bucket/x", "must not hold credentials"),
        ("s3://", "s3://BUCKET"),
        ("s3://bucket/x?region=eu-west-1", "s3://BUCKET"),
        ("file://host/x", "file:///FOLDER"),
    ],
)
def test_a_uri_that_names_no_store_is_refused_without_its_credentials(uri: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as refused:
        open_objects(uri)

    assert "canary" not in str(refused.value)


def test_a_file_uri_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "with space"

    assert open_objects(folder.as_uri()) == FolderObjects(folder)
