"""Every condition by name. A new one is a file beside this one and a line here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from streams.core.reports.conditions.declaration import Condition
from streams.core.reports.conditions.eq import EQ
from streams.core.reports.conditions.gt import GT
from streams.core.reports.conditions.gte import GTE
from streams.core.reports.conditions.is_in import IS_IN
from streams.core.reports.conditions.lt import LT
from streams.core.reports.conditions.lte import LTE
from streams.core.reports.conditions.not_in import NOT_IN
from streams.core.reports.conditions.within import WITHIN

_CONDITIONS: Final = (EQ, GT, GTE, LT, LTE, IS_IN, NOT_IN, WITHIN)

CONDITIONS: Final[Mapping[str, Condition]] = MappingProxyType({one.name: one for one in _CONDITIONS})
"""Conditions by their name."""
