import numpy as np

from streams.core.reports.embeddings.ratio import RATIO
from tests.core.reports.embedding_cases import check


def test_it_is_evidentlys() -> None:
    check(RATIO)


def test_components_are_counted_that_have_drifted() -> None:
    reference = np.random.default_rng(1).normal(size=(200, 4))
    assert RATIO.score(reference, reference + np.array([0, 0, 0, 1])) == 0.25
