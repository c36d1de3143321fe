"""Scores of Evidently 0.7.23's methods of embedding drift."""

import json
from typing import Any

import numpy as np
import pytest

from streams.core.reports.embeddings.declaration import EmbeddingMethod
from tests.core.reports.evidently_cases import DATA, TOLERANCE


def check(method: EmbeddingMethod) -> None:
    """The same score to 1e-9, and the same decision, in every case."""
    cases: list[dict[str, Any]] = json.loads((DATA / "embedding-cases.json").read_text())
    assert cases
    for case in cases:
        score, drifted = case["scores"][method.name]
        ours = method.score(np.array(case["reference"]), np.array(case["current"]))
        assert ours == pytest.approx(score, abs=TOLERANCE, rel=TOLERANCE), case["name"]
        assert (ours > method.threshold) == drifted
