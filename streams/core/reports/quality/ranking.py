"""How well probabilities tell labels apart, and how much they are worth."""

from typing import Final

import numpy as np
import scipy

from streams.core.reports.quality.answers import Answers
from streams.core.reports.whole_numbers import Floats

_SMALLEST: Final = float(np.finfo(np.float64).eps)


def roc_auc_by_label(answers: Answers) -> Floats:
    """Area under the ROC curve of each label against the others; NaN where only one of the two occurs.

    It is the share of pairs of a row of the label and another row in which the former has the larger probability, ties
    counted half (Mann and Whitney, 1947).
    """
    probabilities = answers.known_probabilities()
    columns = [area(answers.target == label, probabilities[:, label]) for label in range(len(answers.labels))]
    return np.array(columns)


def area(of_label: np.ndarray, likely: Floats) -> float:
    """Area under the ROC curve of one label, given how likely each row is of it; NaN where it has all rows or none."""
    positives = int(np.count_nonzero(of_label))
    negatives = len(of_label) - positives
    if not positives or not negatives:
        return float("nan")
    # Ranks are multiples of a half: their sum is exact, whatever the order of rows.
    ranks = float(scipy.stats.rankdata(likely)[of_label].sum())
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def log_loss(answers: Answers) -> float:
    """Mean of minus the logarithm of the true label's probability, which counts as at least 2.2e-16."""
    probabilities = answers.known_probabilities()
    likely = probabilities[np.arange(answers.rows), answers.target]
    return mean_of(-np.log(np.clip(likely, _SMALLEST, 1 - _SMALLEST)))


def mean_of(values: Floats) -> float:
    """The mean, summed upward so that the order of rows does not show."""
    return float(np.sort(values).mean())
