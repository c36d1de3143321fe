"""`streams dead-letters list`, `show` and `replay`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.exits import CommandError, Exit
from streams.cli.options import OutputFormat, Session
from streams.cli.times import moment_text, optional_epoch_ms

if TYPE_CHECKING:
    from streams.kafka.dead_letter_replay import DeadLetters
    from streams.kafka.dead_letters import DeadLetter
    from streams.settings import Settings

LIST_EXAMPLES = """\
streams dead-letters list
streams dead-letters list --reason MalformedError --from 2026-11-21T00:00:00Z --output json
"""
SHOW_EXAMPLES = """\
streams dead-letters show 0:17            # partition and offset, as `list` shows them
"""
REPLAY_EXAMPLES = """\
streams dead-letters replay --reason schema            # says what it would do
streams dead-letters replay --reason schema --execute
streams dead-letters replay 0:17 --execute --max-attempts 10
"""
_PREVIEW_BYTES = 2_000

Reason = Annotated[str | None, typer.Option(metavar="TEXT", help="Only where error class, text or stage has this.")]
Topic = Annotated[str | None, typer.Option(help="Only of messages of this topic.")]
From = Annotated[str | None, typer.Option("--from", metavar="TIME", help="Only those that died then or later.")]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="Only those that died before then.")]
All = Annotated[bool, typer.Option("--all", help="Also those that were replayed.")]
Place = Annotated[str, typer.Argument(metavar="PLACE", help="Partition and offset among the dead letters, as 0:17.")]
OnePlace = Annotated[str | None, typer.Argument(metavar="[PLACE]", help="One dead letter alone, such as 0:17.")]
MaxAttempts = Annotated[int, typer.Option(min=1, help="Leave out what was replayed so often and died again.")]
Execute = Annotated[bool, typer.Option("--execute/--dry-run", help="Do it, or only say what would be done.")]


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Which dead letters are meant; what is None is not asked."""

    reason: str | None = None
    topic: str | None = None
    from_ms: int | None = None
    to_ms: int | None = None
    place: str | None = None

    def takes(self, letter: DeadLetter) -> bool:
        """Whether a dead letter is meant. Reasons are compared without regard to case."""
        said = f"{letter.stage} {letter.exception_class} {letter.reason}".lower()
        return (
            (self.reason is None or self.reason.lower() in said)
            and self.topic in (None, letter.topic)
            and self.place in (None, letter.place)
            and (self.from_ms is None or letter.timestamp_ms >= self.from_ms)
            and (self.to_ms is None or letter.timestamp_ms < self.to_ms)
        )


def list_letters(
    session: Session,
    *,
    reason: Reason = None,
    topic: Topic = None,
    from_time: From = None,
    to_time: To = None,
    everything: All = False,
) -> None:
    """List messages that nobody could read, with the reason. Those that were replayed are left out."""
    wanted = _filter(reason, topic, from_time, to_time)
    found = _read(session.settings())
    shown = filter(wanted.takes, found.letters if everything else found.waiting())
    _show_rows(session, sorted(shown, key=_age), found.replayed)


def show(session: Session, place: Place) -> None:
    """Show one dead letter: why it died, its headers, and its value as far as it is text."""
    from streams.cli.output import show_facts

    found = _read(session.settings())
    letter = next((each for each in found.letters if each.place == place), None)
    if letter is None:
        raise CommandError(f"there is no dead letter {place!r}: see `streams dead-letters list --all`", Exit.USAGE)
    value = letter.value or b""
    facts = {
        **_row(letter, found.replayed),
        "stage": letter.stage,
        "batch": letter.batch,
        "cut": letter.cut,
        "key": _text(letter.key),
        "headers": [[name, _text(each)] for name, each in letter.headers],
        "bytes": len(value),
        "value": _text(value[:_PREVIEW_BYTES]),
    }
    show_facts(session, facts)


