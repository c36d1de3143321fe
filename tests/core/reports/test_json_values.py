import math

import numpy as np

from streams.core.reports.json_values import json_ready


def test_numbers_that_json_lacks_become_null_and_text() -> None:
    assert json_ready({"a": [math.nan, math.inf, (-math.inf,)]}) == {"a": [None, "Infinity", ["-Infinity"]]}


def test_numpy_scalars_become_pythons() -> None:
    values = json_ready([np.float64(1.5), np.int64(2), np.True_])
    assert [(value, type(value)) for value in values] == [(1.5, float), (2, int), (True, bool)]
