"""Tests of Evidently 0.4 to 0.6 as tests of ours: what each is about, and the bounds that it has where none is given.

The bounds are those of Evidently 0.6.7, with a reference and without one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

Bound = Mapping[str, Any]
_EVIDENTLYS: Final[Mapping[str, Any]] = {"empty_and_infinite": True}
_ZERO: Final[Bound] = {"eq": 0}
_NO_MORE: Final[Bound] = {"lte": "reference"}
_HARDLY_MORE: Final[Bound] = {"lte": "reference", "tolerance": 0.1}
_NEAR: Final[Bound] = {"within": 0.1}


@dataclass(frozen=True, slots=True)
class Tested:
    """A metric and its field. ``compared`` is the bound with a reference, ``alone`` without one; None where it has none
    that can be said in our terms. ``of_default`` is the field that its own bound is about, where that is another one.
    """

    metric: str
    field: str
    compared: Bound | None
    alone: Bound | None
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    of_default: str | None = None


def _missing(metric: str, tested: str, of_default: str | None = None) -> Tested:
    return Tested(metric, tested, _HARDLY_MORE, _ZERO, _EVIDENTLYS, of_default)


def _score(metric: str, alone: Bound | None = None) -> Tested:
    return Tested(metric, "value", {"within": 0.2}, alone)


TESTED: Final[Mapping[str, Tested]] = MappingProxyType(
    {
        "TestShareOfDriftedColumns": Tested("dataset_drift", "share", {"lt": 0.3}, {"lt": 0.3}),
        "TestNumberOfDriftedColumns": Tested("dataset_drift", "count", {"lt": "third"}, {"lt": "third"}),
        "TestNumberOfRows": Tested("row_count", "rows", _NEAR, {"gt": 30}),
        "TestNumberOfColumns": Tested("column_count", "count", {"eq": "reference"}, {"gt": 0}),
        "TestNumberOfMissingValues": _missing("dataset_missing_values", "count", "share"),
        "TestShareOfMissingValues": _missing("dataset_missing_values", "share_of_fields"),
        "TestColumnNumberOfMissingValues": _missing("missing_values", "count", "share"),
        "TestColumnShareOfMissingValues": _missing("missing_values", "share"),
        "TestNumberOfConstantColumns": Tested("constant_columns", "count", _NO_MORE, _ZERO),
        "TestNumberOfEmptyColumns": Tested("empty_columns", "count", _NO_MORE, _ZERO),
        "TestNumberOfDuplicatedColumns": Tested("duplicated_columns", "count", _NO_MORE, _ZERO),
        "TestNumberOfEmptyRows": Tested("empty_rows", "count", None, _ZERO),
        "TestNumberOfDuplicatedRows": Tested("duplicated_rows", "count", None, _ZERO),
        "TestColumnQuantile": Tested("quantiles", "", _NEAR, _NEAR),
        "TestColumnValueMin": Tested("summary", "min", {"gte": "reference"}, {"gte": "reference"}),
        "TestColumnValueMax": Tested("summary", "max", {"lte": "reference"}, {"lte": "reference"}),
        "TestColumnValueMean": Tested("summary", "mean", _NEAR, _NEAR),
        "TestColumnValueStd": Tested("summary", "std", _NEAR, _NEAR),
        "TestColumnValueMedian": Tested("quantiles", "0.5", _NEAR, _NEAR, {"probabilities": [0.5]}),
        "TestAccuracyScore": _score("accuracy"),
        "TestPrecisionScore": _score("precision"),
        "TestRecallScore": _score("recall"),
        "TestF1Score": _score("f1"),
        "TestRocAuc": _score("roc_auc", {"gt": 0.5}),
        "TestLogLoss": _score("log_loss"),
        "TestTPR": _score("tpr"),
        "TestTNR": _score("tnr"),
        "TestFPR": _score("fpr"),
        "TestFNR": _score("fnr"),
        "TestValueMeanError": Tested("mean_error", "mean", None, None),
        "TestValueMAE": Tested("mae", "mean", _NEAR, None),
        "TestValueMAPE": Tested("mape", "mean", _NEAR, None),
        "TestValueRMSE": Tested("rmse", "value", _NEAR, None),
        "TestValueR2Score": Tested("r2", "value", _NEAR, {"gt": 0}),
        "TestValueAbsMaxError": Tested("max_error", "value", _HARDLY_MORE, None),
    }
)
"""Tests by their name."""

_BY_TASK: Final = ("TestPrecisionScore", "TestRecallScore", "TestF1Score", "TestAccuracyScore")
TEST_PRESETS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = MappingProxyType(
    {
        "DataDriftTestPreset": (("TestShareOfDriftedColumns", "TestAllFeaturesValueDrift"), ()),
        "DataQualityTestPreset": (
            (
                "TestAllColumnsShareOfMissingValues",
                "TestNumberOfConstantColumns",
                "TestNumberOfDuplicatedColumns",
                "TestNumberOfDuplicatedRows",
            ),
            ("TestAllColumnsMostCommonValueShare",),
        ),
        "DataStabilityTestPreset": (
            ("TestNumberOfRows", "TestNumberOfColumns", "TestAllColumnsShareOfMissingValues"),
            (
                "TestColumnsType",
                "TestNumColumnsOutOfRangeValues",
                "TestCatColumnsOutOfListValues",
                "TestNumColumnsMeanInNSigmas",
            ),
        ),
        "NoTargetPerformanceTestPreset": (
            ("TestShareOfDriftedColumns", "TestAllColumnsShareOfMissingValues"),
            (
                "the drift of the prediction",
                "TestColumnsType",
                "TestNumColumnsOutOfRangeValues",
                "TestCatColumnsOutOfListValues",
                "TestNumColumnsMeanInNSigmas",
            ),
        ),
        "RegressionTestPreset": (("TestValueMeanError", "TestValueMAE", "TestValueRMSE", "TestValueMAPE"), ()),
        "BinaryClassificationTestPreset": (_BY_TASK, ("TestRocAuc", "the drift of the target")),
        "MulticlassClassificationTestPreset": (
            ("TestAccuracyScore", "TestF1Score", "TestNumberOfRows"),
            ("TestPrecisionByClass", "TestRecallByClass", "TestRocAuc", "TestLogLoss", "the drift of the target"),
        ),
    }
)
"""What each preset of tests stands for, and what it has that is not tested here."""
