"""How sure a model is of its answers, row by row."""

from dataclasses import dataclass

import numpy as np

from streams.core.reports.attempt import known
from streams.core.reports.dataset import Dataset
from streams.core.reports.quality.model_columns import ModelColumns
from streams.core.reports.quality.predictions import read_predictions
from streams.core.reports.quality.probabilities import probable_concepts
from streams.core.reports.quality.task import Task
from streams.core.reports.whole_numbers import Floats


@dataclass(frozen=True, slots=True)
class Certainty:
    """The largest and the second largest probability of each row that has any, by the largest upward."""

    confidence: Floats
    second: Floats


def read_certainty(dataset: Dataset, model: ModelColumns, task: Task) -> Certainty:
    """A dataset's certainty. Raises ValueError where the model gives no probabilities, or no row has any."""
    if model.answers_with_concepts(dataset.columns) and dataset.concepts is not None:
        concepts = known(probable_concepts(dataset.concepts, model.probability_scale))
        return _known(concepts.confidence, concepts.second)
    predictions = read_predictions(dataset, model, task)
    probabilities = predictions.probabilities
    if probabilities is None:
        raise ValueError(predictions.why_none)
    columns = np.sort(np.column_stack(list(probabilities.values())), axis=1)
    return _known(columns[:, -1], columns[:, -2] if columns.shape[1] > 1 else np.zeros(len(columns)))


def _known(confidence: Floats, second: Floats) -> Certainty:
    told = ~np.isnan(confidence)
    if not told.any():
        raise ValueError("no row has a probability")
    order = np.lexsort((second[told], confidence[told]))
    return Certainty(confidence[told][order], second[told][order])
