"""Writes preset-cases.json: values and default tests of Evidently's presets on awkward tables.

Run in an environment of its own, because Evidently needs pandas below 3:
    python -m venv /tmp/evidently && /tmp/evidently/bin/pip install evidently==0.7.23 "pandas<3"
    /tmp/evidently/bin/python tests/data/evidently/generate_presets.py
"""

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from evidently import BinaryClassification, DataDefinition, Dataset, MulticlassClassification, Regression, Report
from evidently.presets import ClassificationPreset, DataDriftPreset, DataSummaryPreset, RegressionPreset

Draw = np.random.Generator


def binary(draw: Draw, rows: int, skill: float, names: tuple = (0, 1)) -> pd.DataFrame:
    """Targets of two labels, probabilities of the second, answers from 0.5 on."""
    target = draw.integers(0, 2, rows)
    likely = np.clip(np.round(0.5 + (target - 0.5) * skill + draw.normal(0, 0.25, rows), 4), 0.001, 0.999)
    labels = np.array(names, dtype=object if isinstance(names[0], str) else None)
    return pd.DataFrame({"target": labels[target], "probability": likely, "prediction": labels[(likely >= 0.5) * 1]})


def several(draw: Draw, rows: int, names: list[str], *, probabilities: bool) -> pd.DataFrame:
    """Targets of several labels, and answers: the likeliest where there are probabilities."""
    target = draw.integers(0, len(names), rows)
    scores = draw.dirichlet(np.ones(len(names)), rows) + 0.7 * np.eye(len(names))[target]
    scores = np.round(scores / scores.sum(axis=1, keepdims=True), 6)
    frame = pd.DataFrame({"target": np.array(names)[target], "prediction": np.array(names)[scores.argmax(axis=1)]})
    return frame.assign(**dict(zip(names, scores.T, strict=True))) if probabilities else frame


def numbers(draw: Draw, rows: int, noise: float) -> pd.DataFrame:
    """Positive targets, and answers with noise."""
    target = np.round(draw.lognormal(1, 0.6, rows), 4)
    return pd.DataFrame({"target": target, "prediction": np.round(target + draw.normal(0.1, noise, rows), 4)})


def untidy(draw: Draw, rows: int) -> pd.DataFrame:
    """Every kind of column, with duplicates, constants, holes and empty rows."""
    amount = np.round(draw.lognormal(0, 1, rows), 3)
    frame = pd.DataFrame(
        {
            "amount": np.where(draw.random(rows) < 0.1, np.nan, amount),
            "twin": amount,
            "copy": amount,
            "age": draw.integers(18, 90, rows),
            "fixed": np.full(rows, 3.5),
            "nearly": np.where(np.arange(rows) < rows * 0.97, 1.5, 2.5),
            "nothing": np.full(rows, np.nan),
            "country": draw.choice(["de", "fr", "us", None], rows),
        }
    )
    frame.iloc[rows // 2 : rows // 2 + 4] = np.nan
    repeated = frame.iloc[:7]
    return pd.concat([frame, repeated], ignore_index=True)


def holes(frame: pd.DataFrame, draw: Draw) -> pd.DataFrame:
    """The same with missing targets and answers."""
    return frame.mask(draw.random(frame.shape) < 0.05)


def cases(draw: Draw) -> list[tuple[str, Callable, dict, pd.DataFrame, pd.DataFrame]]:
    """(name, preset, data definition, reference, current) of each case."""
    words = ("ham", "spam")
    plain = {"target": "target", "prediction_labels": "prediction"}
    two = BinaryClassification(**plain, prediction_probas="probability")
    three = ["cat", "dog", "owl"]
    by_words = BinaryClassification(**plain, prediction_probas="probability", pos_label="spam")
    labels = MulticlassClassification(**plain)
    probable = MulticlassClassification(target="target", prediction_probas=three)
    zeros = numbers(draw, 300, 0.3)
    zeros.loc[[3, 50, 51], "target"] = 0.0
    spam, thrice = ({"classification": [task]} for task in (by_words, probable))
    drifting = ["twin", "age", "country"]

    def labelled(rows: int, *, probabilities: bool) -> pd.DataFrame:
        return several(draw, rows, three, probabilities=probabilities)

    quality, errors = ClassificationPreset, RegressionPreset
    fitted = {"regression": [Regression(target="target", prediction="prediction")]}
    return [
        ("binary", quality, {"classification": [two]}, binary(draw, 400, 0.5), binary(draw, 300, 0.4)),
        ("words", quality, spam, binary(draw, 300, 0.5, words), binary(draw, 200, 0.2, words)),
        ("labels", quality, {"classification": [labels]}, *(labelled(n, probabilities=False) for n in (300, 250))),
        ("several", quality, thrice, *(labelled(n, probabilities=True) for n in (300, 250))),
        ("regression", errors, fitted, numbers(draw, 300, 0.3), numbers(draw, 250, 0.5)),
        ("zeros", errors, fitted, numbers(draw, 300, 0.3), zeros),
        ("holes", errors, fitted, numbers(draw, 300, 0.3), holes(numbers(draw, 250, 0.3), draw)),
        ("untidy", DataSummaryPreset, {}, untidy(draw, 200), untidy(draw, 150)),
        ("drift", DataDriftPreset, {}, untidy(draw, 300)[drifting], untidy(draw, 200)[drifting]),
    ]


def outcome(preset: Callable, definition: dict, reference: pd.DataFrame | None, current: pd.DataFrame) -> dict:
    """Values and tests of one report; the error's text where Evidently raises."""
    given = [None if side is None else side.copy() for side in (current, reference)]
    sides = [None if side is None else Dataset.from_pandas(side, DataDefinition(**definition)) for side in given]
    try:
        found = json.loads(Report([preset()], include_tests=True).run(*sides).json())
    except Exception as error:  # noqa: BLE001 - the error is the result
        return {"error": f"{type(error).__name__}: {error}"}
    metrics = {re.sub(r",?\w+_name=default", "", one["metric_name"]): one["value"] for one in found["metrics"]}
    tests = [{key: one[key] for key in ("name", "description", "status")} for one in found["tests"]]
    return {"metrics": metrics, "tests": tests}


def columns(frame: pd.DataFrame) -> dict:
    """A table as lists by column."""
    listed = frame.astype(object).where(frame.notna(), None).to_dict("list")
    return {name: [plain(one) for one in values] for name, values in listed.items()}


def plain(value: object) -> object:
    """JSON's version of a value."""
    return value.item() if isinstance(value, np.generic) else value


def main() -> None:
    """Write all cases, each with its reference and without."""
    written = []
    for name, preset, definition, reference, current in cases(np.random.default_rng(20261121)):
        case = {"name": name, "preset": preset.__name__, "reference": columns(reference), "current": columns(current)}
        case["compared"] = outcome(preset, definition, reference, current)
        case["alone"] = outcome(preset, definition, None, current)
        written.append(case)
    Path(__file__).with_name("preset-cases.json").write_text(json.dumps(written) + "\n")


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    main()
