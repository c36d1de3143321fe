"""Predicted numbers beside the true ones: what every metric of regression is computed from."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from streams.core.reports.dataset import Dataset
from streams.core.reports.quality.model_columns import ModelColumns
from streams.core.reports.quality.predictions import column_of, floats
from streams.core.reports.whole_numbers import Floats

_NEAR_ZERO: Final = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Errors:
    """Rows with a true and a predicted number, by true number upward and then by predicted."""

    target: Floats
    predicted: Floats

    @cached_property
    def errors(self) -> Floats:
        """Predicted less true number."""
        return self.predicted - self.target

    @cached_property
    def absolute(self) -> Floats:
        """Errors without their sign."""
        return np.abs(self.errors)

    @property
    def relative(self) -> Floats:
        """Absolute errors as shares of the true number's size; 1 where that is zero."""
        size = np.abs(self.target)
        near_zero = size <= _NEAR_ZERO
        return np.where(near_zero, 1.0, self.absolute / np.where(near_zero, 1.0, size))


def read_errors(dataset: Dataset, model: ModelColumns) -> Errors:
    """A dataset's predicted and true numbers. Raises ValueError where a column is missing, or no row has both."""
    target = floats(column_of(dataset, model.target, "target"))
    predicted = floats(column_of(dataset, model.prediction or "prediction", "prediction"))
    known = ~(np.isnan(target) | np.isnan(predicted))
    if not known.any():
        raise ValueError(f"no row has both a {model.target!r} and a prediction")
    order = np.lexsort((predicted[known], target[known]))
    return Errors(target[known][order], predicted[known][order])


def mean_and_std(values: Floats, scale: float = 1.0) -> dict[str, Any]:
    """Mean, times ``scale``, and standard deviation (ddof 1; None of a single value)."""
    return {
        "mean": scale * float(values.mean()),
        "std": float(values.std(ddof=1)) if len(values) > 1 else None,
    }
