"""Reports: every chosen metric of a batch, each with its value or the reason why it has none."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from streams.core.reports.attempt import Failure, attempt
from streams.core.reports.config import REPORT_FORMAT, MetricChoice, ReportConfig
from streams.core.reports.dataset import Dataset
from streams.core.reports.json_values import json_ready
from streams.core.reports.metrics.declaration import ColumnMetric, DatasetMetric, Measured, Parameters
from streams.core.reports.results import Entry, Report, verdict_of
from streams.core.reports.scope import ReportScope
from streams.core.reports.selection import select_columns
from streams.core.reports.testing.default_run import run_default_tests
from streams.core.reports.testing.outcome import Outcome
from streams.core.reports.testing.run import run_tests


def compute_report(batch: Dataset, reference: Dataset | None, config: ReportConfig) -> Report:
    """Compute every chosen metric. A metric that fails becomes an entry with its reason and costs only itself.

    Deterministic: equal rows, configuration and reference give an equal report, whatever the order of the rows
    (but for the drift test ``tvd``) and however the tables are chunked.
    """
    columns, absent = select_columns(batch, reference, config.columns)
    scope = ReportScope(batch, reference, columns, absent, config.drift, config.model)
    choices = [choice for choice in config.choices(has_reference=reference is not None) if _fits(scope, choice, config)]
    entries = tuple(entry for choice in choices for entry in _entries(scope, choice))
    return Report(
        format=REPORT_FORMAT,
        config_hash=config.hash,
        columns={column.name: column.kind.value for column in columns},
        entries=entries,
        verdict=verdict_of(entries, config.drift.share, has_reference=reference is not None),
        tests=tuple(_tests(scope, entries, config)),
    )


def _tests(scope: ReportScope, entries: Sequence[Entry], config: ReportConfig) -> Iterator[Outcome]:
    yield from run_tests(entries, config.tests)
    if config.default_tests:
        yield from run_default_tests(scope, entries, config.tests)


def _fits(scope: ReportScope, choice: MetricChoice, config: ReportConfig) -> bool:
    """Whether a preset brings the metric for these data; what is asked for by name is always computed."""
    metric = choice.metric
    if not isinstance(metric, DatasetMetric) or metric.applies is None or choice in (config.metrics or ()):
        return True
    return attempt(partial(metric.applies, scope)) is not False


def _entries(scope: ReportScope, choice: MetricChoice) -> Iterator[Entry]:
    parameters = choice.parsed_parameters()
    described = parameters.model_dump(mode="json")
    for column, outcome in _outcomes(scope, choice, parameters):
        yield _entry(choice.name, column, described, outcome)


def _outcomes(
    scope: ReportScope, choice: MetricChoice, parameters: Parameters
) -> Iterator[tuple[str | None, Measured | Failure]]:
    metric = choice.metric
    if metric.needs_reference and scope.reference is None:
        yield None, Failure(f"{metric.name} compares with a reference and there is none: set one for the collector")
    elif isinstance(metric, DatasetMetric):
        yield None, attempt(partial(metric.compute, scope, parameters))
    else:
        for name in choice.columns or _fitting(scope, metric):
            yield name, _column_outcome(scope, metric, name, parameters)


def _fitting(scope: ReportScope, metric: ColumnMetric[Any]) -> Iterator[str]:
    for column in scope.columns:
        if column.kind in metric.kinds and (column.reference is not None or not metric.needs_reference):
            yield column.name


def _column_outcome(
    scope: ReportScope, metric: ColumnMetric[Any], name: str, parameters: Parameters
) -> Measured | Failure:
    column = scope.by_name.get(name)
    if column is None:
        return Failure(f"column {name!r} is not among the report's columns: {', '.join(scope.by_name)}")
    if column.kind not in metric.kinds:
        kinds = ", ".join(sorted(metric.kinds))
        return Failure(f"{metric.name} does not apply to the {column.kind} column {name!r}, only to: {kinds}")
    return attempt(partial(metric.compute, scope, column, parameters))


def _entry(metric: str, column: str | None, parameters: dict[str, Any], outcome: Measured | Failure) -> Entry:
    if isinstance(outcome, Failure):
        return Entry(metric=metric, column=column, parameters=parameters, error=outcome.reason)
    return Entry(
        metric=metric,
        column=column,
        parameters=parameters,
        current=json_ready(outcome.current),
        reference=json_ready(outcome.reference),
    )
