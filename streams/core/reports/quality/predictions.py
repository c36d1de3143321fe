"""What a model answered, row by row: a label, and where it says so the probability of each label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from streams.core.reports.attempt import Failure, known
from streams.core.reports.column import Column
from streams.core.reports.dataset import Dataset
from streams.core.reports.quality.coded import Coded, coded
from streams.core.reports.quality.label_texts import in_order, same
from streams.core.reports.quality.model_columns import ModelColumns
from streams.core.reports.quality.probabilities import as_probabilities, probable_concepts
from streams.core.reports.quality.task import Task
from streams.core.reports.whole_numbers import Floats

_EVEN: Final = 0.5
NO_PROBABILITIES: Final = (
    "the rows have no probabilities, or of too many labels: name their columns in the report's model"
)


@dataclass(frozen=True, slots=True)
class Predictions:
    """Predicted labels, and the probability of each label row by row; None where the model gives none.

    ``why_none`` says so, and what to do; it is the more exact where ``refused`` values are no probabilities.
    """

    answers: Coded
    probabilities: Mapping[str, Floats] | None = None
    refused: str | None = None

    @property
    def why_none(self) -> str:
        """Why there are no probabilities, where there are none."""
        return self.refused or NO_PROBABILITIES

    def matrix(self, labels: Sequence[str]) -> Floats | None:
        """Probabilities as rows x labels: 0 for labels that the model does not know, NaN where one is missing."""
        if self.probabilities is None:
            return None
        nothing = np.zeros(len(self.answers.codes))
        given = {same(label): likely for label, likely in self.probabilities.items()}
        return np.column_stack([given.get(same(label), nothing) for label in labels])


def read_predictions(dataset: Dataset, model: ModelColumns, task: Task) -> Predictions:
    """A dataset's predictions. Raises ValueError, naming the column, where it has none."""
    name = model.prediction or "prediction"
    if model.answers_with_concepts(dataset.columns) and dataset.concepts is not None:
        concepts = probable_concepts(dataset.concepts, model.probability_scale)
        if isinstance(concepts, Failure):
            return Predictions(dataset.concepts.strongest, None, concepts.reason)
        return Predictions(concepts.strongest, concepts.by_label() if concepts.fit_a_table else None)
    found = _probabilities(dataset, model, task)
    if found is not None and (model.threshold is not None or name not in dataset.columns):
        probabilities = known(found)
        return Predictions(_decided(probabilities, model.threshold, task), probabilities)
    answers = coded(column_of(dataset, name, "prediction"))
    return Predictions(answers, None, found.reason) if isinstance(found, Failure) else Predictions(answers, found)


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
    numbers = _doubles(column)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _doubles(column: Column) -> Floats:
    values = column.values
    if not (pa.types.is_floating(values.type) or pa.types.is_integer(values.type) or pa.types.is_decimal(values.type)):
        raise ValueError(f"column {column.name!r} is {values.type}, not numbers: name another in the report's model")
    numbers: Floats = values.cast(pa.float64(), safe=False).to_numpy()
    return numbers


def _probabilities(dataset: Dataset, model: ModelColumns, task: Task) -> Mapping[str, Floats] | Failure | None:
    """Each label's probability; None where the model gives none, and why where its numbers are none."""
    given = model.probabilities
    if isinstance(given, Mapping):
        own = {same(label): label for label in (task.positive, task.negative) if label is not None}
        columns = {own.get(same(label), label): name for label, name in given.items()}
        found = {label: _likely(dataset, name, model) for label, name in columns.items()}
        failed = next((each for each in found.values() if isinstance(each, Failure)), None)
        return failed or {label: each for label, each in found.items() if not isinstance(each, Failure)}
    if given is None and ("probability" not in dataset.columns or not task.is_binary):
        return None
    if task.positive is None or task.negative is None:
        raise ValueError(f"nothing says whose probability {given!r} is: name the positive_label in the report's model")
    likely = _likely(dataset, given or "probability", model)
    return likely if isinstance(likely, Failure) else {task.positive: likely, task.negative: 1 - likely}


def _likely(dataset: Dataset, name: str, model: ModelColumns) -> Floats | Failure:
    values = _doubles(column_of(dataset, name, "probabilities"))
    return as_probabilities(values, f"column {name!r}", model.probability_scale)


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
