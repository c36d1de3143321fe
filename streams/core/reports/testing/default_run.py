"""Running the default tests: those of every metric that the configuration tests in no other way."""

from collections.abc import Iterable, Iterator
from functools import partial

from streams.core.reports.attempt import Failure, attempt
from streams.core.reports.results import Entry
from streams.core.reports.scope import ReportScope
from streams.core.reports.testing.config import ReportTest
from streams.core.reports.testing.defaults import DEFAULTS, Default
from streams.core.reports.testing.outcome import Outcome, Status
from streams.core.reports.testing.run import is_about, run_test


def run_default_tests(scope: ReportScope, entries: Iterable[Entry], tests: Iterable[ReportTest]) -> Iterator[Outcome]:
    """The default tests of each entry that no configured test is about, in the order of entries."""
    configured = tuple(tests)
    for entry in entries:
        if entry.metric in DEFAULTS and not any(is_about(test, entry) for test in configured):
            defaults = DEFAULTS[entry.metric]
            for default in defaults.alone if scope.reference is None else defaults.compared:
                if _has(entry, default.field):
                    yield _run(scope, entry, default)


def _run(scope: ReportScope, entry: Entry, default: Default) -> Outcome:
    demand = attempt(partial(default.demand, scope))
    if not isinstance(demand, Failure):
        return run_test(entry, demand)
    return Outcome(
        metric=entry.metric,
        column=entry.column,
        field=default.field,
        condition=default.condition.name,
        status=Status.ERROR,
        reason=entry.error or demand.reason,
        is_default=True,
    )


def _has(entry: Entry, field: str) -> bool:
    """Whether the entry is one of numbers that has the field, or a failure, which fails every test."""
    return entry.current is None or (
        field in entry.current and not (entry.metric == "summary" and "std" not in entry.current)
    )
