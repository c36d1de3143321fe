"""What a column is, to metrics and drift tests: numbers, categories, text, instants, or nothing they can read."""

from enum import StrEnum
from typing import Final

from streams.core.reports.column import Column, Family

INTEGER_CATEGORIES: Final = 10
"""An integer column of at most this many distinct values is categorical (as in Evidently 0.7)."""

TEXT_SHARE: Final = 0.5
"""A string column whose distinct values exceed this share of its values is text (as in Evidently 0.7)."""


class Kind(StrEnum):
    """How a column is looked at."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    TEXT = "text"
    DATETIME = "datetime"
    OTHER = "other"


def infer_kind(column: Column) -> Kind:
    """The kind that a column's type and distinct values suggest (Evidently 0.7's rules).

    Floats and decimals are numeric; integers too, unless they take few values; booleans, strings and
    dictionary-encoded numbers are categorical, strings that hardly repeat are text. Lists, structs, bytes and
    all-null columns are ``other``.
    """
    match column.family:
        case Family.NUMBER:
            few = column.is_integer and 0 < column.distinct <= INTEGER_CATEGORIES
            return Kind.CATEGORICAL if few or column.is_dictionary else Kind.NUMERIC
        case Family.TRUTH:
            return Kind.CATEGORICAL
        case Family.STRING:
            return Kind.TEXT if column.distinct > TEXT_SHARE * column.usable else Kind.CATEGORICAL
        case Family.TIME:
            return Kind.DATETIME
        case Family.NONE:
            return Kind.OTHER
