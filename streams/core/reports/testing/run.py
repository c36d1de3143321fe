"""Running tests: the entries of a report in, an outcome for each test of each entry out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import msgspec

from streams.core.reports.attempt import Failure, attempt
from streams.core.reports.conditions.declaration import Condition, Expected, is_number
from streams.core.reports.conditions.table import CONDITIONS
from streams.core.reports.results import Entry
from streams.core.reports.testing.config import REFERENCE, THIRD, ReportTest
from streams.core.reports.testing.outcome import Outcome, Status
from streams.core.reports.testing.values import value_at

NEAR: Final = 1e-6
"""How near, as a share of its size, a value is to an equal reference where no tolerance is given (Evidently's)."""

_SMALLEST: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Demand:
    """A condition on a field: ``bound`` is a value, a list, or `reference` with a relative ``tolerance``."""

    field: str
    condition: Condition
    bound: Any
    tolerance: float = NEAR
    is_default: bool = False


def demand_of(test: ReportTest) -> Demand:
    """What a configured test demands."""
    condition = CONDITIONS[test.condition]
    if test.within is not None:
        return Demand(test.tested_field, condition, REFERENCE, test.within)
    return Demand(test.tested_field, condition, test.given, NEAR if test.tolerance is None else test.tolerance)


def run_tests(entries: Iterable[Entry], tests: Iterable[ReportTest]) -> Iterator[Outcome]:
    """Every configured test of every entry that it is about, in the order of tests; an error where there is none."""
    listed = tuple(entries)
    for test in tests:
        found = [entry for entry in listed if is_about(test, entry)]
        yield from (run_test(entry, demand_of(test)) for entry in found or _missing(test))
        if found and found[0].column is not None and test.columns is not None:
            known = {entry.column for entry in found}
            yield from (run_test(each, demand_of(test)) for each in _missing(test) if each.column not in known)


def _missing(test: ReportTest) -> list[Entry]:
    """Entries in place of those that a test asks for and the report has not: no test is passed over in silence."""
    reason = (
        f"{test.metric} was computed on no column" if test.columns is None else f"{test.metric} was not computed on it"
    )
    columns: tuple[str | None, ...] = test.columns or (None,)
    return [Entry(metric=test.metric, column=column, error=reason) for column in columns]


def undecided(test: ReportTest, reason: str) -> list[Outcome]:
    """The outcome of a test, one for each column that it names, that cannot be decided yet."""
    return [msgspec.structs.replace(run_test(each, demand_of(test)), **_undecided(reason)) for each in _missing(test)]


def left_undecided(outcome: Outcome, reason: str) -> Outcome:
    """The same outcome, with the value that was found, as one that is not decided."""
    return msgspec.structs.replace(outcome, **_undecided(reason))


def _undecided(reason: str) -> dict[str, Any]:
    return {"status": Status.UNDECIDED, "reason": reason}


def is_about(test: ReportTest, entry: Entry) -> bool:
    """Whether an entry is one that the test asks for. Errors of a whole metric are, whatever columns are named."""
    parameters = test.all_parameters()
    return (
        test.metric == entry.metric
        and (test.columns is None or entry.column is None or entry.column in test.columns)
        and (parameters is None or parameters.model_dump(mode="json") == entry.parameters)
    )


def run_test(entry: Entry, demand: Demand) -> Outcome:
    """The outcome of one demand on one entry."""
    tested = Outcome(
        metric=entry.metric,
        column=entry.column,
        field=demand.field,
        condition=demand.condition.name,
        of_reference=demand.bound == REFERENCE,
        status=Status.ERROR,
        is_default=demand.is_default,
    )
    outcome = attempt(partial(_outcome, entry, demand))
    changes = {"reason": outcome.reason} if isinstance(outcome, Failure) else outcome
    # msgspec's own replace knows no types; every change is a field of the outcome.
    return Outcome(**{name: getattr(tested, name) for name in Outcome.__struct_fields__} | changes)


def _outcome(entry: Entry, demand: Demand) -> dict[str, Any]:
    if entry.current is None:
        raise ValueError(entry.error or "the metric has no value")
    value = value_at(entry.current, demand.field)
    if value is None:
        raise ValueError(f"{demand.field} is undefined for these rows")
    expected = _expected(entry, demand)
    if demand.condition.orders and not (is_number(value) and is_number(expected.bound)):
        raise ValueError(f"{value!r} and {expected.bound!r} have no order: test it with eq, in or not_in")
    holds = demand.condition.holds(value, expected)
    return {
        "value": value,
        "expected": expected.bound,
        "tolerance": expected.tolerance if demand.bound == REFERENCE and is_number(expected.bound) else None,
        "status": Status.PASS if holds else Status.FAIL,
    }


def _expected(entry: Entry, demand: Demand) -> Expected:
    if demand.bound == THIRD:
        return Expected(int(value_at(entry.current or {}, "columns")) // 3)
    if demand.bound != REFERENCE:
        return Expected(list(demand.bound) if demand.condition.lists else demand.bound)
    if entry.reference is None:
        raise ValueError("the reference has no such value to compare with")
    bound = value_at(entry.reference, demand.field)
    if bound is None:
        raise ValueError(f"{demand.field} is undefined for the reference")
    return Expected(bound, max(abs(bound) * demand.tolerance, _SMALLEST) if is_number(bound) else 0.0)
