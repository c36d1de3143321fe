"""What an audit has to know of the present: the time, who is to be served, and what the stages have not read."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.cli.audit_reading import AuditReader
    from streams.core.audit.findings import Backlog
    from streams.core.audit.standstill import Present

_WATCHED_S = 10.0
_LOOK_S = 0.5

Unread = Mapping[tuple[str, int], tuple[int, int]]
"""By stage and partition of its topic, of those with something unread: where the stage stands, and the end."""


@dataclass(frozen=True, slots=True)
class PresentReader:
    """Asks brokers and reads the collectors file. Raises ClusterError."""

    reader: AuditReader
    environ: Mapping[str, str]

    def read(self, collector: str | None) -> Present:
        """The present, of all collectors or of one. What is unread is watched for a while: whether it gets less."""
        from streams.core.audit.standstill import Present

        windows = self.reader.settings.windows
        return Present(
            now_ms=time.time_ns() // 1_000_000,
            idle_after_ms=round(windows.idle_after_s * 1000),
            record_ahead_ms=round(windows.record_ahead_s * 1000),
            collectors=[each for each in self._enabled() if collector in (None, each)],
            backlogs=self._backlogs(),
        )

    def _enabled(self) -> list[str]:
        from streams.cli.output import note
        from streams.stores.collector_files import read_collectors

        path = self.reader.settings.collectors
        if not path.is_file():
            note(f"no collectors file {path}: nobody knows which collectors should be served")
            return []
        return [each.id for each in read_collectors(path, self.environ).enabled]

    def _backlogs(self) -> tuple[Backlog, ...]:
        from streams.core.audit.findings import Backlog

        first = now = self._unread()
        watched_until = time.monotonic() + _WATCHED_S
        while any(now.get(each) == stood for each, stood in first.items()) and time.monotonic() < watched_until:
            time.sleep(_LOOK_S)
            now = self._unread()
        return tuple(
            Backlog(
                stage=stage,
                topic=self._topics[stage],
                partition=partition,
                committed=committed,
                end=end,
                moves=first.get((stage, partition), (-1, end))[0] != committed,
                watched_s=_WATCHED_S,
            )
            for (stage, partition), (committed, end) in sorted(now.items())
        )

    @property
    def _topics(self) -> dict[str, str]:
        topics = self.reader.settings.topics
        return {"collect": topics.predictions, "window": topics.collected, "report": topics.batches}

    def _unread(self) -> Unread:
        from streams.kafka.scan import unread

        found: dict[tuple[str, int], tuple[int, int]] = {}
        for stage, topic in self._topics.items():
            stood = self.reader.stood(stage, topic)
            for partition, end in unread(self.reader.config(), topic, stood).items():
                found[stage, partition] = stood.get(partition, 0), end
        return found
