"""Windows that do not come: the window stage's watch over the calendars of collectors that want an alert on that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from streams.core.alerts.alert import Alert
from streams.core.alerts.missing import MissingProgress, came, ended, missed
from streams.core.collection import Route, routes
from streams.core.collectors.collector import Collector
from streams.core.windows.calendar import Calendar, calendar
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.times import NEVER_MS
from streams.core.windows.watermarks import Watermarks
from streams.kafka.transactions import Outgoing
from streams.stages.alerts import alert_message

_KEY = b"missing/"
Record = tuple[bytes, bytes]


@dataclass(slots=True)
class MissingState:
    """Goes by the log: by windows that close and by how far time has passed. Where the log brings nothing at all (no
    collect stage runs), time is taken to go on for as long as it is silent.

    What is remembered stands beside the window stage's own progress, in records of other keys, and is committed with
    it. Without collectors that want it, nothing is remembered or written.
    """

    collectors: Sequence[Collector] = ()
    alerts: str = ""
    progress: str = ""
    _watched: dict[int, list[tuple[Route, Calendar]]] = field(default_factory=dict)
    _known: dict[str, MissingProgress] = field(default_factory=dict)
    _changed: dict[bytes, Outgoing] = field(default_factory=dict)
    _given: list[Alert] = field(default_factory=list)

    def assign(self, records: Mapping[int, Iterable[Record]], partition_count: int) -> None:
        """Begin anew with the progress records of these partitions. What nobody watches any more is forgotten."""
        wanted = [each for each in self.collectors if any(rule.watches_windows for rule in each.alerts)]
        self._watched = {partition: [] for partition in records}
        for route in routes(wanted, partition_count):
            if route.partition in self._watched:
                self._watched[route.partition].append((route, calendar(route.plan.trigger)))
        self._known, self._changed, self._given = {}, {}, []
        for partition, found in records.items():
            names = {route.collector.id for route, _ in self._watched[partition]}
            for key, value in found:
                if key.startswith(_KEY) and (name := key.removeprefix(_KEY).decode()) in names:
                    self._known[name] = msgspec.json.decode(value, type=MissingProgress)
                elif key.startswith(_KEY):
                    self._changed[key] = Outgoing(self.progress, None, key, partition)

    def fold(self, partition: int, closed: Sequence[ClosedWindow], watermarks: Watermarks) -> None:
        """An account was read: the windows that it closed, and the watermarks after it."""
        at_ms = max((source.at_ms for source in watermarks.sources), default=NEVER_MS)
        for route, windows in self._watched[partition]:
            for window in closed:
                if window.plan.collector_id == route.collector.id and window.segments:
                    self._passed(route, windows, windows.window(window.start_ms)[0], at_ms)
                    self._keep(route, came(self._of(route), windows, window.start_ms))
            watermark_ms = watermarks.at(route.plan.time, route.plan.allowed_lateness_ms)
            self._passed(route, windows, watermark_ms, at_ms)

    @property
    def has_news(self) -> bool:
        """Whether there is something to commit."""
        return bool(self._changed)

    def silent(self, partition: int, silence_ms: int, watermarks: Watermarks) -> None:
        """Nothing at all has come for so long."""
        at_ms = max((source.at_ms for source in watermarks.sources), default=NEVER_MS)
        for route, windows in self._watched[partition]:
            watermark_ms = watermarks.at(route.plan.time, route.plan.allowed_lateness_ms)
            if watermark_ms > NEVER_MS:
                self._passed(route, windows, watermark_ms + silence_ms, at_ms + silence_ms, silent=True)

    def take(self) -> tuple[Sequence[Outgoing], Sequence[Alert]]:
        """What has to be committed: progress and alerts; and the alerts, to be counted once they are."""
        outgoing = [*self._changed.values(), *(alert_message(self.alerts, alert) for alert in self._given)]
        given, self._given, self._changed = self._given, [], {}
        return outgoing, given

    def _passed(self, route: Route, windows: Calendar, until_ms: int, at_ms: int, *, silent: bool = False) -> None:
        progress = ended(self._of(route), windows, until_ms)
        progress, alerts = missed(progress, route.collector.id, route.collector.alerts, at_ms, silent=silent)
        self._given += alerts
        self._keep(route, progress)

    def _of(self, route: Route) -> MissingProgress:
        return self._known.get(route.collector.id, MissingProgress())

    def _keep(self, route: Route, progress: MissingProgress) -> None:
        name = route.collector.id
        if self._of(route) != progress:
            self._known[name] = progress
            key = _KEY + name.encode()
            self._changed[key] = Outgoing(self.progress, msgspec.json.encode(progress), key, route.partition)
