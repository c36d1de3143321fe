"""A test as a configuration asks for it: one condition on one value of a metric."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator

from streams.core.reports.conditions.table import CONDITIONS
from streams.core.reports.metrics.declaration import Parameters, parsed_parameters
from streams.core.reports.metrics.table import METRICS

REFERENCE: Final = "reference"
THIRD: Final = "third"

Truth = Annotated[bool, Strict()]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Value = Truth | Number | str
Bound = Number | Literal["reference", "third"]
Values = Annotated[tuple[Value, ...], Field(min_length=1)]


def _share(given: Any) -> Any:
    if isinstance(given, str) and given.endswith("%"):
        try:
            return float(given[:-1]) / 100
        except ValueError:
            return given
    return given


Share = Annotated[float, BeforeValidator(_share), Field(strict=True, ge=0, allow_inf_nan=False)]


class ReportTest(BaseModel):
    """Exactly one condition on ``field`` of each entry of ``metric``: of all its columns, or of those named.

    A bound is a number or ``reference``: the same field of the reference, more or less ``tolerance`` (a share of its
    size), or ``third``: of the columns that ``dataset_drift`` compared, rounded down, as Evidently tests their number.
    ``within: 10%`` is near the reference. ``field`` may go down, as in ``fraud.recall``; left out it is the
    metric's one value. ``parameters`` choose between entries of one metric.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    metric: str
    columns: tuple[str, ...] | None = None
    parameters: Mapping[str, Any] | None = None
    field: str | None = None
    eq: Value | None = None
    gt: Bound | None = None
    gte: Bound | None = None
    lt: Bound | None = None
    lte: Bound | None = None
    in_: Values | None = Field(default=None, alias="in")
    not_in: Values | None = None
    within: Share | None = None
    tolerance: Share | None = None

    @model_validator(mode="after")
    def _is_one_test(self) -> Self:
        metric = METRICS.get(self.metric)
        if metric is None:
            raise ValueError(f"unknown metric {self.metric!r}: test one of {', '.join(METRICS)}")
        if self.parameters is not None:
            parsed_parameters(metric, self.parameters)
        if len(self._given()) != 1:
            raise ValueError(f"a test of {self.metric!r} has one condition: give one of {', '.join(CONDITIONS)}")
        if self.field is None and metric.main is None:
            raise ValueError(f"metric {self.metric!r} has several values: name the field to test")
        if self.tolerance is not None and not self.is_of_reference:
            raise ValueError(
                f"tolerance {self.tolerance} is that of the reference: compare with reference, or leave it out"
            )
        return self

    @property
    def condition(self) -> str:
        """The condition's name."""
        return self._given()[0].removesuffix("_")

    @property
    def given(self) -> Any:
        """What stands beside the condition's name."""
        return getattr(self, self._given()[0])

    @property
    def is_of_reference(self) -> bool:
        """Whether the bound is the reference's value."""
        return self.within is not None or self.given == REFERENCE

    @property
    def tested_field(self) -> str:
        """The field, the metric's one value where none is named."""
        return self.field or METRICS[self.metric].main or ""

    def all_parameters(self) -> Parameters | None:
        """The parameters that choose an entry, with their defaults; None where any will do."""
        return None if self.parameters is None else parsed_parameters(METRICS[self.metric], self.parameters)

    def _given(self) -> list[str]:
        names = ("eq", "gt", "gte", "lt", "lte", "in_", "not_in", "within")
        return [name for name in names if getattr(self, name) is not None]
