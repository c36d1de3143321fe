"""A report's headline, which always stands on the topic of snapshots, and the claim on a report too long for it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from streams.core.reports.cut_texts import cut_text
from streams.core.reports.results import Entry, Report
from streams.core.reports.testing.outcome import Outcome, Status

NAMED: Final = 20
_ENTRIES: Final = 100


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says in short. `reason` says why the verdict is no answer, where it is none.

    `entries` are those of the dataset whose values are all single ones, such as a model's accuracy; and the dataset's
    drift, with at most twenty of its `count` drifted columns. `tests` counts the tests of the whole batch by status,
    `slice_tests` those of slices. At most twenty of the tests that did not pass are described in `failed_tests`.
    `awaits_labels` and `too_few_labels` are the report's.
    """

    reason: str | None = None
    entries: tuple[Entry, ...] = ()
    tests: dict[str, int] = {}
    slice_tests: dict[str, int] = {}
    failed_tests: tuple[str, ...] = ()
    awaits_labels: tuple[str, ...] = ()
    too_few_labels: str | None = None

    @property
    def decided_count(self) -> int:
        """Tests that have an outcome, those of slices too."""
        counted = (*self.tests.items(), *self.slice_tests.items())
        return sum(number for status, number in counted if status != Status.UNDECIDED)

    @property
    def failed_count(self) -> int:
        """Tests that did not pass: one that could not be held against anything has not."""
        return self.decided_count - self.tests.get(Status.PASS, 0) - self.slice_tests.get(Status.PASS, 0)


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Where a whole snapshot lies that is too long for its topic: the object's key, length and SHA-256 (hex)."""

    key: str
    bytes: int
    sha256: str
    summary: Summary


def summary_of(report: Report | None) -> Summary:
    """The headline of a report; an empty one where there is none."""
    if report is None:
        return Summary()
    whole = [each for each in report.entries if each.column is None]
    of_slices = [one for sliced in report.slices for part in sliced.slices for one in part.tests]
    failed = [one for one in (*report.tests, *of_slices) if one.status.is_wrong]
    return Summary(
        reason=report.reason,
        entries=tuple(short for each in whole if (short := _short(each)) is not None)[:_ENTRIES],
        tests=_counted(report.tests),
        slice_tests=_counted(of_slices),
        failed_tests=tuple(cut_text(_described(one)) for one in failed[:NAMED]),
        awaits_labels=report.awaits_labels,
        too_few_labels=report.too_few_labels,
    )


def _short(entry: Entry) -> Entry | None:
    current, reference = entry.current or {}, entry.reference or {}
    if entry.metric == "dataset_drift":
        short = None if entry.current is None else _short_drift(current)
        return Entry(metric=entry.metric, current=short, error=entry.error)
    if all(map(_is_single, (*current.values(), *reference.values()))):
        return msgspec.structs.replace(entry, parameters={})
    return None


def _short_drift(values: dict[str, Any]) -> dict[str, Any]:
    single = {name: value for name, value in values.items() if _is_single(value)}
    return single | {"drifted_columns": values.get("drifted_columns", [])[:NAMED]}


def _is_single(value: object) -> bool:
    return value is None or isinstance(value, bool | int | float | str)


def _counted(outcomes: Iterable[Outcome]) -> dict[str, int]:
    return dict(sorted(Counter(one.status.value for one in outcomes).items()))


def _described(outcome: Outcome) -> str:
    of_column = "" if outcome.column is None else f" of {outcome.column}"
    expected = "the reference" if outcome.of_reference else outcome.expected
    return f"{outcome.metric}.{outcome.field}{of_column}: {outcome.value} is not {outcome.condition} {expected}"
