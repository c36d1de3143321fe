"""What Evidently is told of a batch: its DataDefinition, from what a report says of the model and of columns."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from streams.core.reports.column import Column, Family
from streams.core.reports.dataset import Dataset
from streams.core.reports.kinds import Kind
from streams.core.reports.quality.coded import coded
from streams.core.reports.quality.label_texts import same
from streams.core.reports.quality.model_columns import ModelColumns
from streams.core.reports.quality.task import Task, task_of
from streams.core.reports.selection import ColumnSelection

Fields = Mapping[str, Any]
"""Fields of Evidently's DataDefinition by name; tasks are mappings too, a classification with its class as `type`."""

_LISTS = {
    Kind.NUMERIC: "numerical_columns",
    Kind.CATEGORICAL: "categorical_columns",
    Kind.TEXT: "text_columns",
    Kind.DATETIME: "datetime_columns",
    Kind.OTHER: "unknown_columns",
}


def check_definition(columns: ColumnSelection, model: ModelColumns, given: Fields) -> None:
    """Refuse what no data definition can say. Raises ValueError with the remedy."""
    if model.threshold is not None:
        raise ValueError(
            f"model.threshold ({model.threshold}) is nothing that engine evidently reads; give the metrics under "
            "`evidently` a probas_threshold"
        )
    twice = sorted({*_LISTS.values(), "list_columns"} & set(given))
    if columns.kinds and twice:
        raise ValueError(
            f"columns.kinds and data_definition.{twice[0]} both say what columns are; leave one of them out"
        )
    named = model.probabilities if isinstance(model.probabilities, Mapping) else {}
    other = {label: name for label, name in named.items() if label != name}
    if len(named) > 2 and other:  # noqa: PLR2004 - of two labels Evidently needs one column, whatever its name
        label, name = next(iter(other.items()))
        raise ValueError(
            f"model.probabilities has {name!r} for the label {label!r}; Evidently reads those of more than two labels "
            "from columns that are called like their labels: rename it"
        )


def data_definition(
    sides: Sequence[Dataset], kinds: Mapping[str, Kind], columns: ColumnSelection, model: ModelColumns, given: Fields
) -> Fields:
    """What is known of the columns of `kinds`: the model's task by its columns, kinds where `columns` declares any.

    A field that is ``given`` stands as it is. A target of numbers is a regression's, any other a classification's, and
    so is one beside which the model names probabilities or the positive label. Raises ValueError where these cannot be.
    """
    listed = {field: [name for name, kind in kinds.items() if kind is of] for of, field in _LISTS.items()}
    lists = {**listed, "list_columns": []} if columns.kinds else {}
    return {**lists, **_task(sides, kinds, model), **given}


def _task(sides: Sequence[Dataset], kinds: Mapping[str, Kind], model: ModelColumns) -> Fields:
    looked_for = (name for name in ("prediction", "top_concept") if name in kinds)
    answer = model.prediction or next(looked_for, None)
    if model.target not in kinds:
        return {}
    if model.positive_label is not None or model.probabilities is not None:
        return _classification(sides, kinds, model, answer)
    if kinds[model.target] is Kind.NUMERIC:
        return {} if answer is None else {"regression": [{"target": model.target, "prediction": answer}]}
    with suppress(ValueError):  # a column called target that holds no labels says nothing of a model
        return _classification(sides, kinds, model, answer)
    return {}


def _classification(
    sides: Sequence[Dataset], kinds: Mapping[str, Kind], model: ModelColumns, answer: str | None
) -> Fields:
    task = task_of(sides, model)
    likely = _probabilities(kinds, model, task)
    if answer is None and likely is None:
        return {}
    columns = {"target": model.target, "prediction_labels": answer, "prediction_probas": likely}
    if task.positive is None:
        return {"classification": [{"type": "MulticlassClassification", **columns}]}
    positive = _typed(task.positive, sides[0].columns[model.target])
    return {"classification": [{"type": "BinaryClassification", **columns, "pos_label": positive}]}


def _probabilities(kinds: Mapping[str, Kind], model: ModelColumns, task: Task) -> str | list[str] | None:
    """The positive label's column, or every label's."""
    given = model.probabilities
    if isinstance(given, Mapping):
        if task.positive is None:
            return list(given.values())
        return next((name for label, name in given.items() if same(label) == same(task.positive)), None)
    if given is not None and not task.is_binary:
        raise ValueError(f"nothing says whose probability {given!r} is: name the positive_label in the report's model")
    return given or ("probability" if task.is_binary and "probability" in kinds else None)


def _typed(label: str, column: Column) -> str | float | bool:
    """A label as the column has it, for Evidently compares values, not texts."""
    if column.family is Family.TRUTH:
        return same(label) == same("true")
    if column.family is Family.NUMBER:
        with suppress(ValueError):
            return float(label) if "." in label else int(label)
    return next((text for text in coded(column).labels if same(text) == same(label)), label)
