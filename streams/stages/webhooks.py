"""The webhooks stage: alerts in, told to whom their rules name.

At least once, under one id: a receiver that remembers ids takes an alert once. What cannot be delivered becomes a dead
letter, for one webhook each.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from streams.core.alerts.alert import Alert, decode_alert
from streams.core.collectors.alerts import Webhook
from streams.core.collectors.collector import Collector
from streams.core.events.messages import RawMessages
from streams.core.events.rejects import reject
from streams.kafka.dead_letters import ATTEMPTS, DEAD_LETTER_BYTES, dead_letter
from streams.kafka.items import Chunk, Start, Tick
from streams.kafka.transactions import Outgoing, SourceOffset
from streams.metrics import Metrics
from streams.outlets.errors import OutletRefusedError, OutletUnavailableError
from streams.outlets.webhook import WebhookOutlet
from streams.stages.runner import Checkpoint

logger = logging.getLogger(__name__)

WEBHOOK = "streams-webhook"  # on a dead letter: which of its rule's webhooks it is for, counted from 0


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Topics, how often delivery is tried, and how old an alert may be."""

    alerts: str
    dead_letters: str
    attempts: int
    stale_after_ms: int
    dead_letter_bytes: int = DEAD_LETTER_BYTES


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One alert for one webhook: the message's row in its chunk, and the webhook's number within its rule."""

    row: int
    number: int
    alert: Alert
    webhook: Webhook
    asked_again: bool


@dataclass(slots=True)
class WebhooksState:
    """The webhooks stage's processor (see `runner.Processor`). `now_ms` is a clock: a signature holds the time.

    A chunk is offered again while a webhook of it is away; what was delivered of it is remembered meanwhile.
    """

    settings: WebhookSettings
    collectors: Mapping[str, Collector]
    outlet: WebhookOutlet
    now_ms: Callable[[], int]
    metrics: Metrics
    _next: dict[int, int] = field(default_factory=dict)
    _tries: Counter[tuple[int, int]] = field(default_factory=Counter)
    _settled: dict[tuple[int, int], tuple[str, Outgoing | None]] = field(default_factory=dict)
    _done: list[tuple[str, str]] = field(default_factory=list)

    def prepare(self, raw: RawMessages) -> None:
        """Nothing is done ahead."""

    def assign(self, starts: Sequence[Start], partition_count: int) -> None:
        """Begin anew at the committed offsets."""
        del partition_count
        self._next = {start.partition: start.offset for start in starts}
        self._tries, self._settled, self._done = Counter(), {}, []

    def process(self, chunk: Chunk) -> Sequence[Outgoing]:
        """Tell the webhooks of a chunk's alerts; return the dead letters.

        Raises OutletUnavailableError: the chunk is offered again.
        """
        deliveries, away = list(self._deliveries(chunk.raw)), None
        for each in deliveries:
            if (each.row, each.number) not in self._settled:
                away = self._attempt(chunk, each) or away
        if away is not None:
            raise away
        settled, self._settled, self._tries = self._settled, {}, Counter()
        self._done += [(each.alert.collector_id, settled[each.row, each.number][0]) for each in deliveries]
        for partition, offset in zip(chunk.raw.partitions.tolist(), chunk.raw.offsets.tolist(), strict=True):
            self._next[partition] = offset + 1
        letters = [letter for _, letter in settled.values() if letter is not None]
        return [*letters, *self._unreadable(chunk)]

    def tick(self, tick: Tick) -> bool:
        """Time means nothing to this stage but for the age of an alert."""
        del tick
        return False

    def checkpoint(self) -> Checkpoint:
        """The next alerts to tell."""
        done, self._done = self._done, []
        offsets = [SourceOffset(self.settings.alerts, partition, next_) for partition, next_ in self._next.items()]
        return Checkpoint((), offsets, partial(self._count, done))

    def _deliveries(self, raw: RawMessages) -> Iterator[_Delivery]:
        for row, (value, headers) in enumerate(zip(raw.values, raw.headers, strict=True)):
            alert = _read(value)
            collector = self.collectors.get(alert.collector_id) if isinstance(alert, Alert) else None
            if not isinstance(alert, Alert) or collector is None:
                continue
            said = dict(headers or ())
            for rule in collector.alerts:
                for number, webhook in enumerate(rule.webhooks if rule.name == alert.rule else ()):
                    if said.get(WEBHOOK, b"%d" % number) == b"%d" % number:
                        yield _Delivery(row, number, alert, webhook, ATTEMPTS in said)

    def _attempt(self, chunk: Chunk, each: _Delivery) -> OutletUnavailableError | None:
        """Settle a delivery, or return why it has to be tried again."""
        place, now_ms = (each.row, each.number), self.now_ms()
        if now_ms - each.alert.at_ms > self.settings.stale_after_ms and not each.asked_again:
            self._settled[place] = ("stale", None)
            return None
        try:
            self.outlet.post(each.webhook, each.alert, now_ms)
            self._settled[place] = ("sent", None)
        except OutletRefusedError as error:
            self._settled[place] = ("dead", self._letter(chunk, each, error))
        except OutletUnavailableError as error:
            self._tries[place] += 1
            if self._tries[place] < self.settings.attempts:
                return error
            self._settled[place] = ("dead", self._letter(chunk, each, error))
        return None

    def _unreadable(self, chunk: Chunk) -> Iterator[Outgoing]:
        """What is no alert costs itself."""
        for row, value in enumerate(chunk.raw.values):
            found, settings = _read(value), self.settings
            if isinstance(found, Exception):
                refused = reject(row, found)
                yield dead_letter(settings.dead_letters, chunk.messages[row], refused, settings.dead_letter_bytes)

    def _letter(self, chunk: Chunk, each: _Delivery, error: Exception) -> Outgoing:
        logger.error("alert %s of collector %s: %s", each.alert.id, each.alert.collector_id, error)
        refused = reject(each.row, error, "TASK_PUT")
        topic, most_bytes = self.settings.dead_letters, self.settings.dead_letter_bytes
        letter = dead_letter(topic, chunk.messages[each.row], refused, most_bytes)
        kept = [pair for pair in letter.headers or () if pair[0] != WEBHOOK]
        return replace(letter, headers=[*kept, (WEBHOOK, b"%d" % each.number)])

    def _count(self, done: Sequence[tuple[str, str]]) -> None:
        for collector, outcome in done:
            self.metrics.webhooks.labels(collector, outcome).inc()


def _read(value: bytes | None) -> Alert | Exception | None:
    """An alert, or why it is none."""
    try:
        return None if value is None else decode_alert(value)
    except Exception as error:  # noqa: BLE001 - whatever the bytes provoke; the dead letter says it
        return error
