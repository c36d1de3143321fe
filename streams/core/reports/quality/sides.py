"""The same measure of model quality on the batch and, where it has the truth too, on the reference."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

from streams.core.reports.attempt import Failure, attempt, known
from streams.core.reports.dataset import Dataset
from streams.core.reports.quality.answers import Answers, read_answers
from streams.core.reports.quality.certainty import Certainty, read_certainty
from streams.core.reports.quality.errors import Errors, read_errors
from streams.core.reports.quality.model_columns import ModelColumns
from streams.core.reports.quality.predictions import Predictions, has_answers, read_predictions, truth_count
from streams.core.reports.quality.task import Task, task_of

T = TypeVar("T")


@dataclass(frozen=True)
class ModelQuality:
    """What both sides say of a model: read once, or the reason why not."""

    current: Dataset
    reference: Dataset | None
    model: ModelColumns
    given_task: Task | None = None

    @cached_property
    def task(self) -> Task:
        """What the model decides between. Raises ValueError where labels cannot be read."""
        if self.given_task is not None:
            return self.given_task
        sides = [self.current] if self.reference is None else [self.current, self.reference]
        return task_of(sides, self.model)

    @cached_property
    def answers(self) -> tuple[Answers | Failure, Answers | Failure | None]:
        """Answers beside the truth, of both sides."""
        return self._both(lambda side: read_answers(side, self.model, self.task))

    @cached_property
    def errors(self) -> tuple[Errors | Failure, Errors | Failure | None]:
        """Predicted beside true numbers, of both sides."""
        return self._both(lambda side: read_errors(side, self.model))

    @cached_property
    def certainty(self) -> tuple[Certainty | Failure, Certainty | Failure | None]:
        """How sure the model is, on both sides."""
        return self._both(lambda side: read_certainty(side, self.model, self.task))

    @cached_property
    def predictions(self) -> tuple[Predictions | Failure, Predictions | Failure | None]:
        """Answers alone, of both sides."""
        return self._both(lambda side: read_predictions(side, self.model, self.task))

    @cached_property
    def awaits_truth(self) -> bool:
        """Whether the batch has a model's answers, and the truth of none of its rows."""
        return not self._has_truth and has_answers(self.current, self.model)

    @cached_property
    def labelled(self) -> int:
        """Rows of the batch that have the truth."""
        truth = self.current.columns.get(self.model.target)
        return 0 if truth is None else truth_count(truth)

    @property
    def _has_truth(self) -> bool:
        return self.labelled > 0

    def _both(self, read: Callable[[Dataset], T]) -> tuple[T | Failure, T | Failure | None]:
        reference = None if self.reference is None else attempt(partial(read, self.reference))
        return attempt(partial(read, self.current)), reference


def measured(
    sides: tuple[T | Failure, T | Failure | None], measure: Callable[[T], dict[str, Any]]
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The measure of both sides; None for a reference that lacks what it takes. Raises ValueError for the batch."""
    current, reference = sides
    ours = measure(known(current))
    if reference is None or isinstance(reference, Failure):
        return ours, None
    theirs = attempt(partial(measure, reference))
    return ours, None if isinstance(theirs, Failure) else theirs
