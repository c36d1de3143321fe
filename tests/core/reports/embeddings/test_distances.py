import numpy as np
import pytest

from streams.core.reports.embeddings.declaration import EmbeddingMethod
from streams.core.reports.embeddings.distances import CHEBYSHEV, CITYBLOCK, COSINE, EUCLIDEAN
from tests.core.reports.embedding_cases import check


@pytest.mark.parametrize("method", [EUCLIDEAN, COSINE, CITYBLOCK, CHEBYSHEV], ids=lambda method: method.name)
def test_it_is_evidentlys(method: EmbeddingMethod) -> None:
    check(method)


def test_the_means_are_compared_not_the_rows() -> None:
    reference, current = np.array([[0.0, 0.0], [2.0, 4.0]]), np.array([[4.0, 6.0]])
    assert EUCLIDEAN.score(reference, current) == 5.0
    assert (CITYBLOCK.score(reference, current), CHEBYSHEV.score(reference, current)) == (7.0, 4.0)
