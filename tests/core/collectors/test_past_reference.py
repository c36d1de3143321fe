import pytest

from streams.core.collectors.past_reference import batches_back


@pytest.mark.parametrize(
    ("reference", "count"),
    [
        ("previous batch", 1),
        ("last 1 batch", 1),
        ("last 7 batches", 7),
        ("last 0 batches", None),
        ("last batches", None),
        ("previous batch.parquet", None),
        ("s3://bucket/last 7 batches", None),
    ],
)
def test_batches_of_the_past_are_told_from_paths(reference: str, count: int | None) -> None:
    assert batches_back(reference) == count
