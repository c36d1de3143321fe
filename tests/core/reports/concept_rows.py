"""Batches of concept predictions, for the tests of metrics that read them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from streams.core.reports.batch_columns import report_dataset
from streams.core.reports.config import ReportConfig
from streams.core.reports.dataset import Dataset
from streams.core.reports.report import compute_report
from streams.core.reports.results import Entry

KIND = pa.list_(pa.struct([("id", pa.string()), ("name", pa.string()), ("value", pa.float64())]))


def concept_batch(concepts: Sequence[Mapping[str, float] | None], target: Sequence[str] | None = None) -> Dataset:
    """A batch as the window stage stores it, with a list of concepts for each row and `extra.target` beside it."""
    listed = [
        None if row is None else [{"id": i, "name": None, "value": v} for i, v in row.items()] for row in concepts
    ]
    numbers = pa.array(range(len(concepts)))
    columns = {"partition": numbers, "offset": numbers, "index": numbers, "concepts": pa.array(listed, KIND)}
    return report_dataset(pa.table(columns if target is None else columns | {"extra.target": pa.array(target)}))


def concept_entry(metric: str | dict[str, Any], current: Dataset, reference: Dataset | None = None) -> Entry:
    """The only entry of a report of one metric."""
    config = ReportConfig.model_validate({"metrics": [metric], "model": {"target": "extra.target"}})
    (entry,) = compute_report(current, reference, config).entries
    return entry
