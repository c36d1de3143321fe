"""Bytes that wait for long and are read once: in files, not in memory."""

from __future__ import annotations

import mmap
import os
import tempfile

import pyarrow as pa

from streams.stores.errors import StoreUnavailableError

_FILE_BYTES = 64 << 20
_ALIGNMENT = 64  # what Arrow recommends for its buffers (Arrow columnar format, "Buffer Alignment and Padding")


class SpillState:
    """Puts bytes into files of `file_bytes` without names, in the folder of temporary files (`TMPDIR`).

    What it hands out is a view of the mapped file: it takes address space, and memory only while it is looked at and
    nobody else needs that. A file is gone with the last view of it, or with the process, however that ends.
    """

    def __init__(self, file_bytes: int = _FILE_BYTES) -> None:
        self._file_bytes = file_bytes
        self._file = -1
        self._view = memoryview(b"")
        self._end = 0
        self._looked_at: list[mmap.mmap] = []

    def keep(self, value: bytes | memoryview) -> pa.Buffer:
        """A view of a copy of `value`. StoreUnavailableError where the disk is full: it can be asked again."""
        try:
            if self._end + len(value) > len(self._view):
                self._begin(max(self._file_bytes, len(value)))
            start = self._end
            _write(self._file, value, start)
        except OSError as error:
            folder = tempfile.gettempdir()
            raise StoreUnavailableError(
                f"cannot put {len(value)} bytes of open windows into {folder}: {error}; free space there, or set TMPDIR"
            ) from error
        self._end = (start + len(value) + _ALIGNMENT - 1) // _ALIGNMENT * _ALIGNMENT
        return pa.py_buffer(self._view[start : start + len(value)])

    def rest(self) -> None:
        """Give the memory back that looking at views has taken: they are read from their files when needed again."""
        for mapped in self._looked_at:
            mapped.madvise(mmap.MADV_DONTNEED)
        del self._looked_at[:-1]

    def __del__(self) -> None:
        """Close the file that is being written; those before it live as long as their views."""
        if self._file >= 0:
            os.close(self._file)

    def _begin(self, size: int) -> None:
        with tempfile.TemporaryFile(prefix="streams-windows-") as unnamed:
            os.ftruncate(unnamed.fileno(), size)
            mapped = mmap.mmap(unnamed.fileno(), size, prot=mmap.PROT_READ)
            written = os.dup(unnamed.fileno())
        if self._file >= 0:
            os.close(self._file)
        self._file, self._view, self._end = written, memoryview(mapped), 0
        self._looked_at.append(mapped)


def _write(file: int, value: bytes | memoryview, start: int) -> None:
    rest = memoryview(value)
    while rest:
        written = os.pwrite(file, rest, start)
        rest, start = rest[written:], start + written
