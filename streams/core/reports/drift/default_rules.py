"""Which drift test a column gets when nobody chose one: Evidently's rules."""

from typing import Final

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.chi_square import CHI_SQUARE
from streams.core.reports.drift.declaration import DriftTest
from streams.core.reports.drift.jensen_shannon import JENSEN_SHANNON
from streams.core.reports.drift.ks import KS
from streams.core.reports.drift.wasserstein import WASSERSTEIN
from streams.core.reports.drift.z import Z
from streams.core.reports.kinds import Kind

SMALL_REFERENCE: Final = 1000
"""Usable reference rows up to which hypothesis tests are used; above, distances."""

FEW_VALUES: Final = 5
"""Numeric columns with at most this many distinct values on both sides together are compared value by value."""


def default_test(pair: ColumnPair) -> DriftTest:
    """The test by kind, usable reference rows and distinct values.

    Few values: chi-square (Z for at most two) up to 1,000 rows, Jensen-Shannon above. Many: Kolmogorov-Smirnov
    up to 1,000 rows, normed Wasserstein above. Raises ValueError for kinds without a default.
    """
    if pair.kind not in (Kind.NUMERIC, Kind.CATEGORICAL):
        raise ValueError(f"no default drift test for {pair.kind} columns: name one, or exclude the column")
    small = pair.reference.usable <= SMALL_REFERENCE
    if pair.kind is Kind.NUMERIC and not pair.has_at_most(FEW_VALUES):
        return KS if small else WASSERSTEIN
    if not small:
        return JENSEN_SHANNON
    return Z if pair.has_at_most(2) else CHI_SQUARE
