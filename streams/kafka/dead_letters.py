"""Dead letters: the original key, value and headers, with the headers by which Kafka Connect says what went
wrong (KIP-298).
"""

from __future__ import annotations

from dataclasses import dataclass

from confluent_kafka import Message

from streams.core.batches.manifest import Manifest
from streams.core.batches.rows import RefusedRow
from streams.core.events.rejects import Reject, reject
from streams.kafka.polled import headers_of
from streams.kafka.scan import Record
from streams.kafka.transactions import Headers, Outgoing

_PREFIX = "__connect.errors."
_CONTENT_TYPES = {
    "json": b"application/json",
    "avro": b"application/avro",
    "arrow": b"application/vnd.apache.arrow.stream",
}
ATTEMPTS = "streams-attempts"  # on a message: how often it was replayed from the dead letters
BATCH = "streams-batch"  # on a dead letter: the batch that could not hold the event, which was collected
REPLAYED = "streams-replayed"  # on a mark among the dead letters: which of them was replayed, as partition:offset


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter: where it stands, where its message stood, why it died, and the message as it came.

    `attempts` says how often the message was replayed before it died this time. `batch` is there where the event
    was collected and died as a row of that batch: `value` is then the event alone, and `key` the collector.
    """

    partition: int
    offset: int
    timestamp_ms: int
    topic: str
    source_partition: int
    source_offset: int
    stage: str
    exception_class: str
    reason: str
    attempts: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    batch: str | None = None

    @property
    def place(self) -> str:
        """Its name: partition and offset among the dead letters."""
        return f"{self.partition}:{self.offset}"


def dead_letter(topic: str, message: Message, refused: Reject) -> Outgoing:
    """The message as it came, addressed to the dead-letter topic.

    Headers whose name is not UTF-8 are left out: the client library cannot give them. A message that is dead-lettered
    again keeps the headers of its earlier deaths; the last ones count.
    """
    added = _said(message.topic() or "", message.partition(), message.offset(), refused)
    return Outgoing(topic, message.value(), message.key(), headers=[*(headers_of(message) or ()), *added])


def row_letter(topic: str, manifest: Manifest, row: RefusedRow) -> Outgoing:
    """The event of a row that cannot be in its batch, addressed to the dead-letter topic."""
    refused = reject(0, row.error, "TRANSFORMATION")
    reasons = _said(manifest.source_topic, row.partition, row.offset, refused)
    collector = manifest.plan.collector_id.encode()
    place = ((BATCH, manifest.batch_id.encode()), ("streams-index", b"%d" % row.index))
    content_type = ("content-type", _CONTENT_TYPES[row.encoding.kind])
    return Outgoing(topic, row.event(), collector, headers=[content_type, *place, *reasons])


def read_dead_letter(record: Record) -> DeadLetter | None:
    """The dead letter that a record is; None for a mark, and for what was not written by a collect stage."""
    said = {name.removeprefix(_PREFIX): _text(value) for name, value in record.headers.items()}
    try:
        source_partition, source_offset = int(said["partition"]), int(said["offset"])
        topic = said["topic"]
    except (KeyError, ValueError):
        return None
    return DeadLetter(
        partition=record.partition,
        offset=record.offset,
        timestamp_ms=record.timestamp_ms,
        topic=topic,
        source_partition=source_partition,
        source_offset=source_offset,
        stage=said.get("stage", ""),
        exception_class=said.get("exception.class.name", ""),
        reason=said.get("exception.message", ""),
        attempts=int(said[ATTEMPTS]) if said.get(ATTEMPTS, "").isdigit() else 0,
        key=record.key,
        value=record.value,
        headers=[pair for pair in record.pairs if not pair[0].startswith(_PREFIX)],
        batch=said.get(BATCH),
    )


def replayed_place(record: Record) -> str | None:
    """Which dead letter (see `DeadLetter.place`) a mark says was replayed; None for what is no mark."""
    place = record.headers.get(REPLAYED)
    return _text(place) if place is not None else None


def replay_messages(letter: DeadLetter, topic: str) -> tuple[Outgoing, Outgoing]:
    """The message, to its old partition with one more attempt, and the mark among the dead letters of `topic`.

    To be produced in one transaction: then no message is replayed twice, nor marked without being replayed.
    """
    kept = [pair for pair in letter.headers if pair[0] != ATTEMPTS]
    attempts = (ATTEMPTS, str(letter.attempts + 1).encode())
    message = Outgoing(letter.topic, letter.value, letter.key, letter.source_partition, [*kept, attempts])
    mark = Outgoing(topic, None, letter.key, letter.partition, [(REPLAYED, letter.place.encode())])
    return message, mark


def _said(topic: str, partition: int | None, offset: int | None, refused: Reject) -> list[tuple[str, bytes]]:
    reasons = {
        "topic": topic,
        "partition": str(partition),
        "offset": str(offset),
        "stage": refused.stage,
        "exception.class.name": refused.exception_class,
        "exception.message": refused.reason,
    }
    # a reason may quote what is no Unicode: half of a surrogate pair, say
    return [(_PREFIX + name, text.encode(errors="backslashreplace")) for name, text in reasons.items()]


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else ""
