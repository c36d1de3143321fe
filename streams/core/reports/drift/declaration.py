"""What a drift test says about itself."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.kinds import Kind

NUMERIC = frozenset({Kind.NUMERIC})
CATEGORICAL = frozenset({Kind.CATEGORICAL})
NUMERIC_AND_CATEGORICAL = NUMERIC | CATEGORICAL


class DriftedWhen(StrEnum):
    """How a score compares with the threshold where a column has drifted."""

    BELOW = "<"
    AT_MOST = "<="
    AT_LEAST = ">="
    ABOVE = ">"


@dataclass(frozen=True, slots=True)
class DriftTest:
    """A drift test: its name, what its score means, to which kinds it applies, and from where on it is drift.

    ``score`` is given sides of more than one value together. It raises ValueError where it is not defined
    for the data. ``evidently_name`` is the name of the same test in Evidently; configurations may use either.
    """

    name: str
    evidently_name: str
    title: str
    semantics: str
    kinds: frozenset[Kind]
    threshold: float
    drifted_when: DriftedWhen
    score: Callable[[ColumnPair], float]

    @property
    def small_score_means_drift(self) -> bool:
        """True for p-values, False for distances."""
        return self.drifted_when in (DriftedWhen.BELOW, DriftedWhen.AT_MOST)

    def measure(self, pair: ColumnPair) -> float:
        """The score, NaN where it is undefined. numpy's and scipy's warnings about odd data are not passed on.

        Two sides of one and the same value do not differ: 1 by chance, 0 apart.
        """
        if pair.is_constant:
            return 1.0 if self.small_score_means_drift else 0.0
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return self.score(pair)

    def drifted(self, score: float, threshold: float) -> bool:
        """Whether a score is drift. An undefined score (NaN) is not."""
        match self.drifted_when:
            case DriftedWhen.BELOW:
                return score < threshold
            case DriftedWhen.AT_MOST:
                return score <= threshold
            case DriftedWhen.AT_LEAST:
                return score >= threshold
            case DriftedWhen.ABOVE:
                return score > threshold
