"""What a model answered, row by row: a label, and where it says so the probability of each label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from streams.core.reports.column import Column
from streams.core.reports.dataset import Dataset
from streams.core.reports.quality.coded import Coded, coded
from streams.core.reports.quality.label_texts import in_order, same
from streams.core.reports.quality.model_columns import ModelColumns
from streams.core.reports.quality.task import Task
from streams.core.reports.whole_numbers import Floats

_EVEN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Predictions:
    """Predicted labels, and the probability of each label row by row; None where the model gives none."""

    answers: Coded
    probabilities: Mapping[str, Floats] | None = None

    def matrix(self, labels: Sequence[str]) -> Floats | None:
        """Probabilities as rows x labels: 0 for labels that the model does not know, NaN where one is missing."""
        if self.probabilities is None:
            return None
        nothing = np.zeros(len(self.answers.codes))
        known = {same(label): likely for label, likely in self.probabilities.items()}
        return np.column_stack([known.get(same(label), nothing) for label in labels])


def read_predictions(dataset: Dataset, model: ModelColumns, task: Task) -> Predictions:
    """A dataset's predictions. Raises ValueError, naming the column, where it has none."""
    name = model.prediction or "prediction"
    if model.answers_with_concepts(dataset.columns) and dataset.concepts is not None:
        concepts = dataset.concepts
        return Predictions(concepts.strongest, concepts.by_label() if concepts.fit_a_table else None)
    probabilities = _probabilities(dataset, model, task)
    if probabilities is not None and (model.threshold is not None or name not in dataset.columns):
        return Predictions(_decided(probabilities, model.threshold, task), probabilities)
    return Predictions(coded(column_of(dataset, name, "prediction")), probabilities)


def has_answers(dataset: Dataset, model: ModelColumns) -> bool:
    """Whether there is a column of predictions or probabilities, or concepts in their place."""
    given = model.probabilities or "probability"
    names = {model.prediction or "prediction", *(given.values() if isinstance(given, Mapping) else (given,))}
    if not names.isdisjoint(dataset.columns):
        return True
    return model.answers_with_concepts(dataset.columns) and dataset.concepts is not None


def truth_count(column: Column) -> int:
    """Rows that have a label or a number: neither nothing nor blank text is one."""
    values = column.values
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return int(pc.sum(pc.not_equal(pc.utf8_trim_whitespace(values), "")).as_py() or 0)
    if pa.types.is_floating(values.type):
        return int(pc.sum(pc.is_finite(values)).as_py() or 0)
    return len(values) - int(values.null_count)


def column_of(dataset: Dataset, name: str, role: str) -> Column:
    """A column by name. Raises ValueError, naming what it was wanted for, where there is none."""
    column = dataset.columns.get(name)
    if column is None:
        raise ValueError(f"there is no column {name!r}: name the one of the {role} in the report's model")
    return column


def floats(column: Column) -> Floats:
    """The numbers of a column row by row, NaN where missing or infinite. Raises ValueError where it has none."""
    values = column.values
    if not (pa.types.is_floating(values.type) or pa.types.is_integer(values.type) or pa.types.is_decimal(values.type)):
        raise ValueError(f"column {column.name!r} is {values.type}, not numbers: name another in the report's model")
    numbers: Floats = values.cast(pa.float64(), safe=False).to_numpy()
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _probabilities(dataset: Dataset, model: ModelColumns, task: Task) -> Mapping[str, Floats] | None:
    given = model.probabilities
    if isinstance(given, Mapping):
        own = {same(label): label for label in (task.positive, task.negative) if label is not None}
        columns = {own.get(same(label), label): name for label, name in given.items()}
        return {label: floats(column_of(dataset, name, "probabilities")) for label, name in columns.items()}
    if given is None and ("probability" not in dataset.columns or not task.is_binary):
        return None
    if task.positive is None or task.negative is None:
        raise ValueError(f"nothing says whose probability {given!r} is: name the positive_label in the report's model")
    likely = floats(column_of(dataset, given or "probability", "probabilities"))
    return {task.positive: likely, task.negative: 1 - likely}


def _decided(probabilities: Mapping[str, Floats], threshold: float | None, task: Task) -> Coded:
    """Labels by probability: the positive one from the threshold on, the likeliest among several."""
    if task.positive is not None and task.negative is not None and task.positive in probabilities:
        likely = probabilities[task.positive]
        codes = np.where(likely >= (_EVEN if threshold is None else threshold), 0, 1)
        return Coded((task.positive, task.negative), np.where(np.isnan(likely), -1, codes))
    if threshold is not None:
        raise ValueError("a threshold decides between two labels: leave it out, or name the positive_label")
    labels = in_order(probabilities)
    matrix = np.column_stack([probabilities[label] for label in labels])
    missing = np.asarray(np.isnan(matrix).any(axis=1))
    return Coded(labels, np.where(missing, -1, np.argmax(np.where(missing.reshape(-1, 1), 0, matrix), axis=1)))
