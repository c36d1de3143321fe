"""Objects as files below a folder of this machine."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from uuid import uuid4

from streams.stores.errors import ObjectMissingError, StoreUnavailableError
from streams.stores.objects import ObjectVersion, checked

_UNFINISHED = ".unfinished-"
_REFUSALS = frozenset({errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST, errno.EROFS, errno.ENAMETOOLONG})


@dataclass(frozen=True, slots=True)
class FolderObjects:
    """See `ObjectStore`. A file gets its name by a rename, after its content and before its folder are synced."""

    root: Path

    def put(self, key: str, content: bytes) -> None:
        """Write beside, sync, rename, sync the folder."""
        path = self._path(key)
        with self._reported(key):
            _make_durably(path.parent)
            _write(path, content)
            _sync_folder(path.parent)

    def get(self, key: str) -> bytes:
        """The file's bytes."""
        with self._reported(key):
            return self._path(key).read_bytes()

    def delete(self, key: str) -> None:
        """Remove the file."""
        with self._reported(key):
            self._path(key).unlink(missing_ok=True)

    def version(self, key: str) -> ObjectVersion:
        """Size, time of change and inode, which a rename changes too."""
        with self._reported(key):
            stat = self._path(key).stat()
        return ObjectVersion(stat.st_size, f"{stat.st_mtime_ns}-{stat.st_ctime_ns}-{stat.st_ino}")

    def exists(self, key: str) -> bool:
        """Whether the file is there."""
        return self._path(key).is_file()

    def keys(self, prefix: str = "") -> Sequence[str]:
        """Files below the folder, without unfinished ones."""
        top = self._path(prefix) if prefix else self.root
        with self._reported(prefix):
            files = (path for path in top.rglob("*") if path.is_file() and not path.name.startswith(_UNFINISHED))
            return sorted(path.relative_to(self.root).as_posix() for path in files)

    def check(self) -> None:
        """Create the folder where it is missing; it must take files."""
        with self._reported(""):
            self.root.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=self.root):
                pass

    def uri(self, key: str) -> str:
        """A `file://` URI."""
        return self._path(key).resolve().as_uri()

    def _path(self, key: str) -> Path:
        return self.root / checked(key)

    @contextmanager
    def _reported(self, key: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise ObjectMissingError(f"no object {key!r} in folder {self.root}") from None
        except OSError as error:
            raise StoreUnavailableError(
                f"folder {self.root} does not serve {key!r}: {error.strerror}:"
                " see that it is writable and has room, or set store.uri (STREAMS_STORE_URI)",
                away=error.errno not in _REFUSALS,
            ) from error


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f"{_UNFINISHED}{uuid4().hex}")
    try:
        with unfinished.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _make_durably(folder: Path) -> None:
    """A new folder is durable once the folder that holds it is synced."""
    if not folder.is_dir():
        _make_durably(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
