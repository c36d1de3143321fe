"""What windows mean where partitions fall idle, one picture a rule. `timelines` says how to read them."""

from __future__ import annotations

from tests.core.windows.timelines import assert_plays, every_rows, every_ten_seconds


def test_an_idle_partition_holds_no_window_open() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a 1 / b 2     => W 1
        a 12          => W 2
        b idle 9      => W 12  [0,10) a1 b2
        """,
    )


def test_where_all_are_idle_windows_close_by_the_time_until_which_nothing_came() -> None:
    assert_plays(
        every_ten_seconds(lateness=2),
        """
        a 1 / b 4               => W -1
        a idle 11 / b idle 9    => W 7
        a idle 15 / b idle 13   => W 11  [0,10) a1 b4
        """,
    )


def test_what_an_idle_partition_brings_for_a_closed_window_is_late() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a 1 / b 2     => W 1
        b idle 9      => W 1
        a 12          => W 12  [0,10) a1 b2
        b 5 6x 13     => W 12
        a 20 / b 20   => W 20  [10,20) a12 b13 late(b5) dropped(1)
        """,
    )


def test_what_an_idle_partition_brings_for_an_open_window_is_in_time() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a 1 / b 2     => W 1
        b idle 9      => W 1
        a 12 18       => W 18  [0,10) a1 b2
        b 11 21       => W 18
        a 20          => W 20  [10,20) b11 a12 a18
        """,
    )


def test_what_comes_back_behind_a_count_window_goes_right_after_it() -> None:
    assert_plays(
        every_rows(2),
        """
        a 1 / b 2     => W 1
        b idle 9      => W 1
        a 12 18       => W 18  [1,2)#0 a1 b2
        a 19 20       => W 20  [12,18)#1 a12 a18
        b 5 21        => W 20
        a 22          => W 21  [18,20)#2 a19 a20 late(b5)
        """,
    )


def test_the_watermark_never_goes_back_when_a_partition_returns() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a 1 / b 2     => W 1
        b idle 9      => W 1
        a 25          => W 25  [0,10) a1 b2
        b 13          => W 25  [10,20) b13
        b 14          => W 25
        a 30 / b 30   => W 30  [20,30) a25 late(b14)
        """,
    )
