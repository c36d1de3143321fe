"""Idleness by a clock of the test's own."""

from streams.kafka.idleness import IdlenessState

BEGIN_S = 1_800_000_000


class ClocksState:
    """A steady clock, and how far the time of day is off."""

    def __init__(self) -> None:
        self.steady_s = 50.0
        self.off_s = 0.0
        self.idleness = IdlenessState(
            lambda: self.steady_s, lambda: BEGIN_S + self.steady_s - 50 + self.off_s, blind_s=2
        )

    def silent_s(self, seconds: float, every_s: float = 0.5, *, listening: bool = True) -> float:
        """For how long partition 0 is said to be silent, once so much time has passed with looks in between."""
        for _ in range(round(seconds / every_s)):
            self.steady_s += every_s
            now_ms, since_ms = self.idleness.look(listening=listening)
        return (now_ms - since_ms[0]) / 1000 if 0 in since_ms else 0.0


def test_a_partition_is_silent_from_its_end_until_something_comes() -> None:
    clocks = ClocksState()
    clocks.idleness.ended([0, 1])
    assert clocks.silent_s(3) == 3
    clocks.idleness.ended([0])
    assert clocks.silent_s(1) == 4
    clocks.idleness.came([0])
    assert clocks.idleness.look(listening=True) == ((BEGIN_S + 4) * 1000, {1: BEGIN_S * 1000})


def test_a_clock_that_jumps_makes_nothing_idle_and_nothing_awake() -> None:
    clocks = ClocksState()
    clocks.idleness.ended([0])
    clocks.off_s = 3600
    assert clocks.silent_s(3) == 3
    clocks.off_s = -3600
    assert clocks.silent_s(3) == 6


def test_a_clock_that_was_put_right_is_believed_at_the_next_assignment() -> None:
    clocks = ClocksState()
    clocks.off_s = 3600
    clocks.idleness.begin()
    assert clocks.idleness.look(listening=True) == ((BEGIN_S + 3600) * 1000, {})


def test_what_passes_while_nobody_looks_is_no_silence() -> None:
    clocks = ClocksState()
    clocks.idleness.ended([0])
    assert clocks.silent_s(10, every_s=10) == 0
    assert clocks.silent_s(1) == 1


def test_what_passes_while_nothing_is_fetched_is_no_silence() -> None:
    clocks = ClocksState()
    clocks.idleness.ended([0])
    assert clocks.silent_s(10, listening=False) == 0
    assert clocks.silent_s(1) == 1
