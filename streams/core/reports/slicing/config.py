"""Which parts of a batch a report is about besides."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from streams.core.operators.conditions import Condition

Name = Annotated[str, Field(min_length=1)]


class SliceChoice(BaseModel):
    """Either each value of the column ``by``, the ``most`` common first, or the rows ``where`` a condition holds.

    ``name`` is what a condition's rows are called; fields are columns as the report has them (`metadata.region`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: Name | None = None
    most: Annotated[int, Field(ge=1, le=100)] = 10
    name: Name | None = None
    where: Condition | None = None

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        if (self.by is None) == (self.where is None):
            raise ValueError("a slice is either of the values of a column (by) or of a condition (where): give one")
        if self.where is not None and self.name is None:
            raise ValueError("a slice where a condition holds needs a name")
        if self.by is not None and self.name is not None:
            raise ValueError(f"slices by {self.by!r} are called after its values: leave the name {self.name!r} out")
        return self
