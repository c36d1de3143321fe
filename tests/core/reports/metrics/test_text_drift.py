import sys
from typing import Any

import numpy as np
import pytest

from streams.core.reports.metrics.text_drift import _best_of_guesses
from streams.core.reports.quality.ranking import area
from tests.core.reports.scopes import entry_of

WORDS = np.array(["apple", "river", "stone", "cloud", "engine", "paper", "window", "garden", "metal", "music"])
TEXT = {"kinds": {"note": "text"}}


def _texts(seed: int, rows: int, first: float = 1.0) -> dict[str, Any]:
    """Six words each; the first three words ``first`` times as common as the others."""
    shares = np.array([first] * 3 + [1.0] * 7)
    drawn = np.random.default_rng(seed).choice(WORDS, (rows, 6), p=shares / shares.sum())
    return {"note": [" ".join(row) for row in drawn]}


def test_texts_of_other_words_have_drifted() -> None:
    entry = entry_of("text_drift", _texts(1, 150, first=8), _texts(2, 200), columns=TEXT)
    assert entry.current is not None, entry.error
    assert entry.current["drifted"]
    assert entry.current["score"] > 0.7 > entry.current["threshold"] > 0.5


def test_texts_of_the_same_words_have_not() -> None:
    entry = entry_of("text_drift", _texts(1, 150), _texts(2, 200), columns=TEXT)
    assert entry.current is not None, entry.error
    assert not entry.current["drifted"]


def test_above_a_thousand_reference_rows_the_threshold_is_fixed() -> None:
    entry = entry_of("text_drift", _texts(1, 150), _texts(2, 1001), columns=TEXT)
    assert entry.current is not None, entry.error
    assert entry.current["threshold"] == 0.55


def test_the_threshold_can_be_chosen_and_the_score_is_the_same_each_time() -> None:
    metric = {"name": "text_drift", "parameters": {"threshold": 0.99}}
    both = [entry_of(metric, _texts(1, 150, first=8), _texts(2, 200), columns=TEXT) for _ in range(2)]
    assert both[0] == both[1]
    assert both[0].current is not None
    assert not both[0].current["drifted"]


def test_the_threshold_is_what_one_of_twenty_guesses_exceeds() -> None:
    truth = np.repeat([0, 1], [60, 40])
    draws = np.random.default_rng(7)
    guessed = [area(truth == 1, draws.random(100)) for _ in range(400)]
    assert _best_of_guesses(truth) == pytest.approx(float(np.percentile(guessed, 95)), abs=0.03)


def test_without_the_extra_the_reason_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    entry = entry_of("text_drift", _texts(1, 20), _texts(2, 20), columns=TEXT)
    assert entry.error == "text_drift needs scikit-learn: install the extra, streams[text]"


def test_texts_without_words_are_refused() -> None:
    entry = entry_of("text_drift", {"note": ["1", "2"]}, {"note": ["3", "4"]}, columns=TEXT)
    assert entry.error is not None
    assert "empty vocabulary" in entry.error
