"""How far the mean embedding has moved: four distances."""

from collections.abc import Callable

import numpy as np
import scipy

from streams.core.reports.embeddings.declaration import EmbeddingMethod
from streams.core.reports.whole_numbers import Floats


def _of_means(name: str) -> Callable[[Floats, Floats], float]:
    def score(reference: Floats, current: Floats) -> float:
        distance = getattr(scipy.spatial.distance, name)  # found when it is wanted: SciPy loads its parts on first use
        return float(distance(np.sort(reference, axis=0).mean(axis=0), np.sort(current, axis=0).mean(axis=0)))

    return score


EUCLIDEAN = EmbeddingMethod(
    name="euclidean",
    semantics="Euclidean distance of the mean embeddings; choose the threshold by their scale.",
    threshold=0.2,
    score=_of_means("euclidean"),
)
COSINE = EmbeddingMethod(
    name="cosine",
    semantics="Cosine distance of the mean embeddings: 0 where they point the same way, 2 the opposite.",
    threshold=0.2,
    score=_of_means("cosine"),
)
CITYBLOCK = EmbeddingMethod(
    name="cityblock",
    semantics="Sum of the distances of the mean embeddings' components.",
    threshold=0.2,
    score=_of_means("cityblock"),
)
CHEBYSHEV = EmbeddingMethod(
    name="chebyshev",
    semantics="Largest distance of a component of the mean embeddings.",
    threshold=0.2,
    score=_of_means("chebyshev"),
)
