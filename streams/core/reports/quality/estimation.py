"""How good a model must be if its probabilities are right: quality without labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from streams.core.reports.quality.answers import Answers, shares
from streams.core.reports.quality.coded import Codes
from streams.core.reports.quality.label_texts import same
from streams.core.reports.quality.predictions import Predictions
from streams.core.reports.quality.task import Task
from streams.core.reports.whole_numbers import Floats


@dataclass(frozen=True)
class Expectation:
    """Rows of one batch: predicted labels as places in ``labels``, and rows x labels calibrated probabilities.

    ``scores`` are the positive label's probabilities as the model gave them: they order rows better, having fewer ties.
    """

    labels: tuple[str, ...]
    predicted: Codes
    likely: Floats
    positive: int | None
    scores: Floats

    def confusion(self) -> Floats:
        """Rows expected by true label (first axis) and predicted label. The order of rows does not show."""
        columns = [_sums(self.predicted, column, len(self.labels)) for column in self.likely.T]
        return np.array(columns)

    def roc_auc(self) -> float:
        """Expected area under the ROC curve of the positive label; NaN where there is none."""
        if self.positive is None:
            return float("nan")
        order = np.lexsort((self.likely[:, self.positive], self.scores))[::-1]
        likely = self.likely[order, self.positive]
        ends = np.flatnonzero(np.append(np.diff(self.scores[order]) != 0, [True]))
        hits, misses = (np.insert(np.cumsum(column)[ends], 0, 0.0) for column in (likely, 1 - likely))
        if not hits[-1] or not misses[-1]:
            return float("nan")
        return float(np.trapezoid(hits, misses) / (hits[-1] * misses[-1]))


def expectation_of(predictions: Predictions, task: Task, known: Answers | None) -> Expectation:
    """What to expect of predictions, their probabilities calibrated on answers beside the truth where there are any.

    Raises ValueError where the model gives no probabilities.
    """
    labels = predictions.answers.labels
    if task.positive is not None and task.negative is not None:
        labels = (task.positive, task.negative)
    matrix = predictions.matrix(labels)
    if matrix is None:
        raise ValueError(predictions.why_none)
    codes = predictions.answers.matched(labels).codes
    kept = (codes >= 0) & ~np.isnan(matrix).any(axis=1)
    if not kept.any():
        raise ValueError("no row has both a prediction and its probabilities")
    likely = matrix[kept]
    if known is not None and known.probabilities is not None:
        likely = _calibrated(dict(zip(labels, likely.T, strict=True)), known, binary=task.is_binary)
    return Expectation(labels, codes[kept], likely, 0 if task.is_binary else None, matrix[kept, 0])


def expected_quality(expectation: Expectation) -> dict[str, Any]:
    """Accuracy, precision, recall, f1 and, of two labels, ROC AUC, as they are to be expected."""
    confusion = expectation.confusion()
    found = confusion.sum(axis=1) + confusion.sum(axis=0) > 0
    hits, true, predicted = np.diagonal(confusion)[found], confusion.sum(axis=1)[found], confusion.sum(axis=0)[found]
    columns = {
        "precision": shares(hits, predicted),
        "recall": shares(hits, true),
        "f1": shares(2 * hits, true + predicted),
    }
    place = expectation.positive
    means = {name: float(column.mean() if place is None else column[place]) for name, column in columns.items()}
    return {"accuracy": float(hits.sum() / confusion.sum()), **means, "roc_auc": expectation.roc_auc()}


def _sums(codes: Codes, values: Floats, size: int) -> Floats:
    order = np.lexsort((values, codes))
    sums: Floats = np.bincount(codes[order], weights=values[order], minlength=size).astype(np.float64)
    return sums


def _calibrated(columns: Mapping[str, Floats], known: Answers, *, binary: bool) -> Floats:
    """Probabilities as often right as they say: each label's column by isotonic regression, then to a sum of 1."""
    if binary:
        (label, likely), _ = columns.items()
        positive = _isotonic(known, label, likely)
        return np.column_stack([positive, 1 - positive])
    places = {same(label) for label in known.labels}
    fitted = [_isotonic(known, label, likely) if same(label) in places else likely for label, likely in columns.items()]
    matrix = np.column_stack(fitted)
    totals = matrix.sum(axis=1, keepdims=True)
    summing_to_1: Floats = np.divide(matrix, totals, out=np.full_like(matrix, 1 / len(columns)), where=totals > 0)
    return summing_to_1


def _isotonic(known: Answers, label: str, likely: Floats) -> Floats:
    """The share of rows of the label by their probability of it, never falling, between known ones linear."""
    place = [same(each) for each in known.labels].index(same(label))
    values, rows, counts = np.unique(known.known_probabilities()[:, place], return_inverse=True, return_counts=True)
    right = np.bincount(rows, weights=(known.target == place).astype(np.float64)) / counts
    rising = scipy.optimize.isotonic_regression(right, weights=counts.astype(np.float64)).x
    return np.interp(likely, values, rising)
