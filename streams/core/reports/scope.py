"""What a report is computed on: the chosen columns of both sides, and the drift of each, decided once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from streams.core.reports.attempt import Failure, attempt
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.dataset import Dataset
from streams.core.reports.drift.decision import DriftDecision, decide_drift
from streams.core.reports.drift.options import DriftOptions
from streams.core.reports.kinds import Kind
from streams.core.reports.quality.model_columns import ModelColumns
from streams.core.reports.quality.sides import ModelQuality
from streams.core.reports.quality.task import Task

DRIFT_KINDS = frozenset({Kind.NUMERIC, Kind.CATEGORICAL})


@dataclass(frozen=True)
class ReportScope:
    """Columns under report, in the batch's order, and what is needed to compare them."""

    current: Dataset
    reference: Dataset | None
    columns: tuple[ReportColumn, ...]
    absent: Mapping[str, Kind] = field(default_factory=dict)
    """Chosen columns of the reference that the batch lacks, and what they are there."""
    drift: DriftOptions = field(default_factory=DriftOptions)
    model: ModelColumns = field(default_factory=ModelColumns)
    task: Task | None = None
    """What the model decides between, where that is known from more rows than these."""
    of_rows: int | None = None
    """Rows among which these are the labelled ones; None where these are all."""

    @cached_property
    def by_name(self) -> dict[str, ReportColumn]:
        """Columns by their name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def compared(self) -> tuple[ReportColumn, ...]:
        """Columns of a kind that drift tests know, and that the reference has too."""
        return tuple(column for column in self.columns if column.kind in DRIFT_KINDS and column.reference is not None)

    @cached_property
    def decisions(self) -> dict[str, DriftDecision | Failure]:
        """Drift of each compared column by the configuration's options, or why it could not be decided."""
        return {column.name: attempt(partial(decide_drift, column, self.drift)) for column in self.compared}

    @cached_property
    def not_compared(self) -> dict[str, str]:
        """Why columns could not be compared that have values in the reference, of a kind that drift tests know."""
        failed = {name: found.reason for name, found in self.decisions.items() if isinstance(found, Failure)}
        absent = {name: "not in the batch" for name, kind in self.absent.items() if kind in DRIFT_KINDS}
        known = {} if self.reference is None else self.reference.columns
        later = {self.model.target} if self.awaits_labels else set()
        return {name: reason for name, reason in (failed | absent).items() if known[name].usable and name not in later}

    @property
    def awaits_labels(self) -> bool:
        """Whether the model has answered, and the truth is known of no row."""
        return self.quality.awaits_truth

    @property
    def too_few_labels(self) -> str | None:
        """Why tests of the model's quality cannot be decided yet; None where they can."""
        labelled, rows = self.quality.labelled, self.current.rows
        whole = rows if self.of_rows is None or self.of_rows == rows else max(self.of_rows, rows)
        return self.model.too_few(labelled, whole)

    @cached_property
    def quality(self) -> ModelQuality:
        """The model's answers on both sides, beside the truth where it is known."""
        return ModelQuality(self.current, self.reference, self.model, self.task)
