"""Fisher's exact test, for columns of two values."""

from typing import Final

import numpy as np
import scipy

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import CATEGORICAL, DriftedWhen, DriftTest

BINARY: Final = 2


def fisher_exact_score(pair: ColumnPair) -> float:
    """Two-sided p-value of the two-by-two table. Raises ValueError where there are more than two values.

    Evidently asks for sides of equal size; the test does not, so neither does this.
    """
    table = np.stack([pair.joint.current, pair.joint.reference])
    if table.shape[1] > BINARY:
        raise ValueError(f"{table.shape[1]} different values, not two: choose chi_square for this column")
    padded = np.pad(table, ((0, 0), (0, BINARY - table.shape[1])))
    return float(scipy.stats.fisher_exact(padded).pvalue)


FISHER_EXACT = DriftTest(
    name="fisher_exact",
    evidently_name="fisher_exact",
    title="Fisher's exact p-value",
    semantics="Probability of a two-by-two table at least this uneven by chance.",
    kinds=CATEGORICAL,
    threshold=0.1,
    drifted_when=DriftedWhen.BELOW,
    score=fisher_exact_score,
)
