"""How many components of an embedding have drifted."""

from typing import Final

import numpy as np
import pyarrow as pa

from streams.core.reports.column import Column
from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.wasserstein import WASSERSTEIN
from streams.core.reports.embeddings.declaration import EmbeddingMethod
from streams.core.reports.kinds import Kind
from streams.core.reports.whole_numbers import Floats

_COMPONENT_DRIFTS_FROM: Final = 0.1


def ratio_score(reference: Floats, current: Floats) -> float:
    """Share of components whose normed Wasserstein distance is at least 0.1."""
    scores = [WASSERSTEIN.measure(_pair(*sides)) for sides in zip(reference.T, current.T, strict=True)]
    return float(np.mean([WASSERSTEIN.drifted(score, _COMPONENT_DRIFTS_FROM) for score in scores]))


def _pair(reference: Floats, current: Floats) -> ColumnPair:
    sides = (
        Column("component", pa.chunked_array([pa.array(np.ascontiguousarray(side))])) for side in (reference, current)
    )
    return ColumnPair(Kind.NUMERIC, *sides)


RATIO = EmbeddingMethod(
    name="ratio",
    semantics="Share of components that have drifted, each by its normed Wasserstein distance (0.1).",
    threshold=0.2,
    score=ratio_score,
)
