"""Whether texts have drifted from the reference: can a classifier tell which side they are from?"""

import warnings
from typing import Annotated, Any, Final

import numpy as np
from pydantic import Field

from streams.core.reports.column import Column
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.kinds import Kind
from streams.core.reports.metrics.declaration import ColumnMetric, Measured, Parameters
from streams.core.reports.quality.ranking import area
from streams.core.reports.scope import ReportScope
from streams.core.reports.whole_numbers import Floats

LARGE_REFERENCE: Final = 1000
"""Reference rows above which a fixed threshold decides; up to it, what guessing reaches in one of twenty cases."""

_FIXED_THRESHOLD: Final = 0.55
_GUESSES: Final = 1000
_SEED: Final = 42


class TextDriftParameters(Parameters):
    """``threshold``: area under the ROC curve above which it is drift; left out, Evidently's rule decides."""

    threshold: Annotated[float, Field(ge=0, le=1)] | None = None


def text_drift(_: ReportScope, column: ReportColumn, parameters: TextDriftParameters) -> Measured:
    """Score, threshold and decision, as Evidently's text content drift has them.

    A linear classifier of word weights learns from a random half of all texts (fixed seed, in the order of rows) to
    tell the batch's from the reference's; the score is its area under the ROC curve on the other half. Raises
    ValueError where the extra is not installed, or the texts have no words to learn from.
    """
    pair = column.pair
    truth, likely = _classified(_texts(pair.reference), _texts(pair.current))
    score = area(truth == 1, likely)
    threshold = parameters.threshold
    if threshold is None:
        threshold = _FIXED_THRESHOLD if pair.reference.usable > LARGE_REFERENCE else _best_of_guesses(truth)
    found = {"method": "domain_classifier", "score": score, "threshold": threshold, "drifted": score > threshold}
    return Measured(found | {"drifted_when": ">"})


def _texts(column: Column) -> list[str]:
    texts: list[str] = column.strings.drop_null().to_pylist()
    return texts


def _classified(reference: list[str], current: list[str]) -> tuple[np.ndarray, Floats]:
    """The truth (1: from the batch) of the half that was not learned from, and how likely the classifier finds it."""
    sklearn = _sklearn()
    sides = np.repeat([0, 1], [len(reference), len(current)])
    learn_texts, texts, learn, truth = sklearn.model_selection.train_test_split(
        [*reference, *current], sides, test_size=0.5, random_state=_SEED, shuffle=True
    )
    words = sklearn.feature_extraction.text.TfidfVectorizer(sublinear_tf=True, max_df=0.5, stop_words="english")
    classifier = sklearn.linear_model.SGDClassifier(
        alpha=0.0001, max_iter=50, penalty="l1", loss="modified_huber", random_state=_SEED
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it could learn for longer is meant
        classifier.fit(words.fit_transform(learn_texts), learn)
    return truth, classifier.predict_proba(words.transform(texts))[:, 1]


def _sklearn() -> Any:
    try:
        import sklearn.feature_extraction.text  # noqa: PLC0415 - an optional extra
        import sklearn.linear_model  # noqa: PLC0415
        import sklearn.model_selection  # noqa: PLC0415
    except ImportError:
        raise ValueError("text_drift needs scikit-learn: install the extra, streams[text]") from None
    return sklearn


def _best_of_guesses(truth: np.ndarray) -> float:
    """The area that one of twenty random orders exceeds (fixed seeds)."""
    ours = truth == 1
    rows, batch = len(truth), int(np.count_nonzero(ours))
    seeds = np.random.RandomState(_SEED).randint(0, _GUESSES * 10, size=_GUESSES)
    orders = (np.argsort(np.random.RandomState(seed).rand(rows)) for seed in seeds)
    # Places count from 0 upward; random numbers have no ties.
    places = np.array([int(np.flatnonzero(ours[order]).sum()) for order in orders])
    return float(np.percentile((places - batch * (batch - 1) / 2) / (batch * (rows - batch)), 95))


TEXT_DRIFT = ColumnMetric(
    name="text_drift",
    semantics=(
        "How well a classifier tells the batch's texts from the reference's: the area under its ROC curve, 0.5 where "
        "it cannot. Needs the extra `text` (scikit-learn)."
    ),
    parameters=TextDriftParameters,
    kinds=frozenset({Kind.TEXT}),
    compute=text_drift,
    main="score",
    needs_reference=True,
)
