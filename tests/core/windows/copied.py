"""A place for copies of open windows: what a test's window stage keeps, reads again and removes."""

from __future__ import annotations

from dataclasses import dataclass, field

from streams.core.windows.copies import LogCopy, read_copy
from streams.core.windows.state import Checkpoint, CollectedRecord, WindowsState


@dataclass
class CopiesInMemory:
    """Objects by name. A name never gets another content: whoever copies again copies the same."""

    objects: dict[str, bytes] = field(default_factory=dict)

    def keep(self, state: WindowsState) -> None:
        for copy, content in state.take_copies():
            assert self.objects.setdefault(copy.name, content) == content

    def read(self, copy: LogCopy) -> list[CollectedRecord]:
        found = read_copy(copy, self.objects[copy.name])
        return [CollectedRecord(offset, "segment", bytes(value)) for offset, value in found]

    def remove(self, checkpoint: Checkpoint) -> None:
        """What is outdated once a checkpoint is committed."""
        for copy in checkpoint.outdated:
            del self.objects[copy.name]
