import pytest

from streams.core.reports.results import Entry, Verdict, verdict_of


def _dataset(*, drifted: bool) -> Entry:
    return Entry(metric="dataset_drift", current={"drifted": drifted})


def _column(*, drifted: bool) -> Entry:
    return Entry(metric="value_drift", column="x", current={"drifted": drifted})


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        ([_dataset(drifted=True), _column(drifted=False)], Verdict.DRIFTED),
        ([_dataset(drifted=False), _column(drifted=True)], Verdict.NOT_DRIFTED),
        ([_column(drifted=True), _column(drifted=False)], Verdict.DRIFTED),
        ([_column(drifted=True), _column(drifted=False), _column(drifted=False)], Verdict.NOT_DRIFTED),
        ([Entry(metric="dataset_drift", error="nothing to compare")], Verdict.ERROR),
        ([Entry(metric="dataset_drift", error="nothing"), _column(drifted=False)], Verdict.ERROR),
        ([Entry(metric="row_count", current={"rows": 3})], Verdict.NOT_ASKED),
    ],
)
def test_the_datasets_drift_decides_and_else_the_share_of_columns(entries: list[Entry], verdict: Verdict) -> None:
    assert verdict_of(entries, 0.5, has_reference=True) is verdict


def test_without_a_reference_there_is_no_verdict_on_drift() -> None:
    assert verdict_of([Entry(metric="dataset_drift", error="none")], 0.5, has_reference=False) is Verdict.NO_REFERENCE
