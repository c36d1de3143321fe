"""Which columns hold a model's answers and the truth."""

from collections.abc import Container, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from streams.core.reports.quality.label_texts import label_text

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
    counts, and 0.5 where there is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: Name = "target"
    prediction: Name | None = None
    probabilities: Name | Mapping[Label, Name] | None = None
    positive_label: Label | None = None
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None

    def answers_with_concepts(self, columns: Container[str]) -> bool:
        """Whether the answers are a batch's concepts, as no other column is named or there."""
        return self.prediction is None and "prediction" not in columns
