"""Which drift test and threshold a configuration asks for, column by column."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from streams.core.reports.drift.table import DRIFT_TESTS, NAMES
from streams.core.reports.kinds import Kind


def known_test(name: str) -> str:
    """Our name of a drift test given by ours or Evidently's. Raises ValueError for others."""
    if name not in NAMES:
        raise ValueError(f"unknown drift test {name!r}: choose one of {', '.join(DRIFT_TESTS)}")
    return NAMES[name]


TestName = Annotated[str, AfterValidator(known_test)]
Threshold = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class DriftOptions(BaseModel):
    """Drift tests and thresholds: per column before per kind before for all before the default rules.

    A test named for all columns or a kind must apply to the column's kind; otherwise that column is an error. A dataset
    has drifted when the share of drifted columns is at least ``share``. From ``uncompared_share`` on of the reference's
    columns that are missing, empty or unreadable in the batch, the verdict is that it could not be compared.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: TestName | None = None
    numeric_method: TestName | None = None
    categorical_method: TestName | None = None
    column_methods: Mapping[str, TestName] = {}
    threshold: Threshold | None = None
    numeric_threshold: Threshold | None = None
    categorical_threshold: Threshold | None = None
    column_thresholds: Mapping[str, Threshold] = {}
    share: Annotated[float, Field(ge=0, le=1)] = 0.5
    uncompared_share: Annotated[float, Field(gt=0, le=1)] = 0.5

    @model_validator(mode="after")
    def _methods_fit_their_kind(self) -> Self:
        for kind in (Kind.NUMERIC, Kind.CATEGORICAL):
            name = self._kind_method(kind)
            if name is not None and kind not in DRIFT_TESTS[name].kinds:
                fitting = ", ".join(test.name for test in DRIFT_TESTS.values() if kind in test.kinds)
                raise ValueError(f"{kind}_method: {name!r} does not apply to {kind} columns: choose one of {fitting}")
        return self

    def method_for(self, column: str, kind: Kind) -> str | None:
        """The test asked for, None for the default rules."""
        return self.column_methods.get(column) or self._kind_method(kind) or self.method

    def threshold_for(self, column: str, kind: Kind) -> float | None:
        """The threshold asked for, None for the test's own."""
        asked = (self.column_thresholds.get(column), self._kind_threshold(kind), self.threshold)
        return next((threshold for threshold in asked if threshold is not None), None)

    def _kind_method(self, kind: Kind) -> str | None:
        return {Kind.NUMERIC: self.numeric_method, Kind.CATEGORICAL: self.categorical_method}.get(kind)

    def _kind_threshold(self, kind: Kind) -> float | None:
        return {Kind.NUMERIC: self.numeric_threshold, Kind.CATEGORICAL: self.categorical_threshold}.get(kind)
