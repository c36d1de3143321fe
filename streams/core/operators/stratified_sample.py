"""Keep a random sample of fixed size of each stratum of each window."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from streams.core.operators.contracts import DECLARATION, Example, Mask
from streams.core.operators.hashing import mixed
from streams.core.operators.row_groups import (
    FlatColumnOrTopConcept,
    column_of,
    groups_of,
    rank_in_group,
    top_concepts,
)


class StratifiedSample(BaseModel):
    """Keeps, of each window, up to `rows_per_stratum` rows of each stratum: those whose event id hashes lowest.

    Rows are of one stratum where they have the same value in every column of `by`: a flat column of the batch
    (`metadata.country`, `model.version`, `prediction`, ...), or `top_concept`, the concept with the largest value.
    Rows without a value make a stratum of their own. A smaller stratum stays whole, so that rare values are not lost.
    """

    model_config = DECLARATION
    EXAMPLE: ClassVar[Example] = {"type": "stratified_sample", "by": ["top_concept"], "rows_per_stratum": 100}

    type: Literal["stratified_sample"] = "stratified_sample"
    by: Annotated[tuple[FlatColumnOrTopConcept, ...], Field(min_length=1)] = Field(
        description="Columns whose values make the strata, or top_concept."
    )
    rows_per_stratum: Annotated[int, Field(strict=True, ge=1)] = Field(description="Rows of a stratum to keep at most.")

    def columns(self) -> frozenset[str]:
        """Look at the columns that make the strata."""
        return frozenset("concepts" if name == "top_concept" else name for name in self.by)

    def keep_rows(self, table: pa.Table, id_hashes: NDArray[np.uint64], salt: int, /) -> Mask:
        """Rank rows within their stratum by hash."""
        values = (top_concepts(table) if name == "top_concept" else column_of(table, name) for name in self.by)
        return rank_in_group(groups_of(values, len(id_hashes)), mixed(id_hashes, salt)) < self.rows_per_stratum
