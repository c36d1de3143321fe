"""A model's quality on the labels of a batch: which metrics, and on which rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from streams.core.labels.join import join_labels
from streams.core.reports.batch_columns import report_dataset
from streams.core.reports.column import Column, Family
from streams.core.reports.config import MetricChoice, ReportConfig
from streams.core.reports.dataset import Dataset
from streams.core.reports.kinds import Kind, infer_kind
from streams.core.reports.metrics.table import OF_LABELS
from streams.core.snapshots import LabelsUsed

_PRESETS: Final = ("classification", "regression")
_METRICS: Final = OF_LABELS.union(_PRESETS)


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """The rows that have a label, with that as one more column, what to compute on them, and what they rest on."""

    dataset: Dataset
    config: ReportConfig
    used: LabelsUsed


def labelled_rows(rows: pa.Table, labels: pa.Table, report: ReportConfig) -> LabelledRows:
    """Join labels (`decode.LABELS`) to a batch's rows; the truth becomes the column that `report` calls the target."""
    joined = join_labels(rows["id"], labels)
    whole = report_dataset(rows)
    target, some = report.model.target, whole.where(joined.rows)
    table = some.table.drop_columns([target]) if target in some.table.column_names else some.table
    mixed = {name: one for name, one in some.mixed.items() if name != target}
    dataset = Dataset(table.append_column(target, joined.targets), some.beside, mixed)
    return LabelledRows(dataset, quality_config(report, _task(whole, dataset, report)), joined.used)


def quality_config(report: ReportConfig, task: str) -> ReportConfig:
    """The part of a report that is about a model's quality: the metrics and tests of this sort that it names.

    `task` is the preset that is computed where it names no such metric: `classification` or `regression`.
    """
    named = tuple(one for one in report.metrics or () if one.name in _METRICS)
    tests = tuple(one for one in report.tests if one.metric in _METRICS)
    return report.model_copy(update={"metrics": named or (MetricChoice(name=task),), "tests": tests})


def _task(whole: Dataset, labelled: Dataset, report: ReportConfig) -> str:
    """Regression where truths are numbers and the model answers with numbers, of many values: by all of its rows."""
    predicted = whole.columns.get(report.model.prediction or "prediction")
    truths = labelled.columns[report.model.target]
    return "regression" if truths.family is Family.NUMBER and _is_numeric(predicted) else "classification"


def _is_numeric(column: Column | None) -> bool:
    return column is not None and infer_kind(column) is Kind.NUMERIC
