"""Keep one row of each input in a window."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from streams.core.operators.contracts import DECLARATION, Example, Mask
from streams.core.operators.masks import all_of, mask_of
from streams.core.operators.row_groups import FlatColumn, column_of, groups_of


class Deduplicate(BaseModel):
    """Keeps, of each window's rows with the same content, the first in event order.

    The content is `input.data`, or the flat columns of the batch that `by` lists, compared exactly: text by its
    characters, an object or a list by its JSON text. Rows that have none of it (missing or null) all stay: nothing
    says that they are the same. Other windows do not count.
    """

    model_config = DECLARATION
    EXAMPLE: ClassVar[Example] = {"type": "deduplicate", "by": ["input.data"]}

    type: Literal["deduplicate"] = "deduplicate"
    by: Annotated[tuple[FlatColumn, ...], Field(min_length=1)] = Field(
        default=("input.data",), description="Columns that have to be equal in all."
    )

    def columns(self) -> frozenset[str]:
        """Look at the content's columns."""
        return frozenset(self.by)

    def keep_rows(self, table: pa.Table, id_hashes: NDArray[np.uint64], _salt: int, /) -> Mask:
        """Take the first row of each group, and every row without content."""
        content = [column_of(table, name) for name in self.by]
        keep = all_of(mask_of(pc.is_null(column)) for column in content)
        keep[np.unique(groups_of(content, len(id_hashes)), return_index=True)[1]] = True
        return keep
