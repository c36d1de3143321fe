"""Every metric by name, and the presets. A new metric is a file beside this one and a line here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from streams.core.reports.metrics.dataset_drift import DATASET_DRIFT
from streams.core.reports.metrics.declaration import Metric
from streams.core.reports.metrics.histogram import HISTOGRAM
from streams.core.reports.metrics.missing_values import MISSING_VALUES
from streams.core.reports.metrics.quantiles import QUANTILES
from streams.core.reports.metrics.row_count import ROW_COUNT
from streams.core.reports.metrics.summary import SUMMARY
from streams.core.reports.metrics.value_drift import VALUE_DRIFT

_METRICS: Final[tuple[Metric, ...]] = (
    ROW_COUNT,
    MISSING_VALUES,
    SUMMARY,
    QUANTILES,
    HISTOGRAM,
    VALUE_DRIFT,
    DATASET_DRIFT,
)

METRICS: Final[Mapping[str, Metric]] = MappingProxyType({metric.name: metric for metric in _METRICS})
"""Metrics by their name."""

PRESETS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "data_summary": ("row_count", "missing_values", "summary", "quantiles", "histogram"),
        "data_drift": ("value_drift", "dataset_drift"),
    }
)
"""Metrics, with their default parameters, by the name of the preset that stands for them."""
