import pytest

from streams.core.reports.results import Entry, judge
from streams.core.reports.verdicts import VERDICTS, Verdict


def _dataset(*, drifted: bool, columns: int = 1, gone: int = 0) -> Entry:
    not_compared = {f"x{number}": "not in the batch" for number in range(gone)}
    return Entry(metric="dataset_drift", current={"drifted": drifted, "columns": columns, "not_compared": not_compared})


def _column(*, drifted: bool) -> Entry:
    return Entry(metric="value_drift", column="x", current={"drifted": drifted})


_FAILED = Entry(metric="value_drift", column="y", error="no value")


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        ([_dataset(drifted=True), _column(drifted=False)], Verdict.DRIFTED),
        ([_dataset(drifted=False), _column(drifted=True)], Verdict.NOT_DRIFTED),
        ([_column(drifted=True), _column(drifted=False)], Verdict.DRIFTED),
        ([_column(drifted=True), _column(drifted=False), _column(drifted=False)], Verdict.NOT_DRIFTED),
        ([Entry(metric="dataset_drift", error="nothing to compare")], Verdict.NOT_COMPARABLE),
        ([Entry(metric="dataset_drift", error="nothing"), _column(drifted=False)], Verdict.NOT_COMPARABLE),
        ([Entry(metric="row_count", current={"rows": 3})], Verdict.NOT_ASKED),
    ],
)
def test_the_datasets_drift_decides_and_else_the_share_of_columns(entries: list[Entry], verdict: Verdict) -> None:
    assert judge(entries, 0.5, 0.5, has_reference=True).verdict is verdict


@pytest.mark.parametrize(
    ("entries", "uncompared_share", "verdict"),
    [
        ([_dataset(drifted=False, columns=3, gone=2)], 0.5, Verdict.NOT_DRIFTED),
        ([_dataset(drifted=False, columns=3, gone=2)], 0.4, Verdict.NOT_COMPARABLE),
        ([_dataset(drifted=False, columns=1, gone=4)], 1, Verdict.NOT_DRIFTED),
        ([_dataset(drifted=False, columns=1, gone=1)], 0.5, Verdict.NOT_COMPARABLE),
        ([_dataset(drifted=True, columns=1, gone=4)], 0.5, Verdict.DRIFTED),
        ([_column(drifted=False), _FAILED], 0.5, Verdict.NOT_COMPARABLE),
        ([_column(drifted=False), _column(drifted=False), _FAILED], 0.5, Verdict.NOT_DRIFTED),
        ([_FAILED], 1, Verdict.NOT_COMPARABLE),
    ],
)
def test_no_drift_is_no_answer_where_too_much_could_not_be_compared(
    entries: list[Entry], uncompared_share: float, verdict: Verdict
) -> None:
    assert judge(entries, 0.5, uncompared_share, has_reference=True).verdict is verdict


def test_a_verdict_that_is_no_answer_says_which_columns_could_not_be_compared_and_why() -> None:
    told = judge([_dataset(drifted=False, gone=7)], 0.5, 0.5, has_reference=True)
    assert told.reason is not None
    assert told.reason.startswith("7 of 8 columns of the reference could not be compared: x0: not in the batch; x1: ")
    assert told.reason.endswith("; and 2 more")
    nothing = judge([Entry(metric="dataset_drift", error="no column fits")], 0.5, 0.5, has_reference=True)
    assert nothing.reason == "no column fits"


def test_without_a_reference_there_is_no_verdict_on_drift() -> None:
    entries = [Entry(metric="dataset_drift", error="none")]
    assert judge(entries, 0.5, 0.5, has_reference=False) == (Verdict.NO_REFERENCE, None)


def test_every_verdict_has_its_meaning() -> None:
    assert list(VERDICTS) == list(Verdict)
