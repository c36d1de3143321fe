"""Events that are still encoded, one per row: what unpacking messages yields and what decoders take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.encoding import Encoding


@dataclass(frozen=True, slots=True)
class Payloads:
    """Events of one encoding in the order polled.

    `messages[i]` is the row in the chunk of the message that event i came in, `indexes[i]` its position there;
    `many[i]` says whether the message is of a form that can hold many events (only then is the position part of a
    derived id).
    """

    encoding: Encoding
    values: pa.Array
    messages: NDArray[np.int64]
    indexes: NDArray[np.int32]
    many: NDArray[np.bool_]

    def __len__(self) -> int:
        """Count events."""
        return len(self.values)

    def where(self, mask: NDArray[np.bool_]) -> Payloads:
        """Keep the rows where `mask` is true."""
        return Payloads(
            self.encoding,
            self.values.filter(pa.array(mask)),
            self.messages[mask],
            self.indexes[mask],
            self.many[mask],
        )


def single_events(encoding: Encoding, values: pa.Array, messages: NDArray[np.int64]) -> Payloads:
    """One event per message."""
    count = len(values)
    return Payloads(encoding, values, messages, np.zeros(count, np.int32), np.zeros(count, np.bool_))
