"""Slicing: a report's scope in, one for each part out, measured alike."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa

from streams.core.reports.attempt import Failure, attempt
from streams.core.reports.column import Column
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.config import ReportConfig
from streams.core.reports.dataset import Dataset
from streams.core.reports.measure import measure_entries, measure_tests
from streams.core.reports.quality.coded import Coded, coded
from streams.core.reports.results import Slice, Sliced, judge
from streams.core.reports.scope import ReportScope
from streams.core.reports.slicing.config import SliceChoice
from streams.core.reports.slicing.masks import rows_where

Rows = tuple[Dataset, pa.Array | None]
"""Some rows of a side, and the mask by which they were chosen; None where they are all."""


def sliced(scope: ReportScope, choice: SliceChoice, config: ReportConfig) -> Sliced:
    """The slices of one choice; with the reason, and without slices, where its column is missing."""
    found = attempt(partial(_by_value if choice.by else _by_condition, scope, choice, config))
    name = choice.by or choice.name or ""
    return Sliced(by=name, error=found.reason) if isinstance(found, Failure) else found


def _by_value(scope: ReportScope, choice: SliceChoice, config: ReportConfig) -> Sliced:
    name = choice.by or ""
    values = _values(scope.current, name)
    theirs = _values(scope.reference, name) if scope.reference is not None and name in scope.reference.columns else None
    counts = np.bincount(values.codes[values.codes >= 0], minlength=len(values.labels))
    # Most common first, equally common ones in the order of labels.
    listed = np.argsort(-counts, kind="stable")[: choice.most]
    labels = [values.labels[place] for place in listed.tolist()]
    places = None if theirs is None else theirs.among(labels)
    parts = [
        _part(scope, pa.array(values.codes == code), None if places is None else pa.array(places.codes == place), name)
        for place, code in enumerate(listed)
    ]
    return Sliced(
        by=name,
        slices=tuple(
            _slice(label, part, config, whole_reference=theirs is None)
            for label, part in zip(labels, parts, strict=True)
        ),
        other_values=len(values.labels) - len(labels),
        other_rows=len(values.codes) - int(counts[listed].sum()),
    )


def _by_condition(scope: ReportScope, choice: SliceChoice, config: ReportConfig) -> Sliced:
    if choice.where is None or choice.name is None:
        raise ValueError("a slice where a condition holds needs a name and the condition")
    kept, theirs = rows_where(scope.current, choice.where), None
    if scope.reference is not None and choice.where.names() <= set(scope.reference.columns):
        theirs = rows_where(scope.reference, choice.where)
    part = _part(scope, kept, theirs, None)
    rows = part.current.rows
    return Sliced(
        by=choice.name,
        slices=(_slice(choice.name, part, config, whole_reference=theirs is None),),
        other_rows=scope.current.rows - rows,
    )


def _values(side: Dataset, name: str) -> Coded:
    if name not in side.columns:
        raise ValueError(f"there is no column {name!r} to slice by")
    return coded(side.columns[name])


def _part(scope: ReportScope, kept: pa.Array, theirs: pa.Array | None, but: str | None) -> ReportScope:
    """The scope of some rows, without the column that is the same in all of them.

    Kinds of columns and the model's task stay those of all rows. Where ``theirs`` is None the whole reference stays.
    """
    current = scope.current.where(kept)
    reference = scope.reference if scope.reference is None or theirs is None else scope.reference.where(theirs)
    reference = None if reference is None or not reference.rows else reference
    columns = tuple(_columns(scope, (current, kept), None if reference is None else (reference, theirs), but))
    task = attempt(lambda: scope.quality.task)
    known = None if isinstance(task, Failure) else task
    return replace(scope, current=current, reference=reference, columns=columns, task=known)


def _columns(scope: ReportScope, ours: Rows, theirs: Rows | None, but: str | None) -> Iterator[ReportColumn]:
    for column in scope.columns:
        if column.name != but:
            beside = column.reference
            like = None if beside is None or theirs is None else _some(beside, *theirs)
            yield ReportColumn(column.name, column.kind, _some(column.current, *ours), like)


def _some(column: Column, side: Dataset, kept: pa.Array | None) -> Column:
    """Some rows of a column: the column of their dataset, unless the report reads it as something else."""
    return side.columns[column.name] if column.odd is None or kept is None else column.where(kept)


def _slice(name: str, part: ReportScope, config: ReportConfig, *, whole_reference: bool) -> Slice:
    entries = measure_entries(part, config)
    drift, has_reference = config.drift, part.reference is not None
    verdict, reason = judge(entries, drift.share, drift.uncompared_share, has_reference=has_reference)
    return Slice(
        name=name,
        rows=part.current.rows,
        reference_rows=None if part.reference is None else part.reference.rows,
        whole_reference=whole_reference and part.reference is not None,
        verdict=verdict,
        reason=reason,
        entries=entries,
        tests=measure_tests(part, entries, config),
    )
