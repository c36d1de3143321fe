"""Objects in a bucket, through pyarrow's filesystems: S3 and what speaks its protocol, Google Cloud Storage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pyarrow import ArrowException
from pyarrow.fs import FileInfo, FileSelector, FileSystem, FileType

from streams.stores.errors import ObjectMissingError, StoreUnavailableError
from streams.stores.objects import ObjectVersion, checked

# As the clients of S3 and Google put it: a refused key, and (by curl) a host name that nobody knows, or a certificate.
_REFUSALS = re.compile(
    r"ACCESS_DENIED|INVALID_ACCESS_KEY_ID|SIGNATURE|UNRECOGNIZED_CLIENT|CREDENTIAL|HTTP status 40[13]"
    r"|curlCode: (?:6|35|51|58|60|77),|PERMISSION_DENIED|UNAUTHENTICATED",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class BucketObjects:
    """See `ObjectStore`. `place` is bucket and prefix; `remedy` says what to look at when the store refuses."""

    filesystem: FileSystem
    scheme: str
    place: str
    remedy: str

    def put(self, key: str, content: bytes) -> None:
        """One upload; a bucket shows it only when it is complete."""
        with self._reported(key), self.filesystem.open_output_stream(self._path(key)) as stream:
            stream.write(content)

    def get(self, key: str) -> bytes:
        """One request for all."""
        with self._reported(key), self.filesystem.open_input_stream(self._path(key)) as stream:
            return bytes(stream.read())

    def delete(self, key: str) -> None:
        """One request."""
        with suppress(ObjectMissingError), self._reported(key):
            self.filesystem.delete_file(self._path(key))

    def version(self, key: str) -> ObjectVersion:
        """Size and entity tag, or time of writing where the store gives no tag."""
        with self._reported(key), self.filesystem.open_input_file(self._path(key)) as file:
            known = file.metadata()
            return ObjectVersion(file.size(), str(known.get(b"ETag") or known.get(b"etag") or known))

    def exists(self, key: str) -> bool:
        """Whether the bucket has it."""
        return bool(self._info(self._path(key), key).type == FileType.File)

    def keys(self, prefix: str = "") -> Sequence[str]:
        """Every object below the prefix."""
        top = self._path(prefix) if prefix else self.place
        with self._reported(prefix):
            infos = self.filesystem.get_file_info(FileSelector(top, allow_not_found=True, recursive=True))
        return sorted(info.path.removeprefix(f"{self.place}/") for info in infos if info.type == FileType.File)

    def check(self) -> None:
        """The bucket must be there; it is never created."""
        bucket = self.place.partition("/")[0]
        if self._info(bucket, bucket).type != FileType.Directory:
            raise StoreUnavailableError(
                f"there is no bucket {bucket!r} at {self.scheme}://: create it; {self.remedy}", away=False
            )

    def uri(self, key: str) -> str:
        """As the store's own tools write it."""
        return f"{self.scheme}://{self._path(key)}"

    def _path(self, key: str) -> str:
        return f"{self.place}/{checked(key)}"

    def _info(self, path: str, key: str) -> FileInfo:
        with self._reported(key):
            return self.filesystem.get_file_info(path)

    @contextmanager
    def _reported(self, key: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise ObjectMissingError(f"no object {key!r} in {self.scheme}://{self.place}") from None
        except (OSError, ArrowException) as error:
            raise StoreUnavailableError(
                f"{self.scheme}://{self.place} does not serve {key!r}: {error}: {self.remedy}",
                away=not _REFUSALS.search(str(error)),
            ) from error
