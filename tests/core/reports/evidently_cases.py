"""Scores of Evidently 0.7.23: what our drift tests and rules are held against."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import DriftTest
from streams.core.reports.kinds import Kind
from tests.core.reports.columns import SPELLED, pair

DATA = Path(__file__).parents[2] / "data" / "evidently"
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Case:
    """One column on both sides, and what Evidently says: its default test, and each test's score."""

    name: str
    kind: Kind
    default: str
    reference: tuple[Any, ...]
    current: tuple[Any, ...]
    scores: dict[str, Any]

    def pair(self) -> ColumnPair:
        return pair(self.reference, self.current, self.kind)

    def check(self, test: DriftTest) -> None:
        """The same score to 1e-9, the same decision, the same threshold; but for columns of one value.

        For these Evidently gives NaN by some tests, and drift by Cramer-von Mises.
        """
        score, drifted, threshold = self.scores[test.evidently_name]
        if self.pair().is_constant:
            score, drifted = (1.0 if test.small_score_means_drift else 0.0), False
        ours = test.measure(self.pair())
        assert ours == pytest.approx(SPELLED.get(score, score), abs=TOLERANCE, rel=TOLERANCE, nan_ok=True)
        assert test.drifted(ours, test.threshold) == drifted
        assert test.threshold == threshold
        if not math.isnan(ours):
            assert isinstance(ours, float)


def cases_of(evidently_name: str) -> list[Any]:
    """Every case that Evidently has a score for by this test, as pytest's parameters."""
    found = [case for case in all_cases() if isinstance(case.scores.get(evidently_name), list)]
    assert found, f"no reference values for {evidently_name}"
    return [pytest.param(case, id=case.name) for case in found]


def all_cases() -> Iterator[Case]:
    """The cases of both files, those without rows left out."""
    for file in ("drift-values.json", "extra-cases.json"):
        for raw in json.loads((DATA / file).read_text()):
            if "ref" in raw:
                yield _case(raw)


def _case(raw: dict[str, Any]) -> Case:
    default = raw["default"]
    scores = dict(raw["all"])
    if isinstance(default, dict):
        scores[default["name"]] = [default["score"], default["drifted"], default["threshold"]]
    return Case(
        name=raw.get("name") or f"{raw['kind']}-{raw['n_ref']}-{raw['n_cur']}",
        kind=Kind.NUMERIC if raw["kind"].startswith("num") else Kind.CATEGORICAL,
        default=default if isinstance(default, str) else default["name"],
        reference=_values(raw["ref"]),
        current=_values(raw["cur"]),
        scores=scores,
    )


def _values(raw: list[Any]) -> tuple[Any, ...]:
    return tuple(SPELLED.get(value, value) if isinstance(value, str) else value for value in raw)
