"""What operators promise. Each operator is a frozen pydantic model: its fields are its parameters, its
docstring its semantics.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from streams.core.events.block import EventBlock
from streams.core.events.projection import Projection

Mask = NDArray[np.bool_]
Example = Mapping[str, Any]
Text = Annotated[str, Field(min_length=1)]
Number = Annotated[float, Field(strict=True)]

DECLARATION = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)
"""Configuration of every model that a collector file is made of. Errors never repeat the input: it may hold a secret.
"""


class EventOperator(Protocol):
    """Decides row by row whether an event stays."""

    EXAMPLE: ClassVar[Example]

    def fields(self) -> Projection:
        """Name what `keep` looks at."""
        ...

    def keep(self, block: EventBlock, salt: int, /) -> Mask:
        """Return True for each row that stays. Pure: a row's answer depends on nothing but that row and the salt."""
        ...


class RewritingOperator(Protocol):
    """Replaces the concepts of each event, and drops the events that have none left."""

    EXAMPLE: ClassVar[Example]

    def fields(self) -> Projection:
        """Name what `rewrite` looks at."""
        ...

    def rewrite(self, block: EventBlock) -> tuple[EventBlock, Mask]:
        """Return the same rows with new `concepts`, and True for each row that stays."""
        ...


class WindowOperator(Protocol):
    """Decides, when a window closes, which of its rows stay."""

    EXAMPLE: ClassVar[Example]

    def columns(self) -> frozenset[str]:
        """Name the batch's columns that `keep_rows` looks at, e.g. `input.data`. A window may lack some of
        them.
        """
        ...

    def keep_rows(self, table: pa.Table, id_hashes: NDArray[np.uint64], salt: int, /) -> Mask:
        """Return True for each row that stays. Rows come in event order; `id_hashes` has one hash per row."""
        ...
