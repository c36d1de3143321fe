"""What is downloaded once and kept outside the checkout."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def cache_root(environ: Mapping[str, str]) -> Path:
    """The folder of all caches of this program (XDG base directory specification)."""
    return Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "streams"


def cached(folder: Path, fill: Callable[[Path], None]) -> Path:
    """`folder`, filled by `fill(path of a new folder)` where it is not there yet.

    The folder gets its name only once it is full, so an interrupted download is done again; a file lock beside it makes
    a second process wait instead of downloading too.
    """
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.parent / f"{folder.name}.lock"):
        if not folder.is_dir():
            _fill(folder, fill)
    return folder


def _fill(folder: Path, fill: Callable[[Path], None]) -> None:
    unfinished = folder.parent / f"{folder.name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    fill(unfinished)
    unfinished.rename(folder)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
