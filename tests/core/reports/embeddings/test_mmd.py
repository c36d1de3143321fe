import math

import numpy as np
import pytest

from streams.core.reports.embeddings.mmd import MMD, MOST_ROWS
from tests.core.reports.embedding_cases import check


def test_it_is_evidentlys() -> None:
    check(MMD)


def test_the_same_points_are_not_apart_and_one_point_cannot_be_compared() -> None:
    points = np.ones((5, 3))
    assert MMD.score(points, points) == 0.0
    assert math.isnan(MMD.score(points, points[:1]))


def test_of_very_many_rows_some_are_drawn_the_same_each_time() -> None:
    draw = np.random.default_rng(1)
    reference, current = draw.normal(size=(MOST_ROWS + 500, 2)), draw.normal(1, 1, size=(300, 2))
    first = MMD.score(reference, current)
    assert first == MMD.score(reference, current)
    assert first == pytest.approx(MMD.score(reference[:MOST_ROWS], current), abs=0.02)
