"""Writes extra-cases.json: scores of Evidently's own drift tests on awkward columns.

Run in an environment of its own, because Evidently needs pandas below 3:
    python -m venv /tmp/evidently && /tmp/evidently/bin/pip install evidently==0.7.23 "pandas<3"
    /tmp/evidently/bin/python tests/data/evidently/generate_cases.py
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from evidently.legacy.calculations.stattests.registry import (
    _registered_stat_tests,
    get_registered_stattest,
    get_stattest,
)
from evidently.legacy.core import ColumnType

LEFT_OUT = {"empirical_mmd", "perc_text_content_drift", "abs_text_content_drift"}
SLOW = {"TVD": 500}


def columns(draw: np.random.Generator) -> list[tuple[str, str, list, list]]:
    """(name, kind, reference, current) of each case."""
    ties = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 4.0, 8.0])
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    holes = np.where(draw.random(120) < 0.2, np.nan, draw.normal(size=120))
    holes[[3, 7, 11]] = [np.inf, -np.inf, np.inf]
    return [
        ("ten_rows", "num", draw.normal(size=10), draw.normal(0.5, 1, 12)),
        ("ties", "num", draw.choice(ties, 300), draw.choice(ties, 200, p=[0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1])),
        ("holes_and_infinities", "num", holes, np.append(draw.normal(0.3, 1, 90), [np.nan, np.inf])),
        ("constant_against_spread", "num", np.full(50, 2.5), draw.normal(2.5, 1, 60)),
        ("both_constant", "num", np.full(50, 2.5), np.full(40, 2.5)),
        ("two_constants", "num", np.full(50, 2.5), np.full(40, 3.5)),
        ("two_numbers", "num", draw.choice([0.0, 1.0], 100), draw.choice([0.0, 1.0], 80, p=[0.7, 0.3])),
        ("whole_numbers", "num", draw.integers(0, 40, 400), draw.integers(3, 45, 350)),
        ("twenty_distinct", "num", np.arange(200) % 20, np.arange(150) % 22),
        ("heavy_tail", "num", draw.lognormal(0, 2, 1100), draw.lognormal(0.2, 2, 700)),
        ("few_in_a_large_reference", "num", draw.choice(ties[:4], 1200), draw.choice(ties[:4], 300)),
        ("far_apart", "num", draw.normal(size=200), draw.normal(100, 1, 200)),
        ("booleans", "cat", draw.random(200) < 0.5, draw.random(200) < 0.4),
        ("zero_and_one", "cat", draw.integers(0, 2, 150), draw.integers(0, 2, 150)),
        ("one_category_each", "cat", np.array(["a"] * 40), np.array(["a"] * 40)),
        ("nothing_in_common", "cat", np.array(["a", "b"] * 30), np.array(["c", "d"] * 30)),
        ("category_gone", "cat", draw.choice(letters[:5], 250), draw.choice(letters[:4], 250)),
        ("rare_categories", "cat", draw.choice(letters, 900, p=zipf(26)), draw.choice(letters, 900, p=zipf(26))),
        ("large_reference", "cat", draw.choice(letters[:6], 1500), draw.choice(letters[:7], 1300)),
        ("missing_categories", "cat", np.array([None, "x", "y"] * 50), np.array(["x", "y", "y", None] * 40)),
        ("equal_sizes", "cat", draw.choice(letters[:3], 300), draw.choice(letters[:3], 300, p=[0.5, 0.3, 0.2])),
    ]


def zipf(size: int) -> np.ndarray:
    """Shares falling as one over the rank."""
    shares = 1 / np.arange(1, size + 1)
    return shares / shares.sum()


def measured(name: str, kind: str, reference: list, current: list) -> dict:
    """One case: inputs, Evidently's default choice and every applicable test's score, decision and threshold."""
    sides = [pd.Series(side) for side in (reference, current)]
    clean = [side.replace([-np.inf, np.inf], np.nan).dropna() for side in sides]
    column_type = ColumnType.Numerical if kind == "num" else ColumnType.Categorical
    default = get_stattest(*clean, column_type, None)
    applicable = [test for test, types in _registered_stat_tests.items() if column_type in types]
    scores = {test: score(test, clean, column_type) for test in applicable if test not in LEFT_OUT}
    if default.name not in scores:
        scores[default.name] = outcome(default, clean, column_type)
    return {"name": name, "kind": kind, "default": default.name, "all": scores} | {
        side: [plain(value) for value in series] for side, series in zip(("ref", "cur"), sides, strict=True)
    }


def score(test: str, clean: list[pd.Series], column_type: ColumnType) -> list | str | None:
    """Score, decision and threshold; the error's text where Evidently raises; None where it takes too long."""
    if sum(map(len, clean)) > SLOW.get(test, sys.maxsize):
        return None
    return outcome(get_registered_stattest(test, column_type), clean, column_type)


def outcome(test: object, clean: list[pd.Series], column_type: ColumnType) -> list | str:
    """What one of Evidently's tests says."""
    try:
        found = test(*[side.copy() for side in clean], column_type, None)
    except Exception as error:  # noqa: BLE001 - the error is the result
        return f"{type(error).__name__}: {error}"
    return [plain(found.drift_score), bool(found.drifted), found.actual_threshold]


def plain(value: object) -> object:
    """JSON's version of a value; floats that JSON lacks as text."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return value


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    drawn = columns(np.random.default_rng(20261121))
    rounded = [(n, k, *(np.round(s, 6) if k == "num" else s for s in sides)) for n, k, *sides in drawn]
    cases = [measured(*case) for case in rounded]
    Path(__file__).with_name("extra-cases.json").write_text(json.dumps(cases) + "\n")
