"""Keep a random sample of fixed size of each window."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from streams.core.operators.contracts import DECLARATION, Example, Mask
from streams.core.operators.hashing import mixed
from streams.core.operators.row_groups import rank_in_group


class ReservoirSample(BaseModel):
    """Keeps, of each window, the `rows` rows whose event id hashes lowest with the collector's salt: a uniform
    sample.

    Bottom-k sampling (Cohen, Kaplan 2007) gives the same rows however the window came together, which a classic
    reservoir does not. A smaller window stays whole. Copies of an event (same id) count as rows; of these the earlier
    ones go first.
    """

    model_config = DECLARATION
    EXAMPLE: ClassVar[Example] = {"type": "reservoir_sample", "rows": 1000}

    type: Literal["reservoir_sample"] = "reservoir_sample"
    rows: Annotated[int, Field(strict=True, ge=1)] = Field(description="Rows of a window to keep at most.")

    def columns(self) -> frozenset[str]:
        """Ids' hashes come on their own."""
        return frozenset()

    def keep_rows(self, _table: pa.Table, id_hashes: NDArray[np.uint64], salt: int, /) -> Mask:
        """Rank the whole window as one group."""
        return rank_in_group(np.zeros(len(id_hashes), np.int64), mixed(id_hashes, salt)) < self.rows
