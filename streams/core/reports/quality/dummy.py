"""Models that know nothing but how often each answer is right: what a model should at least be better than."""

import math
from dataclasses import replace

import numpy as np

from streams.core.reports.quality.answers import Answers
from streams.core.reports.quality.errors import Errors
from streams.core.reports.whole_numbers import Floats


def dummy_answers(answers: Answers) -> Answers:
    """The same rows, answered by drawing labels at random by their shares (as Evidently's dummy does).

    The drawing has a fixed seed and goes row by row: the one thing in which the order of rows shows.
    """
    labels, first, counts = np.unique(answers.target, return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))
    drawn = np.random.RandomState(0).choice(len(labels), answers.rows, p=counts[order] / answers.rows)
    return replace(answers, predicted=labels[order][drawn], probabilities=None)


def dummy_log_loss(answers: Answers) -> float:
    """The log loss of equal probabilities."""
    return math.log(len(answers.labels))


def dummy_errors(rows: Errors, answer: float) -> Errors:
    """The same rows, all answered by one number."""
    return Errors(rows.target, np.full(len(rows.target), answer))


def best_by_share(rows: Errors) -> float:
    """The number with the smallest mean error by size: the median of the targets other than 0, weighted by 1 / size."""
    targets: Floats = rows.target[rows.target != 0]
    if not len(targets):
        return 0.0
    weights = 1 / np.abs(targets)
    order = np.argsort(weights, kind="stable")
    total = np.cumsum(weights[order])
    return float(targets[order][np.searchsorted(total, total[-1] / 2, "right")])