def replay(  # noqa: PLR0913 - a command's options
    session: Session,
    *,
    place: OnePlace = None,
    reason: Reason = None,
    topic: Topic = None,
    from_time: From = None,
    to_time: To = None,
    max_attempts: MaxAttempts = 3,
    execute: Execute = False,
) -> None:
    """Send messages to the topic and partition that they came from, once what was wrong is put right.

    Each goes exactly once, also where the command is killed or runs twice: the message and a mark among the dead
    letters are one transaction. A header counts its attempts. Without --execute nothing is sent.
    Events that were collected and died in a batch are left out: `streams replay` makes that batch again. So are
    messages that were too large for the dead letters, and are cut there.
    """
    from streams.cli.output import note

    wanted, settings = _filter(reason, topic, from_time, to_time, place), session.settings()

    def choose() -> list[DeadLetter]:
        waiting = (each for each in _read(settings).waiting() if wanted.takes(each))
        return [each for each in waiting if not (each.batch or each.cut) and each.attempts < max_attempts]

    if not execute:
        chosen = choose()
        _show_rows(session, chosen, frozenset())
        note(f"{len(chosen)} message(s) would be replayed: add --execute")
        return
    sent = _replay(settings, choose)
    if session.output is OutputFormat.JSON:
        from streams.cli.output import show_json

        show_json({"replayed": sent})
    else:
        note(f"{sent} message(s) were replayed")


def _replay(settings: Settings, choose: Callable[[], Iterable[DeadLetter]]) -> int:
    from streams.cli.output import progress
    from streams.kafka import client_config
    from streams.kafka.clients import open_transaction
    from streams.kafka.dead_letter_replay import replay_dead_letters

    config = client_config.transactional_producer(
        settings.kafka,
        transactional_id=settings.group_id("dead-letters"),
        client_id=settings.client_id("dead-letters"),
        max_message_bytes=settings.limits.max_message_bytes,
        transaction_timeout_s=settings.limits.transaction_timeout_s,
    )
    transaction = open_transaction(config, settings.limits.transaction_timeout_s)
    with progress("replayed") as advance:
        return replay_dead_letters(
            transaction,
            settings.topics.dead_letters,
            choose,
            lambda sent: advance(sent, None),
            settings.limits.max_message_bytes,
        )


def _read(settings: Settings) -> DeadLetters:
    from streams.cli.output import progress
    from streams.kafka import client_config
    from streams.kafka.dead_letter_replay import read_dead_letters

    client = settings.client_id("reader")
    config = client_config.consumer(settings.kafka, group_id=client, client_id=client)
    with progress("reading dead letters") as advance:
        return read_dead_letters(config, settings.topics.dead_letters, advance)


def _filter(
    reason: str | None, topic: str | None, from_time: str | None, to_time: str | None, place: str | None = None
) -> LetterFilter:
    return LetterFilter(
        reason, topic, optional_epoch_ms(from_time, "--from"), optional_epoch_ms(to_time, "--to"), place
    )


def _show_rows(session: Session, letters: Iterable[DeadLetter], replayed: frozenset[str]) -> None:
    from streams.cli.output import show_rows

    columns = ["place", "died", "topic", "partition", "offset", "attempts", "replayed", "reason"]
    show_rows(session, [_row(letter, replayed) for letter in letters], columns)


def _row(letter: DeadLetter, replayed: frozenset[str]) -> dict[str, object]:
    return {
        "place": letter.place,
        "died": moment_text(letter.timestamp_ms),
        "topic": letter.topic,
        "partition": letter.source_partition,
        "offset": letter.source_offset,
        "attempts": letter.attempts,
        "replayed": letter.place in replayed,
        "class": letter.exception_class,
        "reason": letter.reason,
    }


def _age(letter: DeadLetter) -> tuple[int, int, int]:
    """The order of lists: by the time of death, then by place."""
    partition, _, offset = letter.place.partition(":")
    return letter.timestamp_ms, int(partition), int(offset)


def _text(value: bytes | str | None) -> str | None:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
