"""Conditions on flat fields, nested with all, any and not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, Field, Strict, model_validator

from streams.core.events.block import ScalarColumn
from streams.core.operators.contracts import DECLARATION, Mask, Number, Text
from streams.core.operators.masks import all_of, any_of, is_in, mask_of

Truth = Annotated[bool, Strict()]
Scalar = Truth | Number | str
Ordered = Number | str
_COMPARISONS = ("equals", "in_", "exists", "greater_than", "at_least", "less_than", "at_most")
_SHAPES = f"write {{field: NAME}} with one or more of {', '.join(_COMPARISONS)}; or one of all, any, not".replace(
    "_,", ","
)
Columns = Callable[[str], ScalarColumn]


class Condition(BaseModel):
    """Either a `field` and what its value has to satisfy (all that is given), or `all`, `any` or `not` of other
    conditions.

    Two-valued: what is asked of a missing field (or null) is false, except `exists: false`; `not` turns false into
    true. Text equals text, a number a number (1 equals 1.0), true and false themselves; `"1"` does not equal 1. Text
    is ordered by code point, so that ISO dates in one zone compare as dates; a number never compares with text, nor
    true, false, an object or a list with anything by order.
    """

    model_config = DECLARATION

    field: Text | None = Field(default=None, description="Name of the field.")
    equals: Scalar | None = Field(default=None, description="Equal to this text, number or boolean.")
    in_: Annotated[tuple[Scalar, ...], Field(min_length=1)] | None = Field(
        default=None, alias="in", description="Equal to one of these."
    )
    exists: bool | None = Field(default=None, description="There and not null, or (false) missing or null.")
    greater_than: Ordered | None = Field(default=None, description="Above this number, or after this text.")
    at_least: Ordered | None = Field(default=None, description="This number or above, this text or after.")
    less_than: Ordered | None = Field(default=None, description="Below this number, or before this text.")
    at_most: Ordered | None = Field(default=None, description="This number or below, this text or before.")
    all: Annotated[tuple[Condition, ...], Field(min_length=1)] | None = Field(
        default=None, description="Conditions all of which have to hold."
    )
    any: Annotated[tuple[Condition, ...], Field(min_length=1)] | None = Field(
        default=None, description="Conditions one of which has to hold."
    )
    not_: Condition | None = Field(default=None, alias="not", description="A condition that must not hold.")

    @model_validator(mode="after")
    def _has_one_shape(self) -> Self:
        compared = [name for name in _COMPARISONS if getattr(self, name) is not None]
        given = [name for name in ("field", "all", "any", "not_") if getattr(self, name) is not None]
        if len(given) != 1 or bool(compared) != (given == ["field"]):
            raise ValueError(f"is not one condition; {_SHAPES}")
        return self

    def names(self) -> frozenset[str]:
        """Name the fields that the condition looks at."""
        own = () if self.field is None else (self.field,)
        return frozenset(own).union(*(part.names() for part in self._parts()))

    def holds(self, columns: Columns) -> Mask:
        """Return True for each row where the condition holds; `columns` gives a field's column."""
        if self.field is not None:
            return all_of(self._comparisons(columns(self.field)))
        if self.not_ is not None:
            return ~self.not_.holds(columns)
        combine = all_of if self.any is None else any_of
        return combine(part.holds(columns) for part in self._parts())

    def _parts(self) -> tuple[Condition, ...]:
        return self.all or self.any or (() if self.not_ is None else (self.not_,))

    def _comparisons(self, column: ScalarColumn) -> Iterator[Mask]:
        if self.equals is not None:
            yield one_of(column, (self.equals,))
        if self.in_ is not None:
            yield one_of(column, self.in_)
        if self.exists is not None:
            yield column.present == self.exists
        for limit, of_numbers, of_text in (
            (self.greater_than, np.greater, pc.greater),
            (self.at_least, np.greater_equal, pc.greater_equal),
            (self.less_than, np.less, pc.less),
            (self.at_most, np.less_equal, pc.less_equal),
        ):
            if isinstance(limit, str):
                yield mask_of(of_text(column.text, pa.scalar(limit, pa.string())))
            elif limit is not None:
                yield of_numbers(column.number, limit)


def one_of(column: ScalarColumn, values: tuple[bool | float | str, ...]) -> Mask:
    """Return True where a value is one of `values`, of the same type."""
    texts = [value for value in values if isinstance(value, str)]
    numbers = [value for value in values if isinstance(value, float | int) and not isinstance(value, bool)]
    mask = is_in(column.text, texts) if texts else np.zeros(len(column.present), np.bool_)
    for value in numbers:
        mask |= column.number == value
    for truth in (value for value in values if isinstance(value, bool)):
        mask |= column.truth == truth
    return mask
