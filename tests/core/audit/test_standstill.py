"""An audit finds what stands still although all that was read is accounted for."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from streams.core.audit.findings import AuditReport, Backlog
from streams.core.audit.standstill import Present
from streams.core.windows.account import Account, decode_account, encode_account
from streams.core.windows.state import CollectedRecord
from tests.core.audit.clean_run import CleanRun, clean_run

SECOND = 1_000
SOON = Present(now_ms=60 * SECOND, idle_after_ms=30 * SECOND, record_ahead_ms=3_600 * SECOND)
MUCH_LATER = replace(SOON, now_ms=10_000 * SECOND)


@pytest.fixture(scope="module")
def run() -> CleanRun:
    """Events of forty-five seconds: those of the last window wait for its end at the fiftieth."""
    return clean_run()


def said(report: AuditReport) -> list[str]:
    return [f"{each.check}: {each.where}: {each.problem}" for each in report.findings]


def backlog(stage: str, *, moves: bool) -> Backlog:
    topic = {"collect": "predictions", "window": "collected", "report": "batches"}[stage]
    return Backlog(stage=stage, topic=topic, partition=1, committed=45, end=46, moves=moves, watched_s=10)


def with_last_account(run: CleanRun, **changes: object) -> CleanRun:
    logs = {}
    for partition, records in run.logs.items():
        last = records[-1]
        value = _changed(decode_account(last.value), changes)
        logs[partition] = [*records[:-1], CollectedRecord(last.offset, "account", encode_account(value))]
    return replace(run, logs=logs)


def _changed(account: Account, changes: dict[str, object]) -> Account:
    ranges = (msgspec.structs.replace(account.ranges[0], **changes), *account.ranges[1:])
    return msgspec.structs.replace(account, ranges=ranges)


def test_rows_that_wait_for_a_window_that_ends_soon_are_in_order(run: CleanRun) -> None:
    report = run.audited(present=SOON)
    assert said(report) == []
    assert next(each.waiting for each in report.collectors if each.collector == "every-ten") > 0


def test_windows_that_should_have_closed_long_ago_are_named_with_what_holds_them(run: CleanRun) -> None:
    found = said(run.audited(present=MUCH_LATER))
    assert len(found) == 2  # the third collector closes windows by rows alone
    assert found[0].startswith("windows: collector every-ten ")
    assert "7 rows wait in windows from 1970-01-01T00:00:40.000Z to 1970-01-01T00:00:50.000Z, long ago" in found[0]
    assert "the watermark is 1970-01-01T00:00:44.000Z, held by predictions-0" in found[0]


def test_windows_are_not_overdue_while_a_backlog_is_read(run: CleanRun) -> None:
    assert said(run.audited(present=replace(MUCH_LATER, backlogs=[backlog("collect", moves=True)]))) == []
    stuck = said(run.audited(present=replace(MUCH_LATER, backlogs=[backlog("collect", moves=False)])))
    assert [each.partition(":")[0] for each in stuck] == ["backlog", "windows", "windows"]


def test_windows_of_a_time_that_has_not_come_are_named(run: CleanRun) -> None:
    early = replace(SOON, now_ms=-10_000 * SECOND)
    found = [each for each in said(run.audited(present=early)) if each.startswith("windows")]
    assert len(found) == 2
    assert "which has not come: they wait until then" in found[0]


@pytest.mark.parametrize("stage", ["collect", "window", "report"])
def test_what_a_stage_does_not_go_on_to_read_is_a_finding_and_what_it_reads_is_not(run: CleanRun, stage: str) -> None:
    reading = run.audited(present=replace(SOON, backlogs=[backlog(stage, moves=True)]))
    assert (said(reading), len(reading.backlogs)) == ([], 1)
    (found,) = said(run.audited(present=replace(SOON, backlogs=[backlog(stage, moves=False)])))
    assert f"the {stage} stage has read up to offset 45 of 46 and committed nothing for 10 s" in found


def test_a_collector_that_no_account_names_is_silent(run: CleanRun) -> None:
    (found,) = said(run.audited(present=replace(SOON, collectors=["every-ten", "nobody-serves-me"])))
    assert found.startswith("silent collectors: collector nobody-serves-me: no account names it")


def test_without_any_account_every_collector_is_silent() -> None:
    found = said(CleanRun({}).audited(present=replace(SOON, collectors=["a", "b"])))
    assert len(found) == 2


def test_a_partition_that_no_account_speaks_of_is_named(run: CleanRun) -> None:
    logs = {
        p: [
            CollectedRecord(
                each.offset,
                each.kind,
                encode_account(msgspec.structs.replace(decode_account(each.value), source_partitions=3))
                if each.kind == "account"
                else each.value,
            )
            for each in records
        ]
        for p, records in run.logs.items()
    }
    (found,) = said(replace(run, logs=logs).audited(present=SOON))
    assert found == (
        "partitions: predictions-2: no account speaks of it, and windows wait for it: does a worker read it?"
    )


def test_a_partition_that_only_old_accounts_speak_of_stands_still(run: CleanRun) -> None:
    logs = {
        p: [*records, CollectedRecord(9_999, "account", encode_account(_of_partition_1(records[-1])))]
        for p, records in run.logs.items()
    }
    clocks = with_clocks(replace(run, logs=logs), [1_000 * SECOND, 2_000 * SECOND])
    (found,) = said(clocks.audited(present=SOON))
    assert found.startswith(
        "partitions: predictions-0: stands still: no account speaks of it since 1970-01-01T00:16:40"
    )


def _of_partition_1(record: CollectedRecord) -> Account:
    account = decode_account(record.value)
    last = account.ranges[1]
    again = msgspec.structs.replace(last, first=last.next, events=0, collected=0, dead=0)
    return msgspec.structs.replace(account, ranges=(again,), dropped={})


def with_clocks(run: CleanRun, last: list[int]) -> CleanRun:
    """The last two accounts of each log, told by these clocks."""
    logs = {}
    for partition, records in run.logs.items():
        told = [
            CollectedRecord(
                each.offset,
                "account",
                encode_account(msgspec.structs.replace(decode_account(each.value), clock_ms=clock)),
            )
            for each, clock in zip(records[-2:], last, strict=True)
        ]
        logs[partition] = [*records[:-2], *told]
    return replace(run, logs=logs)


def test_a_partition_whose_time_has_not_come_is_named(run: CleanRun) -> None:
    (found,) = said(with_last_account(run, max_event_time_ms=4_070_908_800_000).audited(present=SOON))
    assert found.startswith("partitions: predictions-0: its time is 2099-01-01T00:00:00.000Z, which has not come")


def test_kept_is_batched_and_dropped_at_close_and_waiting_whatever_closes_meanwhile(run: CleanRun) -> None:
    before = dict.fromkeys(run.progress)  # as if windows had closed after progress was read
    for each in replace(run, progress=before).audited().collectors:
        assert each.kept == each.batched + each.dropped_at_close + each.waiting
        assert each.batched > 0
