"""What a report consists of, and what it says in one word."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec

from streams.core.reports.testing.outcome import Outcome


class Verdict(StrEnum):
    """What a report says about drift."""

    DRIFTED = "drifted"
    NOT_DRIFTED = "not_drifted"
    NO_REFERENCE = "no_reference"
    NOT_ASKED = "not_asked"
    ERROR = "error"


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
    """Everything that was computed on a batch. ``columns`` gives the kind of each column, in the batch's order."""

    format: int
    config_hash: str
    columns: dict[str, str]
    entries: tuple[Entry, ...]
    verdict: Verdict
    tests: tuple[Outcome, ...] = ()
    slices: tuple[Sliced, ...] = ()

    def of(self, metric: str, column: str | None = None) -> Entry | None:
        """The first entry of a metric for a column (None: of the dataset)."""
        found = (entry for entry in self.entries if entry.metric == metric and entry.column == column)
        return next(found, None)


def verdict_of(entries: Sequence[Entry], share: float, *, has_reference: bool) -> Verdict:
    """Drifted or not by the dataset's drift; where only columns were asked for, by the share of those drifted."""
    if not has_reference:
        return Verdict.NO_REFERENCE
    dataset = [entry for entry in entries if entry.metric == "dataset_drift"]
    columns = [entry for entry in entries if entry.metric == "value_drift"]
    if not dataset and not columns:
        return Verdict.NOT_ASKED
    decisions = [entry.current["drifted"] for entry in dataset or columns if entry.current is not None]
    if not decisions:
        return Verdict.ERROR
    drifted = all(decisions) if dataset else sum(decisions) / len(decisions) >= share
    return Verdict.DRIFTED if drifted else Verdict.NOT_DRIFTED
