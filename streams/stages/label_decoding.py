"""Decoding labels ahead, on any thread."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field, replace

import pyarrow as pa

from streams.core.events.limits import Limits
from streams.core.events.messages import RawMessages
from streams.core.events.rejects import reject
from streams.core.events.schema_source import SchemaSource, SchemaUnavailableError
from streams.core.labels.decode import LABELS, DecodedLabels, LabelDecoder

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LabelDecodingState:
    """Decodes on any thread, with a decoder of its own for each."""

    schemas: SchemaSource
    limits: Limits
    _local: threading.local = field(default_factory=threading.local)

    def decode(self, raw: RawMessages) -> DecodedLabels:
        """See `LabelDecoder.decode`. Whatever a hostile label provokes costs that one alone."""
        if not hasattr(self._local, "decoder"):
            self._local.decoder = LabelDecoder()
        decoder: LabelDecoder = self._local.decoder
        try:
            return decoder.decode(raw, self.schemas, self.limits)
        except SchemaUnavailableError:
            raise
        except Exception as error:
            logger.exception("a chunk of %s labels cannot be decoded", len(raw))
            if len(raw) == 1:
                return DecodedLabels(LABELS.empty_table(), (reject(0, error),))
        return self._halved(raw)

    def _halved(self, raw: RawMessages) -> DecodedLabels:
        half = len(raw) // 2
        first, second = self.decode(raw.slice(0, half)), self.decode(raw.slice(half, len(raw)))
        moved = tuple(replace(each, message=each.message + half) for each in second.rejects)
        return DecodedLabels(pa.concat_tables([first.table, second.table]), first.rejects + moved)
