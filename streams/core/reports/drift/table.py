"""Every drift test by name. A new test is a file beside this one and a line here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from streams.core.reports.drift.anderson import ANDERSON
from streams.core.reports.drift.chi_square import CHI_SQUARE
from streams.core.reports.drift.cramer_von_mises import CRAMER_VON_MISES
from streams.core.reports.drift.declaration import DriftTest
from streams.core.reports.drift.energy_distance import ENERGY_DISTANCE
from streams.core.reports.drift.epps_singleton import EPPS_SINGLETON
from streams.core.reports.drift.fisher_exact import FISHER_EXACT
from streams.core.reports.drift.g_test import G_TEST
from streams.core.reports.drift.hellinger import HELLINGER
from streams.core.reports.drift.jensen_shannon import JENSEN_SHANNON
from streams.core.reports.drift.kl_divergence import KL_DIVERGENCE
from streams.core.reports.drift.ks import KS
from streams.core.reports.drift.mann_whitney import MANN_WHITNEY
from streams.core.reports.drift.psi import PSI
from streams.core.reports.drift.t_test import T_TEST
from streams.core.reports.drift.tvd import TVD
from streams.core.reports.drift.wasserstein import WASSERSTEIN
from streams.core.reports.drift.z import Z

_TESTS = (
    KS,
    CHI_SQUARE,
    Z,
    WASSERSTEIN,
    JENSEN_SHANNON,
    PSI,
    KL_DIVERGENCE,
    HELLINGER,
    T_TEST,
    MANN_WHITNEY,
    ANDERSON,
    CRAMER_VON_MISES,
    ENERGY_DISTANCE,
    EPPS_SINGLETON,
    G_TEST,
    FISHER_EXACT,
    TVD,
)

DRIFT_TESTS: Final[Mapping[str, DriftTest]] = MappingProxyType({test.name: test for test in _TESTS})
"""Drift tests by their name."""

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {test.evidently_name: test.name for test in _TESTS} | {test.name: test.name for test in _TESTS}
)
"""Names that a configuration may use (ours and Evidently's), and the name each stands for."""
