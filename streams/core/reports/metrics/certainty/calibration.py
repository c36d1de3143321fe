"""Whether a model is as often right as it says."""

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from streams.core.reports.metrics.declaration import (
    DatasetMetric,
    Measured,
    Parameters,
    has_probabilities,
    of_answers,
)
from streams.core.reports.quality.answers import Answers
from streams.core.reports.scope import ReportScope


class CalibrationParameters(Parameters):
    """``bins``: equal bins of confidence from 0 to 1."""

    bins: Annotated[int, Field(ge=1, le=1000)] = 10


def calibration(scope: ReportScope, parameters: CalibrationParameters) -> Measured:
    """Expected calibration error, Brier score of the predicted label, and bins.

    Raises ValueError where there are no probabilities. ``error`` is that of Naeini and others (2015): the mean distance
    of confidence and accuracy over bins, by rows.
    """
    return of_answers(scope, lambda answers: _measure(answers, parameters.bins))


def _measure(answers: Answers, bins: int) -> dict[str, Any]:
    confidence = answers.known_probabilities()[np.arange(answers.rows), answers.predicted]
    order = np.argsort(confidence, kind="stable")
    confidence, right = confidence[order], (answers.target == answers.predicted)[order]
    places = np.clip((confidence * bins).astype(np.int64), 0, bins - 1)
    counts = np.bincount(places, minlength=bins)
    with np.errstate(invalid="ignore"):
        said, were = (np.bincount(places, weights=each, minlength=bins) / counts for each in (confidence, right))
    gaps = np.abs(said - were)[counts > 0]
    return {
        "rows": answers.rows,
        "error": float(np.sum(gaps * counts[counts > 0]) / answers.rows),
        "largest_error": float(gaps.max()),
        "brier": float(np.sort((confidence - right) ** 2).mean()),
        "counts": counts.tolist(),
        "confidence": said.tolist(),
        "accuracy": were.tolist(),
    }


CALIBRATION = DatasetMetric(
    name="calibration",
    semantics=(
        "How far the predicted label's probability is from the share of right answers: error (the expected calibration "
        "error), largest_error of a bin, brier score; and rows, confidence and accuracy of each bin."
    ),
    parameters=CalibrationParameters,
    compute=calibration,
    main="error",
    applies=lambda scope: isinstance(scope.quality.answers[0], Answers) and has_probabilities(scope),
)
