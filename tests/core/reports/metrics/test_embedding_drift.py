from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from streams.core.reports.config import ReportConfig
from tests.core.reports.scopes import entry_of


def _cloud(shift: float, seed: int) -> dict[str, Any]:
    return {"embedding": (np.random.default_rng(seed).normal(size=(200, 4)) + shift).tolist()}


@pytest.mark.parametrize(("shift", "drifted"), [(0.0, False), (2.0, True)])
def test_embeddings_that_moved_have_drifted(shift: float, drifted: bool) -> None:
    entry = entry_of("embedding_drift", _cloud(shift, 1), _cloud(0, 2))
    assert entry.current is not None, entry.error
    score = entry.current.pop("score")
    assert (score > 0.015) == drifted
    shown = {"method": "mmd", "threshold": 0.015, "drifted": drifted, "drifted_when": ">"}
    shown |= {"rows": 200, "left_out": 0, "dimensions": 4}
    assert entry.current == shown


def test_method_and_threshold_can_be_chosen() -> None:
    metric = {"name": "embedding_drift", "parameters": {"method": "euclidean", "threshold": 9}}
    entry = entry_of(metric, _cloud(2, 1), _cloud(0, 2))
    assert entry.current is not None
    assert (entry.current["method"], entry.current["drifted"]) == ("euclidean", False)


def test_other_dimensions_than_the_references_are_an_error() -> None:
    entry = entry_of("embedding_drift", {"embedding": [[1.0]]}, _cloud(0, 2))
    assert entry.error == "embeddings have 1 dimensions in the batch and 4 in the reference"


def test_an_unknown_method_names_the_known_ones() -> None:
    metric = {"name": "embedding_drift", "parameters": {"method": "manhattan"}}
    with pytest.raises(ValidationError, match="unknown method 'manhattan': choose one of euclidean, cosine"):
        ReportConfig.model_validate({"metrics": [metric]})
