"""Values as JSON has them: the one place where numbers that JSON lacks are written otherwise."""

import math
from typing import Any

import numpy as np

INFINITY = "Infinity"
MINUS_INFINITY = "-Infinity"


def json_ready(value: Any) -> Any:
    """The value with NaN as None (JSON null), infinities as "Infinity" and "-Infinity", numpy scalars as Python's.

    Goes through dicts, lists and tuples; a tuple becomes a list.
    """
    if isinstance(value, dict):
        return {str(key): json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    if isinstance(value, np.generic):
        return json_ready(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else INFINITY if value > 0 else MINUS_INFINITY
    return value
