"""Every metric by name, and the presets. A new metric is a file beside this one and a line here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from streams.core.reports.metrics.certainty.calibration import CALIBRATION
from streams.core.reports.metrics.certainty.concept_coverage import CONCEPT_COVERAGE
from streams.core.reports.metrics.certainty.confidence_distribution import CONFIDENCE_DISTRIBUTION
from streams.core.reports.metrics.certainty.estimated_quality import ESTIMATED_QUALITY
from streams.core.reports.metrics.classification.accuracy import ACCURACY
from streams.core.reports.metrics.classification.confusion_matrix import CONFUSION_MATRIX
from streams.core.reports.metrics.classification.f1 import F1
from streams.core.reports.metrics.classification.fnr import FNR
from streams.core.reports.metrics.classification.fpr import FPR
from streams.core.reports.metrics.classification.log_loss import LOG_LOSS
from streams.core.reports.metrics.classification.precision import PRECISION
from streams.core.reports.metrics.classification.quality_by_label import QUALITY_BY_LABEL
from streams.core.reports.metrics.classification.recall import RECALL
from streams.core.reports.metrics.classification.roc_auc import ROC_AUC
from streams.core.reports.metrics.classification.tnr import TNR
from streams.core.reports.metrics.classification.tpr import TPR
from streams.core.reports.metrics.dataset.almost_constant_columns import ALMOST_CONSTANT_COLUMNS
from streams.core.reports.metrics.dataset.almost_duplicated_columns import ALMOST_DUPLICATED_COLUMNS
from streams.core.reports.metrics.dataset.column_count import COLUMN_COUNT
from streams.core.reports.metrics.dataset.constant_columns import CONSTANT_COLUMNS
from streams.core.reports.metrics.dataset.dataset_missing_values import DATASET_MISSING_VALUES
from streams.core.reports.metrics.dataset.duplicated_columns import DUPLICATED_COLUMNS
from streams.core.reports.metrics.dataset.duplicated_rows import DUPLICATED_ROWS
from streams.core.reports.metrics.dataset.empty_columns import EMPTY_COLUMNS
from streams.core.reports.metrics.dataset.empty_rows import EMPTY_ROWS
from streams.core.reports.metrics.dataset_drift import DATASET_DRIFT
from streams.core.reports.metrics.declaration import Metric
from streams.core.reports.metrics.embedding_drift import EMBEDDING_DRIFT
from streams.core.reports.metrics.histogram import HISTOGRAM
from streams.core.reports.metrics.missing_values import MISSING_VALUES
from streams.core.reports.metrics.prediction_drift import PREDICTION_DRIFT
from streams.core.reports.metrics.quantiles import QUANTILES
from streams.core.reports.metrics.regression.mae import MAE
from streams.core.reports.metrics.regression.mape import MAPE
from streams.core.reports.metrics.regression.max_error import MAX_ERROR
from streams.core.reports.metrics.regression.mean_error import MEAN_ERROR
from streams.core.reports.metrics.regression.r2 import R2
from streams.core.reports.metrics.regression.rmse import RMSE
from streams.core.reports.metrics.row_count import ROW_COUNT
from streams.core.reports.metrics.summary import SUMMARY
from streams.core.reports.metrics.target_drift import TARGET_DRIFT
from streams.core.reports.metrics.text_drift import TEXT_DRIFT
from streams.core.reports.metrics.value_drift import VALUE_DRIFT

_METRICS: Final[tuple[Metric, ...]] = (
    ROW_COUNT,
    COLUMN_COUNT,
    DATASET_MISSING_VALUES,
    DUPLICATED_ROWS,
    DUPLICATED_COLUMNS,
    ALMOST_DUPLICATED_COLUMNS,
    CONSTANT_COLUMNS,
    ALMOST_CONSTANT_COLUMNS,
    EMPTY_ROWS,
    EMPTY_COLUMNS,
    MISSING_VALUES,
    SUMMARY,
    QUANTILES,
    HISTOGRAM,
    VALUE_DRIFT,
    DATASET_DRIFT,
    TARGET_DRIFT,
    PREDICTION_DRIFT,
    EMBEDDING_DRIFT,
    TEXT_DRIFT,
    ACCURACY,
    PRECISION,
    RECALL,
    F1,
    ROC_AUC,
    LOG_LOSS,
    TPR,
    TNR,
    FPR,
    FNR,
    QUALITY_BY_LABEL,
    CONFUSION_MATRIX,
    CALIBRATION,
    CONFIDENCE_DISTRIBUTION,
    CONCEPT_COVERAGE,
    ESTIMATED_QUALITY,
    MEAN_ERROR,
    MAE,
    MAPE,
    RMSE,
    R2,
    MAX_ERROR,
)

METRICS: Final[Mapping[str, Metric]] = MappingProxyType({metric.name: metric for metric in _METRICS})
"""Metrics by their name."""

PRESETS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "data_summary": (
            *("row_count", "column_count", "dataset_missing_values", "duplicated_rows", "duplicated_columns"),
            *("almost_duplicated_columns", "constant_columns", "almost_constant_columns", "empty_rows"),
            *("empty_columns", "missing_values", "summary", "quantiles", "histogram"),
        ),
        "data_drift": ("value_drift", "dataset_drift"),
        "model_drift": ("target_drift", "prediction_drift"),
        "classification": (
            *("accuracy", "precision", "recall", "f1", "roc_auc", "log_loss", "tpr", "tnr", "fpr", "fnr"),
            *("quality_by_label", "confusion_matrix"),
        ),
        "certainty": ("confidence_distribution", "concept_coverage", "calibration", "estimated_quality"),
        "regression": ("mean_error", "mae", "mape", "rmse", "r2", "max_error"),
    }
)
"""Metrics, with their default parameters, by the name of the preset that stands for them."""

OF_LABELS: Final = frozenset(("calibration", "target_drift", *PRESETS["classification"], *PRESETS["regression"]))
"""Metrics that need the truth, which may come later than the rows."""
