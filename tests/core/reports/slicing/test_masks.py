import math
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from streams.core.operators.conditions import Condition
from streams.core.reports.dataset import Dataset
from streams.core.reports.slicing.masks import rows_where

ROWS = Dataset(
    pa.table(
        {
            "number": pa.array([1, None, 3]),
            "share": pa.array([0.5, math.nan, 1.5]),
            "name": pa.array(["a", "b", None]).dictionary_encode(),
            "ok": pa.array([True, False, None]),
            "seen": pa.array([datetime(2026, 11, 21, hour, tzinfo=UTC) for hour in (9, 10, 11)]),
            "tags": pa.array([["x"], [], None]),
        }
    )
)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ({"field": "number", "at_least": 2}, [False, False, True]),
        ({"field": "number", "exists": True}, [True, False, True]),
        ({"field": "share", "exists": False}, [False, True, False]),
        ({"field": "name", "in": ["a", "c"]}, [True, False, False]),
        ({"field": "ok", "equals": False}, [False, True, False]),
        ({"field": "seen", "at_least": "2026-11-21T10:00:00Z"}, [False, True, True]),
        ({"field": "tags", "exists": True}, [True, True, False]),
        ({"not": {"field": "number", "equals": 1}}, [False, True, True]),
    ],
)
def test_conditions_hold_for_columns_of_every_type(condition: dict[str, Any], rows: list[bool]) -> None:
    assert rows_where(ROWS, Condition.model_validate(condition)).to_pylist() == rows
