"""What a report consists of, and what it says in one word."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from streams.core.reports.testing.outcome import Outcome
from streams.core.reports.verdicts import Verdict


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of one column, or of the dataset where ``column`` is None: its values, or an ``error``.

    Values are JSON-ready: NaN is None, infinities are "Infinity" and "-Infinity".
    """

    metric: str
    column: str | None = None
    parameters: dict[str, Any] = {}
    current: dict[str, Any] | None = None
    reference: dict[str, Any] | None = None
    error: str | None = None


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """The same metrics and tests on a part of the rows.

    ``reference_rows`` is None where there is nothing to compare with. ``whole_reference`` says that the reference lacks
    the column, and that all of it was compared with.
    """

    name: str
    rows: int
    reference_rows: int | None = None
    whole_reference: bool = False
    verdict: Verdict
    reason: str | None = None
    entries: tuple[Entry, ...]
    tests: tuple[Outcome, ...] = ()


class Sliced(msgspec.Struct, frozen=True, kw_only=True):
    """All slices by one column, or the one of a condition; or the ``error`` for which there are none.

    ``other_values`` and ``other_rows`` count what was not sliced: values beyond the most common ones, and rows with
    these, or without a value.
    """

    by: str
    slices: tuple[Slice, ...] = ()
    other_values: int = 0
    other_rows: int = 0
    error: str | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was computed on a batch. ``columns`` gives the kind of each column, in the batch's order.

    ``reason`` says why the verdict is no answer, where it is none. Metrics of ``awaits_labels`` were asked for and are
    computed once the truth is known. ``too_few_labels`` says, where it is so, why tests of the model's quality are not
    decided.
    """

    format: int
    config_hash: str
    columns: dict[str, str]
    entries: tuple[Entry, ...]
    verdict: Verdict
    reason: str | None = None
    tests: tuple[Outcome, ...] = ()
    slices: tuple[Sliced, ...] = ()
    awaits_labels: tuple[str, ...] = ()
    too_few_labels: str | None = None

    def of(self, metric: str, column: str | None = None) -> Entry | None:
        """The first entry of a metric for a column (None: of the dataset)."""
        found = (entry for entry in self.entries if entry.metric == metric and entry.column == column)
        return next(found, None)


class Judgement(NamedTuple):
    """A verdict, and why there is no answer where it has none."""

    verdict: Verdict
    reason: str | None = None


def judge(entries: Sequence[Entry], share: float, uncompared_share: float, *, has_reference: bool) -> Judgement:
    """Drifted or not by the dataset's drift; where only columns were asked for, by the share of those drifted.

    Drift that was found is told. Not to have found any is no answer where the share of the reference's columns that
    could not be compared reaches ``uncompared_share``, or all of them could not.
    """
    if not has_reference:
        return Judgement(Verdict.NO_REFERENCE)
    found = [entry for entry in entries if entry.metric == "dataset_drift"]
    found = found or [entry for entry in entries if entry.metric == "value_drift"]
    if not found:
        return Judgement(Verdict.NOT_ASKED)
    decided = [entry.current for entry in found if entry.current is not None]
    drifted = [values["drifted"] for values in decided]
    if decided and (all(drifted) if found[0].column is None else sum(drifted) / len(drifted) >= share):
        return Judgement(Verdict.DRIFTED)
    uncompared, columns = _uncompared(found)
    if not decided or (uncompared and len(uncompared) >= uncompared_share * columns):
        return Judgement(Verdict.NOT_COMPARABLE, _reason(uncompared, columns))
    return Judgement(Verdict.NOT_DRIFTED)


def _uncompared(found: Sequence[Entry]) -> tuple[dict[str, str], int]:
    """The reference's columns that could not be compared, each with the reason; and how many it has."""
    (first, *_) = found
    if first.column is None and first.current is not None:
        reasons = first.current.get("not_compared", {})
        return reasons, first.current["columns"] + len(reasons)
    return {entry.column or "all": entry.error for entry in found if entry.error is not None}, len(found)


def _reason(uncompared: dict[str, str], columns: int) -> str:
    if list(uncompared) == ["all"]:
        return uncompared["all"]
    return f"{len(uncompared)} of {columns} columns of the reference could not be compared: {told(uncompared)}"


def told(reasons: Mapping[str, str]) -> str:
    """Reasons by column in one line: the first five, and how many more there are."""
    first = [f"{name}: {reason}" for name, reason in list(reasons.items())[:_TOLD]]
    more = len(reasons) - len(first)
    return "; ".join([*first, f"and {more} more"] if more else first)


_TOLD: Final = 5
