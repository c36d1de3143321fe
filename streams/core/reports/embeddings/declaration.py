"""What a method of comparing embeddings says about itself."""

from collections.abc import Callable
from dataclasses import dataclass

from streams.core.reports.whole_numbers import Floats


@dataclass(frozen=True, slots=True)
class EmbeddingMethod:
    """A method: its score of reference and batch (rows x dimensions each), and above which threshold it is drift."""

    name: str
    semantics: str
    threshold: float
    score: Callable[[Floats, Floats], float]
