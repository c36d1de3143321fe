from hypothesis import given
from hypothesis import strategies as st

from streams.core.alerts.rules import RuleProgress, well, worse
from tests.core.alerts.alerting import rule

Step = tuple[bool, int]


def alerted_at(steps: list[Step], after: int, quiet_ms: int) -> list[int]:
    """Which steps give an alert; a step says whether it is bad, and how long after the one before it comes."""
    wanted, progress, now_ms, found = rule(after=after, quiet=quiet_ms / 1000), RuleProgress(), 0, []
    for number, (bad, later_ms) in enumerate(steps):
        now_ms += later_ms
        progress, alerts = worse(progress, wanted, progress.streak + 1, now_ms) if bad else (well(progress), False)
        found += [number] if alerts else []
    return found


steps_strategy = st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=40)


@given(steps_strategy, st.integers(1, 4), st.integers(0, 100))
def test_an_alert_needs_so_many_bad_ones_in_a_row_and_quiet_time_since_the_last(
    steps: list[Step], after: int, quiet_ms: int
) -> None:
    times = [sum(later for _, later in steps[: number + 1]) for number in range(len(steps))]
    expected: list[int] = []
    for number in range(len(steps)):
        row = steps[max(0, number - after + 1) : number + 1]
        loud = not expected or times[number] - times[expected[-1]] >= quiet_ms
        if len(row) == after and all(bad for bad, _ in row) and loud:
            expected.append(number)
    assert alerted_at(steps, after, quiet_ms) == expected


def test_the_third_in_a_row_alerts_and_one_that_is_well_begins_the_count_anew() -> None:
    steps = [(True, 1), (True, 1), (False, 1), (True, 1), (True, 1), (True, 1)]
    assert alerted_at(steps, after=3, quiet_ms=0) == [5]
