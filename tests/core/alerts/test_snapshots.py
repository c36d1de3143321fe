import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.alerts.alert import Alert
from streams.core.alerts.snapshots import SEEN_AT_MOST, CollectorProgress, after
from streams.core.collectors.alerts import AlertRule
from streams.core.reports.config import ReportConfig
from streams.core.reports.report import compute_report, report_without_rows
from streams.core.reports.testing.outcome import Status
from streams.core.reports.verdicts import VERDICTS, Verdict
from streams.core.snapshots import Snapshot, claimed
from tests.core.alerts.alerting import HOUR_MS, rule, snapshot
from tests.core.reports.columns import dataset, normal

DRIFTED = Verdict.DRIFTED


def alerts_of(snapshots: list[Snapshot], *rules: AlertRule, restarts: bool = False) -> list[Alert]:
    progress, found = CollectorProgress(), list[Alert]()
    for number, each in enumerate(snapshots):
        progress, alerts = after(progress, rules, each, number * HOUR_MS)
        found += alerts
        if restarts:
            progress = msgspec.json.decode(msgspec.json.encode(progress), type=CollectorProgress)
    return found


def test_drift_alerts_with_the_columns_that_drifted() -> None:
    (alert,) = alerts_of([snapshot(0), snapshot(1, DRIFTED)], rule(name="mine"))
    assert (alert.rule, alert.reasons, alert.snapshot_id) == ("mine", ("drift",), snapshot(1).id)
    assert (alert.drifted_columns, alert.drifted_count, alert.verdict) == (("amount",), 1, "drifted")
    assert alert.text == "fraud: drift in 1 of 2 columns (amount)"
    assert (alert.start_ms, alert.end_ms, alert.at_ms) == (HOUR_MS, 2 * HOUR_MS, HOUR_MS)


@pytest.mark.parametrize("status", [Status.FAIL, Status.ERROR])
def test_a_test_that_does_not_pass_alerts_and_is_named(status: Status) -> None:
    (alert,) = alerts_of([snapshot(0, Verdict.NOT_DRIFTED, Status.PASS, status)], rule(on=["failed_tests"]))
    assert alert.failed_tests == ("row_count.rows: 100 is not gte 1000",)


def test_a_report_that_failed_alerts_with_its_reason() -> None:
    (alert,) = alerts_of([snapshot(0, Verdict.ERROR)], rule(on=["error"]))
    assert alert.text == "fraud: report failed: no reference"


def test_a_report_that_could_not_compare_alerts_with_its_reason_and_says_nothing_of_drift() -> None:
    reference = dataset(**{f"x{number}": normal(50, seed=number) for number in range(5)})
    report = compute_report(dataset(x0=normal(50)), reference, ReportConfig())
    unlike = msgspec.structs.replace(snapshot(0), report=report, verdict=report.verdict)
    (alert,) = alerts_of([unlike], rule(on=["error", "drift"]))
    assert alert.reasons == ("error",)
    assert alert.error is not None
    assert alert.error.startswith("4 of 5 columns of the reference could not be compared: x1: not in the batch; ")
    assert alert.text == f"fraud: could not be compared: {alert.error}"
    assert alerts_of([unlike], rule(on=["drift"])) == []


@pytest.mark.parametrize("on", ["drift", "failed_tests", "error"])
def test_a_claim_on_a_long_snapshot_gives_the_alert_that_the_whole_one_gives(on: str) -> None:
    read = [snapshot(0, Verdict.ERROR), snapshot(1, DRIFTED, Status.FAIL, Status.PASS), snapshot(2)]
    claims = [claimed(each, "s.json") for each in read]
    assert alerts_of(claims, rule(on=[on])) == alerts_of(read, rule(on=[on])) != []


def test_a_snapshot_that_says_nothing_of_drift_neither_counts_nor_begins_the_count_anew() -> None:
    silent = snapshot(1, Verdict.NO_REFERENCE)
    assert len(alerts_of([snapshot(0, DRIFTED), silent, snapshot(2, DRIFTED)], rule(after=2))) == 1
    assert alerts_of([snapshot(0, DRIFTED), snapshot(1), snapshot(2, DRIFTED)], rule(after=2)) == []


