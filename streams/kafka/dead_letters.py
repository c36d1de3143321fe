"""Dead letters: the original key, value and headers, with the headers by which Kafka Connect says what went
wrong (KIP-298).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from confluent_kafka import Message

from streams.core.batches.manifest import Manifest
from streams.core.batches.rows import RefusedRow
from streams.core.events.forms import tells_form
from streams.core.events.rejects import Reject, reject
from streams.core.reports.cut_texts import cut_text
from streams.kafka.client_config import DEAD_LETTER_HEADERS_BYTES
from streams.kafka.polled import headers_of
from streams.kafka.scan import Record
from streams.kafka.transactions import Headers, Outgoing

_PREFIX = "__connect.errors."
_CONTENT_TYPES = {
    "json": b"application/json",
    "avro": b"application/avro",
    "arrow": b"application/vnd.apache.arrow.stream",
}
DEAD_LETTER_BYTES = 1_048_588 + DEAD_LETTER_HEADERS_BYTES
_REASON_CHARACTERS = 4_000
_FRAMING_BYTES = 1_024  # of a record batch, of what a stage adds, and of what says that a letter is cut
_BATCH_BYTES = 128  # of a record batch with one record
_HEADER_BYTES = 16  # lengths before a header's name and value
CUT = _PREFIX + "cut"  # on a dead letter: what of its message was left out, for the topic takes no more
ATTEMPTS = "streams-attempts"  # on a message: how often it was replayed from the dead letters
BATCH = "streams-batch"  # on a dead letter: the batch that could not hold the event, which was collected
REPLAYED = "streams-replayed"  # on a mark among the dead letters: which of them was replayed, as partition:offset


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter: where it stands, where its message stood, why it died, and the message as it came.

    `attempts` says how often the message was replayed before it died this time. `batch` is there where the event
    was collected and died as a row of that batch: `value` is then the event alone, and `key` the collector. `cut` says
    what was left out of a message that was too large: the whole one stands where `topic` and the source's offset say.
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
    cut: str | None = None

    @property
    def place(self) -> str:
        """Its name: partition and offset among the dead letters."""
        return f"{self.partition}:{self.offset}"


def dead_letter(topic: str, message: Message, refused: Reject, most_bytes: int = DEAD_LETTER_BYTES) -> Outgoing:
    """The message as it came, or the part of it that is refused, addressed to the dead-letter topic, which takes
    records of `most_bytes`.

    A message may be larger: brokers measure compressed ones as they come. Then its value is cut, and where that is not
    enough its headers and its key are left out; a header says so.

    Headers whose name is not UTF-8 are left out: the client library cannot give them. A message that is dead-lettered
    again keeps the headers of its earlier deaths; the last ones count.
    """
    added = _said(message.topic() or "", message.partition(), message.offset(), refused)
    headers, value, remains = headers_of(message) or [], message.value(), refused.remains
    if remains is not None:
        value = remains.value
        others = [pair for pair in headers if not tells_form(pair[0])]
        headers = [*others, ("content-type", remains.content_type.encode())]
    kept = [pair for pair in headers if pair[0] != CUT]
    return _fitting(Outgoing(topic, value, message.key(), headers=kept), added, most_bytes)


def row_letter(topic: str, manifest: Manifest, row: RefusedRow, most_bytes: int = DEAD_LETTER_BYTES) -> Outgoing:
    """The event of a row that cannot be in its batch, addressed to the dead-letter topic; cut as `dead_letter`."""
    refused = reject(0, row.error, "TRANSFORMATION")
    reasons = _said(manifest.source_topic, row.partition, row.offset, refused)
    collector = manifest.plan.collector_id.encode()
    place = ((BATCH, manifest.batch_id.encode()), ("streams-index", b"%d" % row.index))
    content_type = ("content-type", _CONTENT_TYPES[row.encoding.kind])
    return _fitting(Outgoing(topic, row.event(), collector, headers=[content_type]), [*place, *reasons], most_bytes)


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
        cut=said.get("cut"),
    )


def replayed_place(record: Record) -> str | None:
    """Which dead letter (see `DeadLetter.place`) a mark says was replayed; None for what is no mark."""
    place = record.headers.get(REPLAYED)
    return _text(place) if place is not None else None


def replay_messages(letter: DeadLetter, topic: str, most_bytes: int) -> tuple[Outgoing, Outgoing]:
    """The message, to its old partition with one more attempt, and the mark among the dead letters of `topic`.

    To be produced in one transaction: then no message is replayed twice, nor marked without being replayed. Where a
    topic that takes `most_bytes` has no room for it, the attempt is not counted.
    """
    kept = [pair for pair in letter.headers if pair[0] != ATTEMPTS]
    attempts = (ATTEMPTS, str(letter.attempts + 1).encode())
    counts = _size(letter.value, letter.key, [*kept, attempts]) <= most_bytes - _BATCH_BYTES
    headers = [*kept, attempts] if counts else kept
    message = Outgoing(letter.topic, letter.value, letter.key, letter.source_partition, headers)
    mark = Outgoing(topic, None, letter.key, letter.partition, [(REPLAYED, letter.place.encode())])
    return message, mark


def _fitting(letter: Outgoing, added: Headers, most_bytes: int) -> Outgoing:
    """The letter with the headers that were added to it, cut where it would be too large."""
    headers, key, value = list(letter.headers or ()), letter.key, letter.value
    room, cut = most_bytes - _FRAMING_BYTES - _size(None, None, added), list[str]()
    if _size(value, key, headers) <= room:
        return replace(letter, headers=[*headers, *added])
    if _size(None, key, headers) > room:
        cut.append(f"all {len(headers)} headers")
        headers = []
    if _size(None, key, headers) > room:
        cut.append(f"the key of {len(key or b'')} bytes")
        key = None
    left = room - _size(None, key, headers)
    if value is not None and len(value) > left:
        cut.append(f"all but {left} of the value's {len(value)} bytes")
        value = value[:left]
    note = (CUT, f"left out: {', '.join(cut)}".encode())
    return replace(letter, value=value, key=key, headers=[*headers, note, *added])


def _size(value: bytes | None, key: bytes | None, headers: Headers) -> int:
    said = sum(len(name.encode()) + len(each or b"") + _HEADER_BYTES for name, each in headers)
    return len(value or b"") + len(key or b"") + said


def _said(topic: str, partition: int | None, offset: int | None, refused: Reject) -> list[tuple[str, bytes]]:
    reasons = {
        "topic": topic,
        "partition": str(partition),
        "offset": str(offset),
        "stage": refused.stage,
        "exception.class.name": refused.exception_class,
        "exception.message": cut_text(refused.reason, _REASON_CHARACTERS),
    }
    # a reason may quote what is no Unicode: half of a surrogate pair, say
    return [(_PREFIX + name, text.encode(errors="backslashreplace")) for name, text in reasons.items()]


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else ""
