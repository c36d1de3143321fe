"""Reading the dead letters, and sending their messages to where they came from: each at most once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from streams.kafka.client_config import Config
from streams.kafka.dead_letters import DeadLetter, read_dead_letter, replay_messages, replayed_place
from streams.kafka.scan import Progress, scan
from streams.kafka.transactions import TransactionState

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """All dead letters that the topic holds, by time, and the places of those that were replayed."""

    letters: Sequence[DeadLetter]
    replayed: frozenset[str]

    def waiting(self) -> Iterator[DeadLetter]:
        """Those that were not replayed yet."""
        return (letter for letter in self.letters if letter.place not in self.replayed)


def read_dead_letters(config: Config, topic: str, progress: Progress) -> DeadLetters:
    """Read the whole topic, up to what is committed when this is called. Raises ClusterError."""
    letters, replayed = [], set()
    for record in scan(config, topic, progress, settled=True):
        letter, place = read_dead_letter(record), replayed_place(record)
        if letter is not None:
            letters.append(letter)
        elif place is not None:
            replayed.add(place)
    return DeadLetters(sorted(letters, key=lambda each: each.timestamp_ms), frozenset(replayed))


def replay_dead_letters(
    transaction: TransactionState,
    topic: str,
    choose: Callable[[], Iterable[DeadLetter]],
    told: Callable[[int], None],
    most_bytes: int,
) -> int:
    """Produce each chosen message to its old partition, with its mark in the same transaction; how many there were.

    `most_bytes` is what the topics take that messages go to.

    Two that replay at once cannot send a message twice: `choose` is called, and has to read the marks, only after
    the other was fenced by the transactional id that both share. The one that was fenced gets a KafkaStageError.
    """
    transaction.initialise()
    sent, chosen = 0, iter(choose())
    while part := list(islice(chosen, _AT_ONCE)):
        transaction.write(message for letter in part for message in replay_messages(letter, topic, most_bytes))
        transaction.commit((), None)
        sent += len(part)
        told(sent)
    return sent
