"""One column's drift: which test, which score, which threshold, drifted or not."""

import math
from dataclasses import dataclass

from streams.core.reports.comparison import ColumnPair, ReportColumn
from streams.core.reports.drift.declaration import DriftTest
from streams.core.reports.drift.default_rules import default_test
from streams.core.reports.drift.options import DriftOptions
from streams.core.reports.drift.table import DRIFT_TESTS


@dataclass(frozen=True, slots=True)
class DriftDecision:
    """A test's score for one column, and what it means."""

    test: DriftTest
    score: float
    threshold: float

    @property
    def drifted(self) -> bool:
        """Whether the column has drifted."""
        return self.test.drifted(self.score, self.threshold)


def decide_drift(column: ReportColumn, options: DriftOptions) -> DriftDecision:
    """Compare a column with its reference. Raises ValueError, saying why, where that cannot be done."""
    pair = column.pair
    test = _chosen_test(column.name, pair, options)
    threshold = options.threshold_for(column.name, pair.kind)
    score = test.measure(pair)
    if math.isnan(score):
        rows = f"{pair.current.usable} rows beside {pair.reference.usable} of the reference"
        raise ValueError(f"the score of {test.name} is undefined for {rows}: choose another drift test for this column")
    return DriftDecision(test, score, test.threshold if threshold is None else threshold)


def _chosen_test(name: str, pair: ColumnPair, options: DriftOptions) -> DriftTest:
    method = options.method_for(name, pair.kind)
    if method is None:
        return default_test(pair)
    test = DRIFT_TESTS[method]
    if pair.kind not in test.kinds:
        fitting = ", ".join(other.name for other in DRIFT_TESTS.values() if pair.kind in other.kinds)
        raise ValueError(
            f"drift test {method!r} does not apply to the {pair.kind} column {name!r}: "
            f"choose {fitting or 'none, and exclude the column'}"
        )
    return test
