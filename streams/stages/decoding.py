"""Decoding ahead: chunks are decoded while the ones before them are still being routed and written."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from streams.core.events.decode import Decoded, Decoder
from streams.core.events.limits import Limits
from streams.core.events.messages import RawMessages
from streams.core.events.projection import Projection
from streams.core.events.schema_source import SchemaSource


@dataclass(frozen=True, slots=True)
class DecodingState:
    """Decodes on any thread, with a decoder of its own for each. Decoding depends on the messages alone, so
    order is no matter.
    """

    projection: Projection
    schemas: SchemaSource
    limits: Limits
    _local: threading.local = field(default_factory=threading.local)

    def decode(self, raw: RawMessages) -> Decoded:
        """See `Decoder.decode`."""
        if not hasattr(self._local, "decoder"):
            self._local.decoder = Decoder()
        decoder: Decoder = self._local.decoder
        return decoder.decode(raw, self.projection, self.schemas, self.limits)
