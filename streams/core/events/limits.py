"""How large a message may be before it is refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from streams.core.events.time_bounds import TimeBounds


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep one message from taking a worker's memory, and from telling a time that is none. A message
    beyond them is rejected whole.
    """

    max_message_bytes: int = 8 * 1024 * 1024
    max_events_per_message: int = 100_000
    max_decoded_bytes: int = 64 * 1024 * 1024
    times: TimeBounds = field(default_factory=TimeBounds)
