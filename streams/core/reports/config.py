"""What a report is to contain: validated against the tables of metrics and drift tests, identified by a hash."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from streams.core.evidently.data_definition import check_definition
from streams.core.evidently.legacy_config import config_of_today
from streams.core.reports.drift.options import DriftOptions
from streams.core.reports.metrics.declaration import Metric, Parameters, parsed_parameters
from streams.core.reports.metrics.table import METRICS, PRESETS
from streams.core.reports.quality.model_columns import ModelColumns
from streams.core.reports.selection import ColumnSelection
from streams.core.reports.slicing.config import SliceChoice
from streams.core.reports.testing.config import ReportTest

REPORT_FORMAT: Final = 3
"""Version of how reports are computed and written; part of every configuration's identity."""


class MetricChoice(BaseModel):
    """A metric or preset by name; a bare string is enough where it has neither columns nor parameters.

    ``columns`` restricts a column metric to these columns; without it, every column of a fitting kind.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    columns: tuple[str, ...] | None = None
    parameters: Mapping[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _fits_its_metric(self) -> Self:
        if self.name in PRESETS:
            if self.parameters or self.columns is not None:
                raise ValueError(
                    f"preset {self.name!r} takes neither columns nor parameters: "
                    f"list its metrics instead: {', '.join(PRESETS[self.name])}"
                )
            return self
        if self.name not in METRICS:
            known = ", ".join([*METRICS, *PRESETS])
            raise ValueError(f"unknown metric {self.name!r}: choose one of {known}")
        parsed = self.parsed_parameters()
        object.__setattr__(self, "parameters", parsed.model_dump(mode="json", exclude_defaults=True))
        return self

    @property
    def metric(self) -> Metric:
        """The declaration. Raises KeyError for presets: expand them first."""
        return METRICS[self.name]

    def parsed_parameters(self) -> Parameters:
        """Parameters with their defaults. Raises ValueError naming each wrong one, its value and what it may be."""
        return parsed_parameters(self.metric, self.parameters)


class ReportConfig(BaseModel):
    """What to compute on a batch. Without ``metrics``: the data summary, and data drift where there is a reference.

    Metrics that only ``tests`` name are computed too. ``default_tests`` are those of ``testing.defaults``, for every
    metric that has no test of its own. With the ``engine`` ``evidently``, Evidently computes what its own configuration
    ``evidently`` asks for (of 0.7, or one of before that is mapped); beside it only ``columns``, ``model`` and
    ``data_definition`` may be given, the last with fields of Evidently's DataDefinition, which the first two make.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    metrics: tuple[MetricChoice, ...] | None = None
    drift: DriftOptions = DriftOptions()
    columns: ColumnSelection = ColumnSelection()
    model: ModelColumns = ModelColumns()
    tests: tuple[ReportTest, ...] = ()
    default_tests: bool = False
    slices: tuple[SliceChoice, ...] = ()
    engine: Literal["streams", "evidently"] = "streams"
    evidently: Mapping[str, Any] | None = None
    data_definition: Mapping[str, Any] | None = None

    @model_validator(mode="after")
    def _one_engine(self) -> Self:
        if self.engine == "streams":
            if self.evidently is not None or self.data_definition is not None:
                given = "data_definition" if self.evidently is None else "evidently"
                raise ValueError(f"{given} is the configuration of another engine; add `engine: evidently`")
            return self
        others = self.model_fields_set - {"engine", "evidently", "data_definition", "columns", "model"}
        if others:
            raise ValueError(
                f"{min(others)} is nothing that engine evidently computes; list what it computes under `evidently`"
            )
        config_of_today(self.evidently or {})
        check_definition(self.columns, self.model, self.data_definition or {})
        return self

    @property
    def evidently_config(self) -> Mapping[str, Any]:
        """What the engine ``evidently`` is to compute, as Evidently 0.7 has it."""
        return config_of_today(self.evidently or {})

    def choices(self, *, has_reference: bool) -> tuple[MetricChoice, ...]:
        """The metrics to compute, presets expanded, each once, in the order given; then those that only tests name."""
        by_default = ("data_summary", "data_drift") if has_reference else ("data_summary",)
        given = tuple(MetricChoice(name=name) for name in by_default) if self.metrics is None else self.metrics
        expanded = [one for choice in given for one in _expanded(choice)]
        expanded += [choice for test in self.tests for choice in _tested(test, expanded)]
        return tuple(choice for number, choice in enumerate(expanded) if choice not in expanded[:number])

    def canonical_json(self) -> str:
        """One text for equal configurations: sorted keys, defaults left out, the report format's version added."""
        content = self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(
            {"format": REPORT_FORMAT, **content}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON, hexadecimal."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()


def _expanded(choice: MetricChoice) -> tuple[MetricChoice, ...]:
    return tuple(MetricChoice(name=name) for name in PRESETS.get(choice.name, ())) or (choice,)


def _tested(test: ReportTest, computed: Sequence[MetricChoice]) -> Iterator[MetricChoice]:
    """What has to be computed for a test besides."""
    wanted = MetricChoice(name=test.metric, columns=test.columns, parameters=test.parameters or {})
    known = [choice for choice in computed if choice.name == wanted.name]
    if not any(test.parameters is None or choice.parameters == wanted.parameters for choice in known):
        yield wanted
