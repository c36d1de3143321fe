"""The conditions that metrics bring where a configuration asks for default tests: those of Evidently 0.7.23."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from streams.core.reports.attempt import known
from streams.core.reports.conditions.declaration import Condition
from streams.core.reports.conditions.eq import EQ
from streams.core.reports.conditions.gt import GT
from streams.core.reports.conditions.lt import LT
from streams.core.reports.conditions.lte import LTE
from streams.core.reports.conditions.within import WITHIN
from streams.core.reports.quality.answers import Answers, shares
from streams.core.reports.quality.dummy import best_by_share, dummy_answers, dummy_errors, dummy_log_loss
from streams.core.reports.quality.errors import Errors
from streams.core.reports.scope import ReportScope
from streams.core.reports.testing.config import REFERENCE
from streams.core.reports.testing.run import NEAR, Demand

Bound = float | bool | str | Callable[[ReportScope], float]


@dataclass(frozen=True, slots=True)
class Default:
    """A condition on a field. A bound that depends on the data is a function of them."""

    field: str
    condition: Condition
    bound: Bound
    tolerance: float = NEAR

    def demand(self, scope: ReportScope) -> Demand:
        """The condition for these data. Raises ValueError where its bound cannot be computed."""
        bound = self.bound(scope) if callable(self.bound) else self.bound
        return Demand(self.field, self.condition, bound, self.tolerance, is_default=True)


@dataclass(frozen=True, slots=True)
class Defaults:
    """A metric's conditions where there is a reference, and where there is none."""

    compared: tuple[Default, ...]
    alone: tuple[Default, ...] = ()


def _near(*fields: str, share: float = 0.1) -> tuple[Default, ...]:
    return tuple(Default(field, WITHIN, REFERENCE, share) for field in fields)


def _than_dummy(condition: Condition, measure: Callable[[Answers], float]) -> Defaults:
    """Near the reference; without one, better than a dummy's answers."""
    bound = Default("value", condition, lambda scope: measure(known(scope.quality.answers[0])))
    return Defaults(_near("value", share=0.2), (bound,))


def _of_dummy(condition: Condition, measure: Callable[[Answers], float]) -> Defaults:
    return _than_dummy(condition, lambda answers: measure(dummy_answers(answers)))


def _than_constant(field: str, measure: Callable[[Errors], float]) -> Defaults:
    """Near the reference; without one, smaller than that of the best constant answer."""
    bound = Default(field, LT, lambda scope: measure(known(scope.quality.errors[0])))
    return Defaults(_near(field), (bound,))


_NONE_MORE: Final = Defaults((Default("count", LTE, REFERENCE),), (Default("count", EQ, 0.0),))
_AS_MANY: Final = Defaults(_near("count"), (Default("count", EQ, 0.0),))
_NO_DRIFT: Final = Defaults((Default("drifted", EQ, bound=False),))

DEFAULTS: Final[Mapping[str, Defaults]] = MappingProxyType(
    {
        "row_count": Defaults(_near("rows"), (Default("rows", GT, 0.0),)),
        "column_count": Defaults((Default("count", EQ, REFERENCE),), (Default("count", GT, 0.0),)),
        "dataset_missing_values": _AS_MANY,
        "duplicated_rows": _AS_MANY,
        "empty_rows": _AS_MANY,
        "duplicated_columns": _NONE_MORE,
        "constant_columns": _NONE_MORE,
        "almost_constant_columns": _NONE_MORE,
        "empty_columns": _NONE_MORE,
        "missing_values": Defaults(_near("count", "share"), (Default("count", EQ, 0.0),)),
        "summary": Defaults(_near("min", "max", "mean", "std")),
        "quantiles": Defaults(_near("0.25", "0.5", "0.75")),
        "value_drift": _NO_DRIFT,
        "target_drift": _NO_DRIFT,
        "prediction_drift": _NO_DRIFT,
        "embedding_drift": _NO_DRIFT,
        "text_drift": _NO_DRIFT,
        "dataset_drift": Defaults((Default("share", LT, lambda scope: scope.drift.share),)),
        "accuracy": _of_dummy(GT, lambda dummy: int(dummy.hits.sum()) / dummy.rows),
        "precision": _of_dummy(GT, lambda dummy: dummy.of_positive(shares(dummy.hits, dummy.predicted_counts))),
        "recall": _of_dummy(GT, lambda dummy: dummy.of_positive(shares(dummy.hits, dummy.true_counts))),
        "f1": _of_dummy(GT, lambda dummy: dummy.of_positive(_f1(dummy))),
        "roc_auc": _than_dummy(GT, lambda _: 0.5),
        "log_loss": _than_dummy(LT, dummy_log_loss),
        "tpr": _of_dummy(GT, lambda dummy: dummy.rate(of_positive=True, hit=True)),
        "tnr": _of_dummy(GT, lambda dummy: dummy.rate(of_positive=False, hit=True)),
        "fpr": _of_dummy(LT, lambda dummy: dummy.rate(of_positive=False, hit=False)),
        "fnr": _of_dummy(LT, lambda dummy: dummy.rate(of_positive=True, hit=False)),
        "mean_error": Defaults(_near("mean")),
        "mae": _than_constant("mean", lambda rows: float(dummy_errors(rows, _median(rows)).absolute.mean())),
        "mape": _than_constant(
            "mean", lambda rows: 100 * float(dummy_errors(rows, best_by_share(rows)).relative.mean())
        ),
        "rmse": _than_constant("value", lambda rows: float(np.std(rows.target))),
        "r2": Defaults(_near("value"), (Default("value", GT, 0.0),)),
        "max_error": Defaults(_near("value")),
    }
)
"""Default conditions by metric."""


def _f1(answers: Answers) -> np.ndarray:
    return shares(2 * answers.hits, answers.true_counts + answers.predicted_counts)


def _median(rows: Errors) -> float:
    return float(np.median(rows.target))