def test_one_of_several_reasons_is_enough_and_all_that_hold_are_told() -> None:
    both = snapshot(0, DRIFTED, Status.FAIL)
    (alert,) = alerts_of([both], rule(on=["error", "drift", "failed_tests"]))
    assert alert.reasons == ("drift", "failed_tests")


def test_two_rules_alert_for_themselves_under_different_ids() -> None:
    drifted = [snapshot(number, DRIFTED) for number in range(3)]
    found = alerts_of(drifted, rule(name="each"), rule(name="third", after=3))
    assert [alert.rule for alert in found] == ["each", "each", "each", "third"]
    assert len({alert.id for alert in found}) == 4


@settings(max_examples=20)
@given(st.lists(st.integers(0, SEEN_AT_MOST + 20), max_size=60), st.booleans())
def test_no_snapshot_alerts_twice_however_often_and_in_whichever_order_it_is_published(
    again: list[int], restarts: bool
) -> None:
    published = [*range(SEEN_AT_MOST + 21), *again]
    found = alerts_of([snapshot(number, DRIFTED) for number in published], rule(), restarts=restarts)
    assert [alert.snapshot_id for alert in found] == [snapshot(number).id for number in range(SEEN_AT_MOST + 21)]


def test_a_window_whose_model_quality_is_revised_counts_once_and_with_the_first_revision_that_is_bad() -> None:
    statuses = [Status.PASS, Status.FAIL, Status.PASS, Status.FAIL]
    revisions = [
        msgspec.structs.replace(snapshot(0, Verdict.NOT_ASKED, status), id=f"revision {number}", kind="quality")
        for number, status in enumerate(statuses)
    ]
    (alert,) = alerts_of(revisions, rule(on=["failed_tests"]), restarts=True)
    assert alert.snapshot_id == "revision 1"


def test_what_is_remembered_stays_small() -> None:
    progress = CollectorProgress()
    for number in range(3 * SEEN_AT_MOST):
        progress, _ = after(progress, [rule()], snapshot(number, DRIFTED), 0)
    assert len(progress.seen) == SEEN_AT_MOST
    assert progress.forgotten_ms == (2 * SEEN_AT_MOST - 1) * HOUR_MS


def test_the_same_log_gives_the_same_alerts_whenever_the_stage_restarts() -> None:
    log = [snapshot(number, DRIFTED if number % 5 else Verdict.NOT_DRIFTED) for number in range(40)]
    rules = rule(after=2, quiet="3h"), rule(name="other", quiet="90m")
    assert alerts_of(log, *rules, restarts=True) == alerts_of(log, *rules) != []


def test_a_window_without_rows_in_time_alerts_as_an_error_that_says_so() -> None:
    report = report_without_rows(ReportConfig(), None, 187)
    (alert,) = alerts_of(
        [msgspec.structs.replace(snapshot(0), report=report, verdict=report.verdict)], rule(on=["error"])
    )
    assert alert.reasons == ("error",)
    assert alert.text.startswith("fraud: no rows in time: all 187 rows of the window came late")


def test_undecided_tests_give_no_alert_and_end_no_streak() -> None:
    failed, undecided = (
        snapshot(0, Verdict.NOT_DRIFTED, Status.FAIL),
        snapshot(1, Verdict.NOT_DRIFTED, Status.UNDECIDED),
    )
    assert alerts_of([undecided], rule(on=["failed_tests"])) == []
    (alert,) = alerts_of(
        [failed, undecided, snapshot(2, Verdict.NOT_DRIFTED, Status.FAIL)], rule(on=["failed_tests"], after=2)
    )
    assert alert.streak == 2


def test_an_error_that_was_stored_without_a_reason_still_has_one() -> None:
    bare = msgspec.structs.replace(snapshot(0, Verdict.ERROR), error=None, report=None)
    (alert,) = alerts_of([bare], rule(on=["error"]))
    assert alert.error == VERDICTS[Verdict.ERROR].semantics
