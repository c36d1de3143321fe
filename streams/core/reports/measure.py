"""Metrics and tests of one scope: what whole reports and slices have in common."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from streams.core.reports.attempt import Failure, attempt
from streams.core.reports.config import MetricChoice, ReportConfig
from streams.core.reports.json_values import json_ready
from streams.core.reports.metrics.declaration import ColumnMetric, DatasetMetric, Measured, Parameters
from streams.core.reports.metrics.table import OF_LABELS
from streams.core.reports.results import Entry
from streams.core.reports.scope import ReportScope
from streams.core.reports.testing.default_run import run_default_tests
from streams.core.reports.testing.outcome import Outcome
from streams.core.reports.testing.run import left_undecided, run_tests, undecided


def measure_entries(scope: ReportScope, config: ReportConfig) -> tuple[Entry, ...]:
    """Every chosen metric. One that fails becomes an entry with its reason and costs only itself."""
    waiting = awaiting_labels(scope, config)
    chosen = [choice for choice in _chosen(scope, config) if choice.name not in waiting]
    return tuple(entry for choice in chosen for entry in _entries(scope, choice))


def awaiting_labels(scope: ReportScope, config: ReportConfig) -> tuple[str, ...]:
    """Metrics that are not computed, as they need the truth, which comes later."""
    if not scope.awaits_labels:
        return ()
    return tuple(dict.fromkeys(one.name for one in _chosen(scope, config) if one.name in OF_LABELS))


def measure_tests(scope: ReportScope, entries: Sequence[Entry], config: ReportConfig) -> tuple[Outcome, ...]:
    """The configured tests of these entries, and the default ones where they are asked for."""
    waiting = awaiting_labels(scope, config)
    now = [test for test in config.tests if test.metric not in waiting]
    later = [test for test in config.tests if test.metric in waiting]
    default = run_default_tests(scope, entries, config.tests) if config.default_tests else ()
    return (
        *_decided(scope, (*run_tests(entries, now), *default)),
        *(outcome for test in later for outcome in undecided(test, "waits for labels")),
    )


def too_few_labels(scope: ReportScope, config: ReportConfig) -> str | None:
    """Why tests of the model's quality are not decided; None where they are, or quality is not computed."""
    asked = any(one.name in OF_LABELS for one in _chosen(scope, config))
    return scope.too_few_labels if asked and scope.quality.labelled else None


def _decided(scope: ReportScope, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """The same outcomes, those of the model's quality left undecided where they would rest on too few labels."""
    few = scope.too_few_labels if scope.quality.labelled else None
    for one in outcomes:
        yield left_undecided(one, few) if few is not None and one.metric in OF_LABELS else one


def _chosen(scope: ReportScope, config: ReportConfig) -> Iterator[MetricChoice]:
    choices = config.choices(has_reference=scope.reference is not None)
    return (choice for choice in choices if _fits(scope, choice, config))


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
            later = {scope.model.target} if scope.awaits_labels else set()
            absent = [name for name, kind in scope.absent.items() if kind in metric.kinds and name not in later]
            yield from ((name, _absent(name)) for name in absent)


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
