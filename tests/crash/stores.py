"""Object stores that can be made to fail: a bucket behind a proxy, a folder on a disk that fills up."""

import resource
import subprocess
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from pyarrow.fs import FileSystem, LocalFileSystem

from tests.crash.faults import Kind
from tests.crash.proxy import ProxyState
from tests.servers.s3 import S3Bucket

_DISK_BYTES = 64 << 20
_SLOW_S = 0.15


class AttackedStore(Protocol):
    """Where a run keeps its objects. `files` and `root` read them as they are; workers see what faults leave."""

    files: FileSystem
    root: str

    @property
    def faults(self) -> Collection[Kind]:
        """What it can suffer."""

    @property
    def environ(self) -> Mapping[str, str]:
        """What workers need to reach it."""

    def begin(self, kind: Kind, workers: Collection[int]) -> None:
        """Suffer; `workers` are the process ids of those that run."""

    def end(self, kind: Kind, workers: Collection[int]) -> None:
        """Serve again."""


class BucketStore:
    """A bucket on a real S3 server, behind a proxy."""

    faults = (Kind.STORE_SLOW, Kind.STORE_DOWN)

    def __init__(self, bucket: S3Bucket) -> None:
        self.files, self.root = bucket.server.filesystem(), f"{bucket.name}/streams"
        self.proxy = ProxyState(bucket.endpoint)
        self.environ = {**bucket.server.environment(), "AWS_ENDPOINT_URL": self.proxy.endpoint}

    def begin(self, kind: Kind, workers: Collection[int]) -> None:
        del workers
        if kind is Kind.STORE_DOWN:
            self.proxy.go_away()
        else:
            self.proxy.delay_s = _SLOW_S

    def end(self, kind: Kind, workers: Collection[int]) -> None:
        del workers
        if kind is Kind.STORE_DOWN:
            self.proxy.come_back()
        else:
            self.proxy.delay_s = 0.0


class FolderStore:
    """A folder: on a small disk of its own where that may be mounted, else under a limit on the size of files."""

    faults = (Kind.DISK_FULL,)

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self.files, self.root = LocalFileSystem(), str(folder / "objects")
        self.environ: Mapping[str, str] = {}
        self._filler = folder / "filler" if mounted else None

    def begin(self, kind: Kind, workers: Collection[int]) -> None:
        del kind
        if self._filler is None:
            _limit_files(workers, 0)
            return
        with suppress(OSError), self._filler.open("wb", buffering=0) as filler:
            while filler.write(bytes(4096)):
                pass

    def end(self, kind: Kind, workers: Collection[int]) -> None:
        del kind
        if self._filler is None:
            _limit_files(workers, resource.RLIM_INFINITY)
        else:
            self._filler.unlink(missing_ok=True)


def _limit_files(workers: Collection[int], size_bytes: int) -> None:
    for worker in workers:
        with suppress(ProcessLookupError):
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (size_bytes, resource.RLIM_INFINITY))


@contextmanager
def folder_store(folder: Path) -> Iterator[FolderStore]:
    """A folder store in `folder`, for the length of the block."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_BYTES}", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield FolderStore(folder, mounted=mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def bucket_store(bucket: S3Bucket) -> Iterator[BucketStore]:
    """A bucket behind a proxy, for the length of the block."""
    made = BucketStore(bucket)
    try:
        yield made
    finally:
        made.proxy.close()
