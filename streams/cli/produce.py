"""`streams produce`: events from a file, standard input or thin air."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli import event_sources
from streams.cli.event_messages import EventEncoding, of_lines, of_tables
from streams.cli.exits import CommandError, Exit
from streams.cli.options import Session
from streams.cli.times import epoch_ms

if TYPE_CHECKING:
    import pyarrow as pa

    from streams.core.traffic import TrafficPlan
    from streams.kafka.producing import DeliveryState, Produced
    from streams.kafka.topic_roles import Role
    from streams.settings import Settings

EXAMPLES = """\
streams produce events.jsonl                      # an event a line, or an array of events
cat events.jsonl | streams produce -
streams produce scores.parquet --model-id scorer  # columns id, time, caller, metadata.x ...; others are features
streams produce body.bin --whole -H content-type=application/vnd.apache.arrow.stream -k key -p 0
streams produce --sample 200000 --drift-from 0.5  # sample traffic that drifts half-way
streams produce --sample 10000 --drift-from 2026-11-21T12:00:00Z --rate 500 --encoding avro
"""

_BLOCK = 10_000
_STEPS_PER_S = 20
_FLUSH_TIMEOUT_S = 120.0

File = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="JSON lines, CSV or Parquet; - is standard input.")]
Kind = Annotated[str | None, typer.Option("--format", metavar="jsonl|csv|parquet", help="Else the name says it.")]
Sample = Annotated[int | None, typer.Option(min=1, metavar="N", help="Make N events of sample traffic instead.")]
DriftFrom = Annotated[
    str | None, typer.Option(metavar="FRACTION|TIME", help="Sample traffic drifts from this part of its time, or time.")
]
Hours = Annotated[float, typer.Option(min=0.01, help="Event times of sample traffic spread over so many hours...")]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="...that end at this time (RFC 3339); now by default.")]
Seed = Annotated[int, typer.Option(min=0, help="Another seed, another sample; the same seed and times, the same.")]
Rate = Annotated[float | None, typer.Option(min=0.1, help="Messages a second at most.")]
Encoding = Annotated[EventEncoding, typer.Option(help="How events of tables and sample traffic are written.")]
PerMessage = Annotated[int, typer.Option(min=1, help="Events of an Arrow message.")]
ModelId = Annotated[str | None, typer.Option(help="model.id of rows that do not say it.")]
Topic = Annotated[str | None, typer.Option(help="Another topic than topics.predictions.")]
Raw = Annotated[bool, typer.Option("--raw", help="Send lines as they are, even what is no event.")]
Whole = Annotated[bool, typer.Option("--whole", help="Send the file as one message, as it is; an empty one as null.")]
Header = Annotated[
    list[str] | None, typer.Option("--header", "-H", metavar="NAME=VALUE", help="A header of each message; repeatable.")
]
Key = Annotated[str | None, typer.Option("--key", "-k", help="Key of each message, in place of its event's id.")]
Partition = Annotated[int | None, typer.Option("--partition", "-p", min=0, help="Partition of each message.")]
Timestamp = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Timestamp of each record (RFC 3339); else the time of producing."),
]


def produce(  # noqa: PLR0913 - a command's options
    session: Session,
    *,
    file: File = None,
    kind: Kind = None,
    sample: Sample = None,
    drift_from: DriftFrom = None,
    hours: Hours = 6.0,
    until: Until = None,
    seed: Seed = 0,
    rate: Rate = None,
    encoding: Encoding = EventEncoding.JSON,
    events_per_message: PerMessage = 500,
    model_id: ModelId = None,
    topic: Topic = None,
    raw: Raw = False,
    whole: Whole = False,
    header: Header = None,
    key: Key = None,
    partition: Partition = None,
    timestamp: Timestamp = None,
) -> None:
    """Produce events, and check that each one was delivered.

    Retries neither lose, double nor reorder messages. Exits with 1, and says how many, where some were not delivered;
    so it does after Ctrl-C and SIGTERM, once what was sent is delivered.
    """
    settings = session.settings(topics__predictions=topic)
    encoded = of_tables(encoding, events_per_message)
    if sample is not None and file is None:
        tables = event_sources.sample(sample_plan(sample, drift_from, hours, until, seed))
        blocks: Iterator[list[Produced]] = map(encoded, tables)
    elif file is not None and sample is None:
        blocks = _as_one_message(file) if whole else _blocks_of_file(file, kind, model_id, encoded, raw=raw)
    else:
        raise CommandError("give a FILE (- for standard input) or --sample N, one of them", Exit.USAGE)
    blocks = addressed(blocks, header or (), key, partition, timestamp)
    send(session, settings, blocks, rate, None if encoding is EventEncoding.ARROW else sample)


def addressed(
    blocks: Iterator[list[Produced]],
    headers: Sequence[str],
    key: str | None,
    partition: int | None,
    timestamp: str | None,
) -> Iterator[list[Produced]]:
    """Messages with these headers in place of their own of the same name, this key, partition and timestamp.

    Raises CommandError for what is no header or no time.
    """
    from streams.kafka.producing import ANY

    pairs = [_header(text) for text in headers]
    names, stamp = {name for name, _ in pairs}, 0 if timestamp is None else epoch_ms(timestamp, "--timestamp")

    def made(each: Produced) -> Produced:
        kept = [pair for pair in each.headers if pair[0] not in names]
        called = each.key if key is None else key.encode()
        return replace(
            each,
            headers=[*kept, *pairs],
            key=called,
            partition=ANY if partition is None else partition,
            timestamp_ms=stamp,
        )

    return ([made(each) for each in block] for block in blocks)


def _header(text: str) -> tuple[str, bytes]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise CommandError(f"--header {text}: write NAME=VALUE", Exit.USAGE)
    return name, value.encode("utf-8", "surrogateescape")  # bytes of the shell that are no UTF-8 stay what they are


def _as_one_message(file: Path) -> Iterator[list[Produced]]:
    from streams.kafka.producing import Produced

    yield [Produced(event_sources.content(file) or None)]


def sample_plan(events: int, drift_from: str | None, hours: float, until: str | None, seed: int) -> TrafficPlan:
    """What traffic to make. Raises CommandError for what is no time."""
    from streams.core.traffic import TrafficPlan

    end_ms = time.time_ns() // 1_000_000 if until is None else epoch_ms(until, "--until")
    start_ms = end_ms - round(hours * 3_600_000)
    return TrafficPlan(events, start_ms, end_ms, _drift_ms(drift_from, start_ms, end_ms), seed)


def send(
    session: Session,
    settings: Settings,
    blocks: Iterator[list[Produced]],
    rate: float | None,
    total: int | None,
    role: Role = "predictions",
) -> None:
    """Produce all blocks and show what became of them. Raises CommandError where messages were not delivered."""
    from streams.cli.output import show_rows

    state, began = delivery(settings, role), time.monotonic()
    problem: CommandError | None = None
    try:
        with _interruptible():
            _send_all(state, blocks, rate, total)
    except CommandError as error:  # what was sent before is accounted for first
        problem = error
    state.finish(_FLUSH_TIMEOUT_S)
    row = {
        "topic": settings.topics.by_role()[role],
        "delivered": state.delivered,
        "failed": state.failed,
        "seconds": round(time.monotonic() - began, 2),
        "failures": state.failures,
    }
    show_rows(session, [row], ["topic", "delivered", "failed", "seconds"])
    if problem is not None:
        raise problem
    if state.failed:
        reasons = "; ".join(f"{count} times {reason}" for reason, count in state.failures.items())
        raise CommandError(f"{state.failed} message(s) were not delivered: {reasons}")


@contextmanager
def _interruptible() -> Iterator[None]:
    """Within the block, Ctrl-C and SIGTERM raise a CommandError: what became of the messages is told all the same."""
    import signal
    from types import FrameType

    def stop(number: int, _: FrameType | None) -> None:
        raise CommandError(
            f"stopped by {signal.Signals(number).name} before the end: see above how many were delivered"
        )

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def delivery(settings: Settings, role: Role = "predictions") -> DeliveryState:
    """A producer to predictions, or another topic. Raises CommandError where it does not exist."""
    from streams.cli.topics import require_topics
    from streams.kafka import client_config
    from streams.kafka.producing import DeliveryState

    require_topics(settings, (role,))
    limit = settings.limits.max_message_bytes
    config = client_config.producer(settings.kafka, client_id=settings.client_id("produce"), max_message_bytes=limit)
    return DeliveryState(config, settings.topics.by_role()[role])


def _send_all(state: DeliveryState, blocks: Iterator[list[Produced]], rate: float | None, total: int | None) -> None:
    from streams.cli.output import progress

    began, sent = time.monotonic(), 0
    step = _BLOCK if rate is None else max(1, round(rate / _STEPS_PER_S))
    with progress("produced", total) as advance:
        for block in blocks:
            for first in range(0, len(block), step):
                part = block[first : first + step]
                state.send(part)
                sent += len(part)
                advance(state.delivered, total)
                if rate is not None:
                    time.sleep(max(0.0, began + sent / rate - time.monotonic()))


def _blocks_of_file(
    file: Path, kind: str | None, model_id: str | None, encoded: Callable[[pa.Table], list[Produced]], *, raw: bool
) -> Iterator[list[Produced]]:
    found = event_sources.kind_of(file, kind)
    if found == "jsonl":
        return map(of_lines, event_sources.lines(file, raw=raw))
    return map(encoded, event_sources.rows(file, found, model_id))


def _drift_ms(text: str | None, start_ms: int, end_ms: int) -> int | None:
    if text is None:
        return None
    try:
        fraction = float(text)
    except ValueError:
        return epoch_ms(text, "--drift-from")
    if not 0 <= fraction <= 1:
        raise CommandError(f"--drift-from {text}: give a fraction from 0 to 1, or a time", Exit.USAGE)
    return start_ms + round(fraction * (end_ms - start_ms))
