"""Report scopes and single metrics, computed from plain lists, for the tests of metrics."""

from collections.abc import Mapping, Sequence
from typing import Any

from streams.core.reports.config import ReportConfig
from streams.core.reports.report import compute_report
from streams.core.reports.results import Entry
from tests.core.reports.columns import dataset


def entry_of(
    metric: str | Mapping[str, Any],
    current: Mapping[str, Sequence[Any]],
    reference: Mapping[str, Sequence[Any]] | None = None,
    **config: Any,
) -> Entry:
    """The only entry of a report of one metric."""
    (entry,) = entries_of(metric, current, reference, **config)
    return entry


def entries_of(
    metric: str | Mapping[str, Any],
    current: Mapping[str, Sequence[Any]],
    reference: Mapping[str, Sequence[Any]] | None = None,
    **config: Any,
) -> tuple[Entry, ...]:
    """The entries of a report of one metric."""
    chosen = ReportConfig.model_validate({"metrics": [metric], **config})
    compared = None if reference is None else dataset(**reference)
    return compute_report(dataset(**current), compared, chosen).entries
