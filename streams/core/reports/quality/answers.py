"""Answers beside the truth: what every metric of classification is computed from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from streams.core.reports.dataset import Dataset
from streams.core.reports.quality.coded import MOST_LABELS, Codes, coded
from streams.core.reports.quality.label_texts import in_order
from streams.core.reports.quality.model_columns import ModelColumns
from streams.core.reports.quality.predictions import NO_PROBABILITIES, column_of, read_predictions
from streams.core.reports.quality.task import Task
from streams.core.reports.whole_numbers import Floats


@dataclass(frozen=True)
class Answers:
    """Rows with a true and a predicted label, as places in ``labels``; rows that lack either are left out.

    ``probabilities`` are rows x labels, None where the model gives none. ``positive`` is the place of the positive
    label of a binary task; ``left_out`` counts rows that lack the truth or an answer. Nothing that is computed from it
    depends on the order of rows.
    """

    labels: tuple[str, ...]
    target: Codes
    predicted: Codes
    probabilities: Floats | None
    positive: int | None
    why_no_probabilities: str = NO_PROBABILITIES
    left_out: int = 0

    @property
    def rows(self) -> int:
        """Rows with both."""
        return len(self.target)

    @cached_property
    def confusion(self) -> Codes:
        """Rows counted by true label (first axis) and predicted label (second)."""
        size = len(self.labels)
        return np.bincount(self.target * size + self.predicted, minlength=size * size).reshape(size, size)

    @cached_property
    def hits(self) -> Codes:
        """Right answers by label."""
        return np.diagonal(self.confusion)

    @property
    def true_counts(self) -> Codes:
        """Rows by true label."""
        counts: Codes = self.confusion.sum(axis=1)
        return counts

    @property
    def predicted_counts(self) -> Codes:
        """Rows by predicted label."""
        counts: Codes = self.confusion.sum(axis=0)
        return counts

    def known_probabilities(self) -> Floats:
        """The probabilities. Raises ValueError, saying what to do, where the model gives none."""
        if self.probabilities is None:
            raise ValueError(self.why_no_probabilities)
        return self.probabilities

    def rate(self, *, of_positive: bool, hit: bool) -> float:
        """Share of positive, or of negative, rows that were, or were not, predicted so; NaN where there are none.

        Raises ValueError where there is no positive label.
        """
        if self.positive is None:
            raise ValueError("rates of two labels need a positive one: name the positive_label in the report's model")
        label = self.positive if of_positive else 1 - self.positive
        rows, right = int(self.true_counts[label]), int(self.hits[label])
        return (right if hit else rows - right) / rows if rows else float("nan")

    def of_positive(self, by_label: Floats) -> float:
        """A value of each label as one: that of the positive label, or the mean over labels."""
        return float(by_label.mean() if self.positive is None else by_label[self.positive])


def read_answers(dataset: Dataset, model: ModelColumns, task: Task) -> Answers:
    """A dataset's answers beside the truth. Raises ValueError where a column is missing, or no row has both."""
    target = coded(column_of(dataset, model.target, "target"))
    predictions = read_predictions(dataset, model, task)
    own = in_order([*target.labels, *predictions.answers.labels])
    labels = own if task.positive is None or task.negative is None else in_order([task.positive, task.negative])
    if len(labels) > MOST_LABELS:
        raise ValueError(f"{len(labels):,} labels are more than the {MOST_LABELS:,} that can be told apart")
    probabilities = predictions.matrix(labels)
    sides = target.matched(labels).codes, predictions.answers.matched(labels).codes
    kept = (sides[0] >= 0) & (sides[1] >= 0)
    if probabilities is not None:
        kept &= ~np.isnan(probabilities).any(axis=1)
    if not kept.any():
        raise ValueError(f"no row has both a {model.target!r} and a prediction")
    counted = Answers(
        labels,
        sides[0][kept],
        sides[1][kept],
        _of(probabilities, kept),
        _place(task.positive, labels),
        predictions.why_none,
        int(np.count_nonzero(~kept)),
    )
    return counted if task.is_binary else _without_unused(counted)


def shares(counts: Codes, totals: Codes) -> Floats:
    """Counts over totals, 0 where there is none."""
    return np.divide(counts, totals, out=np.zeros(len(counts)), where=totals > 0)


def _of(probabilities: Floats | None, kept: np.ndarray) -> Floats | None:
    return None if probabilities is None else probabilities[kept]


def _place(label: str | None, labels: Sequence[str]) -> int | None:
    return None if label is None else labels.index(label)


def _without_unused(answers: Answers) -> Answers:
    """Only the labels that occur: those of rows that were left out must not count in means over labels."""
    used = np.flatnonzero(answers.true_counts + answers.predicted_counts)
    if len(used) == len(answers.labels):
        return answers
    places = np.full(len(answers.labels), -1)
    places[used] = np.arange(len(used))
    labels = tuple(answers.labels[place] for place in used.tolist())
    kept = None if answers.probabilities is None else answers.probabilities[:, used]
    return replace(
        answers,
        labels=labels,
        target=places[answers.target],
        predicted=places[answers.predicted],
        probabilities=kept,
        positive=None,
    )
