"""Metrics and tests of one scope: what whole reports and slices have in common."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from streams.core.reports.attempt import Failure, attempt
from streams.core.reports.config import MetricChoice, ReportConfig
from streams.core.reports.json_values import json_ready
from streams.core.reports.metrics.declaration import ColumnMetric, DatasetMetric, Measured, Parameters
from streams.core.reports.results import Entry
from streams.core.reports.scope import ReportScope
from streams.core.reports.testing.default_run import run_default_tests
from streams.core.reports.testing.outcome import Outcome
from streams.core.reports.testing.run import run_tests


def measure_entries(scope: ReportScope, config: ReportConfig) -> tuple[Entry, ...]:
    """Every chosen metric. One that fails becomes an entry with its reason and costs only itself."""
    choices = config.choices(has_reference=scope.reference is not None)
    return tuple(entry for choice in choices if _fits(scope, choice, config) for entry in _entries(scope, choice))


def measure_tests(scope: ReportScope, entries: Sequence[Entry], config: ReportConfig) -> tuple[Outcome, ...]:
    """The configured tests of these entries, and the default ones where they are asked for."""
    default = run_default_tests(scope, entries, config.tests) if config.default_tests else ()
    return (*run_tests(entries, config.tests), *default)


def _fits(scope: ReportScope, choice: MetricChoice, config: ReportConfig) -> bool:
    """Whether a preset brings the metric for these data; what is asked for by name, or tested, is always computed."""
    metric = choice.metric
    if not isinstance(metric, DatasetMetric) or metric.applies is None:
        return True
    if choice in (config.metrics or ()) or any(test.metric == choice.name for test in config.tests):
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
        if metric.needs_reference and choice.columns is None:
            yield from ((name, _absent(name)) for name in scope.absent if scope.absent[name] in metric.kinds)


def _fitting(scope: ReportScope, metric: ColumnMetric[Any]) -> Iterator[str]:
    for column in scope.columns:
        if column.kind in metric.kinds and (column.reference is not None or not metric.needs_reference):
            yield column.name


def _column_outcome(
    scope: ReportScope, metric: ColumnMetric[Any], name: str, parameters: Parameters
) -> Measured | Failure:
    column = scope.by_name.get(name)
    if name in scope.absent:
        return _absent(name)
    if column is None:
        return Failure(f"column {name!r} is not among the report's columns: {', '.join(scope.by_name)}")
    if column.kind not in metric.kinds:
        kinds = ", ".join(sorted(metric.kinds))
        return Failure(f"{metric.name} does not apply to the {column.kind} column {name!r}, only to: {kinds}")
    return attempt(partial(metric.compute, scope, column, parameters))


def _absent(name: str) -> Failure:
    return Failure(f"column {name!r} of the reference is not in the batch")


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
