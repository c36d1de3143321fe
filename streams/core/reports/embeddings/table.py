"""Every method of comparing embeddings by name. A new one is a file beside this one and a line here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from streams.core.reports.embeddings.declaration import EmbeddingMethod
from streams.core.reports.embeddings.distances import CHEBYSHEV, CITYBLOCK, COSINE, EUCLIDEAN
from streams.core.reports.embeddings.mmd import MMD
from streams.core.reports.embeddings.ratio import RATIO

_METHODS: Final = (EUCLIDEAN, COSINE, CITYBLOCK, CHEBYSHEV, RATIO, MMD)

EMBEDDING_METHODS: Final[Mapping[str, EmbeddingMethod]] = MappingProxyType({method.name: method for method in _METHODS})
"""Methods by their name."""
