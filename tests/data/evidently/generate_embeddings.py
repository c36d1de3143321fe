"""Writes embedding-cases.json: scores of Evidently's methods of embedding drift.

Run in an environment of its own, because Evidently needs pandas below 3:
    python -m venv /tmp/evidently && /tmp/evidently/bin/pip install evidently==0.7.23 "pandas<3"
    /tmp/evidently/bin/python tests/data/evidently/generate_embeddings.py
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from evidently.legacy.metrics.data_drift.embedding_drift_methods import distance, mmd, ratio

DISTANCES = ("euclidean", "cosine", "cityblock", "chebyshev")


def cloud(draw: np.random.Generator, rows: int, shift: float, spread: float) -> pd.DataFrame:
    """Points of six dimensions, of which the first three are shifted."""
    points = draw.normal(0.5, spread, (rows, 6)) + np.array([shift] * 3 + [0] * 3)
    return pd.DataFrame(np.round(points, 4))


def scores(reference: pd.DataFrame, current: pd.DataFrame) -> dict:
    """Score and decision of each method."""
    methods = {name: distance(dist=name) for name in DISTANCES} | {"ratio": ratio(), "mmd": mmd()}
    found = {
        name: method(current_emb=current.copy(), reference_emb=reference.copy()) for name, method in methods.items()
    }
    return {name: [float(score), bool(drifted)] for name, (score, drifted, _) in found.items()}


def main() -> None:
    """Write all cases."""
    draw = np.random.default_rng(20261121)
    written = []
    for name, shift, spread in (("alike", 0.0, 1.0), ("moved", 0.4, 1.0), ("wider", 0.0, 1.6), ("far", 3.0, 0.5)):
        sides = cloud(draw, 120, 0.0, 1.0), cloud(draw, 90, shift, spread)
        listed = {key: side.to_numpy().tolist() for key, side in zip(("reference", "current"), sides, strict=True)}
        written.append({"name": name, "scores": scores(*sides), **listed})
    Path(__file__).with_name("embedding-cases.json").write_text(json.dumps(written) + "\n")


if __name__ == "__main__":
    main()
