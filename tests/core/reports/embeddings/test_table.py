from streams.core.reports.embeddings.table import EMBEDDING_METHODS


def test_every_method_says_what_its_score_means() -> None:
    assert list(EMBEDDING_METHODS) == ["euclidean", "cosine", "cityblock", "chebyshev", "ratio", "mmd"]
    assert all(method.semantics.endswith(".") for method in EMBEDDING_METHODS.values())
