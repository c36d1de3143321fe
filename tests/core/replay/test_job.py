"""What a replay has to read, and which windows it is asked for."""

import msgspec
import pytest

from streams.core.replay.job import FrozenRange, ReplayJob, named, needed_since_ms
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.plan import Trigger, WindowPlan

MINUTE = 60_000
TEN = Trigger("interval", interval_ms=10 * MINUTE)
JOB = ReplayJob(
    run="",
    topic="predictions",
    collector_id="c",
    config_hash="h",
    report_hash="r",
    from_ms=100 * MINUTE,
    to_ms=120 * MINUTE,
    created_ms=1_000_000,
    offsets=(FrozenRange(0, 5, 15), FrozenRange(1, 2, 4)),
    collectors="collectors.yaml",
)


def window(start: int, end: int, plan: WindowPlan | None = None) -> ClosedWindow:
    return ClosedWindow(plan or WindowPlan("c", "h", TEN), "predictions", start * MINUTE, end * MINUTE, 0, (), {})


def test_the_window_before_lateness_and_some_disorder_are_read_too() -> None:
    plan = WindowPlan("c", "h", TEN, allowed_lateness_ms=3 * MINUTE)
    assert needed_since_ms(plan, 100 * MINUTE) == (90 - 3 - 10) * MINUTE
    assert needed_since_ms(plan, 105 * MINUTE) == (100 - 3 - 10) * MINUTE


@pytest.mark.parametrize(
    "trigger", [Trigger("rows", rows=5), Trigger("rows_or_interval", rows=5, interval_ms=10 * MINUTE)]
)
def test_where_rows_close_windows_everything_before_is_read(trigger: Trigger) -> None:
    assert needed_since_ms(WindowPlan("c", "h", trigger), 100 * MINUTE) is None


def test_windows_that_lie_within_are_wanted() -> None:
    assert JOB.wants(window(100, 110))
    assert JOB.wants(window(110, 120))
    assert not JOB.wants(window(90, 110))
    assert not JOB.wants(window(110, 121))
    assert not JOB.wants(window(100, 110, WindowPlan("c", "other", TEN)))
    assert not JOB.wants(window(100, 110, WindowPlan("d", "h", TEN)))


def test_a_run_is_named_by_when_it_began_and_what_it_asks() -> None:
    assert named(JOB).run.startswith("19700101T001640Z-")
    assert named(JOB) == named(named(JOB))
    assert named(msgspec.structs.replace(JOB, to_ms=130 * MINUTE)).run != named(JOB).run
    assert named(JOB).folder == f"replays/{named(JOB).run}"
    assert JOB.records == 12
