"""What a model decides between: any number of labels, or a positive and a negative one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from streams.core.reports.dataset import Dataset
from streams.core.reports.quality.coded import coded
from streams.core.reports.quality.label_texts import in_order, same
from streams.core.reports.quality.model_columns import ModelColumns

_PAIRS: Final = (("1", "0"), ("true", "false"))


@dataclass(frozen=True, slots=True)
class Task:
    """The positive and the negative label of a binary task; both None where there are more labels."""

    positive: str | None = None
    negative: str | None = None

    @property
    def is_binary(self) -> bool:
        """Whether there is a positive label."""
        return self.positive is not None


def task_of(sides: Iterable[Dataset], model: ModelColumns) -> Task:
    """The task by the labels of all sides together, so that a small batch does not change it."""
    labels = in_order(label for side in sides for label in _labels(side, model))
    if isinstance(model.probabilities, Mapping):
        labels = in_order([*labels, *model.probabilities])
    if len(labels) > 2:  # noqa: PLR2004 - more than a positive and a negative one
        return Task()
    if model.positive_label is not None:
        return _with_positive(model.positive_label, labels)
    for positive, negative in _PAIRS:
        if set(labels) <= {positive, negative}:
            return Task(positive, negative)
    return _with_positive("1", labels) if "1" in labels else Task()


def _with_positive(positive: str, labels: Sequence[str]) -> Task:
    others = [label for label in labels if same(label) != same(positive)]
    if len(others) > 1:
        raise ValueError(f"positive_label {positive!r} is not among the labels: {', '.join(labels)}")
    own = next((label for label in labels if label not in others), positive)
    return Task(own, others[0] if others else f"not {own}")


def _labels(side: Dataset, model: ModelColumns) -> Iterable[str]:
    for name in (model.target, model.prediction or "prediction"):
        if name in side.columns:
            yield from coded(side.columns[name]).labels
    if model.answers_with_concepts(side.columns) and side.concepts is not None:
        yield from side.concepts.labels
