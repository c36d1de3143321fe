"""What a metric says about itself, what it is given and what it returns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from streams.core.reports.attempt import Failure
from streams.core.reports.column import Column
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.kinds import Kind
from streams.core.reports.quality.answers import Answers
from streams.core.reports.quality.errors import Errors
from streams.core.reports.quality.sides import measured
from streams.core.reports.scope import ReportScope

ALL_KINDS = frozenset(Kind)


class Parameters(BaseModel):
    """Parameters of a metric; this one has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")


P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a metric found in the batch and, where it looks there too, in the reference."""

    current: dict[str, Any]
    reference: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ColumnMetric(Generic[P]):
    """A metric computed for each column of certain kinds."""

    name: str
    semantics: str
    parameters: type[P]
    kinds: frozenset[Kind]
    compute: Callable[[ReportScope, ReportColumn, P], Measured]
    needs_reference: bool = False
    main: str | None = None
    """The field that a test is about when it names none; None where there are several."""


@dataclass(frozen=True, slots=True)
class DatasetMetric(Generic[P]):
    """A metric computed once for all columns."""

    name: str
    semantics: str
    parameters: type[P]
    compute: Callable[[ReportScope, P], Measured]
    needs_reference: bool = False
    main: str | None = "value"
    applies: Callable[[ReportScope], bool] | None = None
    """Whether a preset brings it for these data; asked for by name, it says why it cannot be computed."""


Metric = ColumnMetric[Any] | DatasetMetric[Any]


def parsed_parameters(metric: Metric, given: Mapping[str, Any]) -> Parameters:
    """Parameters with their defaults. Raises ValueError naming each wrong one, its value and what it may be."""
    try:
        parsed: Parameters = metric.parameters.model_validate(dict(given))
    except ValidationError as error:
        raise ValueError(f"metric {metric.name!r}: {_explained(error)}") from None
    return parsed


def _explained(error: ValidationError) -> str:
    return "; ".join(
        f"parameter {'.'.join(map(str, one['loc']))} = {one['input']!r}: {one['msg']}" for one in error.errors()
    )


def both_sides(column: ReportColumn, measure: Callable[[Column], dict[str, Any]]) -> Measured:
    """The same measure of the batch's column and, where there is one, of the reference's."""
    reference = None if column.reference is None else measure(column.reference)
    return Measured(measure(column.current), reference)


def of_answers(scope: ReportScope, measure: Callable[[Answers], dict[str, Any]]) -> Measured:
    """A measure of answers beside the truth, on both sides. Raises ValueError where the batch lacks a column."""
    return Measured(*measured(scope.quality.answers, measure))


def of_errors(scope: ReportScope, measure: Callable[[Errors], dict[str, Any]]) -> Measured:
    """A measure of predicted beside true numbers, on both sides. Raises ValueError where the batch lacks a column."""
    return Measured(*measured(scope.quality.errors, measure))


def has_probabilities(scope: ReportScope) -> bool:
    """Whether the model says how likely its labels are, be it with numbers that are refused."""
    answers, predictions = scope.quality.answers[0], scope.quality.predictions[0]
    if isinstance(answers, Failure) or answers.probabilities is not None:
        return True
    return not isinstance(predictions, Failure) and predictions.refused is not None


def is_binary(scope: ReportScope) -> bool:
    """Whether the model decides between a positive and a negative label."""
    answers = scope.quality.answers[0]
    return isinstance(answers, Failure) or answers.positive is not None
