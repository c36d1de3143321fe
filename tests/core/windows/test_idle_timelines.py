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


def test_a_first_backlog_that_comes_to_one_partition_after_the_other_is_late_in_none() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a idle 70 / b idle 70 / clock 100   => W 70
        a 1 12 25 / b idle 71 / clock 101   => W ?
        b 2 14 26 / clock 102               => W 25  [0,10) a1 b2  [10,20) a12 b14
        """,
    )


def test_a_backlog_after_silence_is_late_only_for_windows_that_silence_closed() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a 1 / b 2 / clock 3                          => W 1
        a idle 70 / b idle 70 / clock 100            => W 70  [0,10) a1 b2
        a 9 25 38 / b idle 71 / clock 101            => W 2
        b 5 24 39 / clock 102                        => W 38  [10,20) late(a9 b5)  [20,30) b24 a25
        a idle 80 / b idle 80 / clock 110            => W 80  [30,40) a38 b39
        """,
    )


def test_who_stays_silent_beside_a_backlog_holds_it_back_for_no_longer_than_it_takes_to_be_idle() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a idle 70 / b idle 70 / clock 100    => W 70
        a 1 12 / b idle 71 / clock 101       => W ?
        a 25 / b idle 100 / clock 130        => W ?
        b idle 101 / clock 131               => W 25  [0,10) a1  [10,20) a12
        """,
    )


def test_an_idle_partition_that_nobody_reads_any_more_holds_back_what_comes_after() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a 1 / b 2 / clock 3       => W 1
        b idle 4 / clock 34       => W 1
        a 36 52 / clock 53        => W 34  [0,10) a1 b2
        b 35 51 / clock 54        => W 51  [30,40) b35 a36
        """,
    )


def test_rows_that_silence_made_ready_to_be_counted_wait_again_when_a_backlog_comes() -> None:
    assert_plays(
        every_rows(3),
        """
        a 10 / b 60 / clock 61               => W 10
        a idle 70 / b idle 70 / clock 100    => W 70
        a 20 65 / b idle 71 / clock 101      => W 60
        b 66 / clock 102                     => W 65  [10,60)#0 a10 a20 b60
        """,
    )
