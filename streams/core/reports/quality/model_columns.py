"""Which columns hold a model's answers and the truth."""

import math
from collections.abc import Container, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from streams.core.reports.quality.label_texts import label_text

ProbabilityScale = Literal["unit", "percent"]
Name = Annotated[str, Field(min_length=1)]


def _as_text(given: Any) -> Any:
    return label_text(given) if isinstance(given, bool | int | float) else given


Label = Annotated[str, BeforeValidator(_as_text)]


class ModelColumns(BaseModel):
    """Columns that metrics of model quality read.

    What is left out is looked for: ``prediction``, else the concepts of a batch; ``probability``. A single column of
    ``probabilities`` is that of the positive label; a mapping gives each label's column. Of two labels 1 or true is the
    positive one; where neither is, and ``positive_label`` is left out, they are treated as any number of labels. From
    ``threshold`` on a probability means the positive label, whatever the prediction says; without it the prediction
    counts, and 0.5 where there is none. Probabilities, those of concepts too, are from 0 to 1, or to 100 where
    ``probability_scale`` is percent. Tests of quality are decided once ``least_labels`` rows have the truth, or all
    rows where these are fewer, and at least the share ``least_labelled`` of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: Name = "target"
    prediction: Name | None = None
    probabilities: Name | Mapping[Label, Name] | None = None
    positive_label: Label | None = None
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    probability_scale: ProbabilityScale = "unit"
    least_labels: Annotated[int, Field(ge=1)] = 30
    least_labelled: Annotated[float, Field(ge=0, le=1)] = 0.0

    def too_few(self, labelled: int, rows: int) -> str | None:
        """Why tests of quality cannot be decided by so many labelled rows; None where they can."""
        wanted = max(min(self.least_labels, rows), math.ceil(self.least_labelled * rows))
        if labelled >= wanted:
            return None
        return (
            f"{labelled:,} of {rows:,} rows have a label by now, and tests of quality are decided from {wanted:,} on: "
            "see least_labels and least_labelled of the report's model"
        )

    def answers_with_concepts(self, columns: Container[str]) -> bool:
        """Whether the answers are a batch's concepts, as no other column is named or there."""
        return self.prediction is None and "prediction" not in columns
