"""Telling a hostile event from a fault of the program.

What a hostile event provokes costs that event alone: it becomes a dead letter. What goes wrong with event after event
is a fault of ours, and must not drain the topic into the dead letters.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from streams.core.collection import Collection, CollectorFaultError
from streams.core.events.messages import RawMessages
from streams.core.segments import RowTooLargeError

IN_A_ROW = 20


class UnprocessableError(RuntimeError):
    """Message after message cannot be processed: the stage has to stop."""


@dataclass(slots=True)
class FaultsState:
    """The messages that could not be processed, by the collector that failed and by partition and offset.

    A collector is cleared by every event that it keeps, for then all its operators did their work. Under None is what
    failed before any collector saw it; any event clears that. A message that is offered again counts once.
    """

    _places: dict[str | None, set[tuple[int, int]]] = field(default_factory=dict)

    def count(self, raw: RawMessages, error: Exception) -> None:
        """Enter a message, alone in `raw`. UnprocessableError with the last of `IN_A_ROW`: it is no dead letter."""
        if isinstance(error, RowTooLargeError):  # says itself what is wrong with the event
            return
        failed = error.collector_id if isinstance(error, CollectorFaultError) else None
        place = (int(raw.partitions[0]), int(raw.offsets[0]))
        places = self._places.setdefault(failed, set())
        places.add(place)
        if len(places) >= IN_A_ROW:
            raise UnprocessableError(
                f"{IN_A_ROW} messages cannot be processed and none in between could, the last is {raw.topic}-"
                f"{place[0]} offset {place[1]}: {error}; this is a fault of the program rather than of the messages: "
                "mend it, or disable the collector, and start again; offsets stay where the last commit was"
            ) from error

    def forget(self, processed: Collection) -> None:
        """Clear whom these events clear."""
        if not self._places:
            return
        if len(processed.collected):
            self._places.pop(None, None)
        for kept in processed.kept:
            if kept.rows:
                self._places.pop(kept.route.collector.id, None)
