"""What windows mean, one picture a rule. `timelines` says how to read them."""

from __future__ import annotations

from tests.core.windows.timelines import assert_plays, every_rows, every_rows_or_ten_seconds, every_ten_seconds

# Time


def test_a_window_closes_once_every_partition_has_passed_its_end() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a 1 4 9       => W ?
        b 2 8 12      => W 9
        a 11 13       => W 12  [0,10) a1 b2 a4 b8 a9
        b 21          => W 13
        a 20          => W 20  [10,20) a11 b12 a13
        """,
    )


def test_a_window_closes_at_the_very_watermark_that_is_its_end() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a 1 9         => W 9
        a 10          => W 10  [0,10) a1 a9
        """,
    )


def test_windows_in_which_nothing_happened_do_not_exist() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a 1           => W 1
        a 95          => W 95  [0,10) a1
        a 100         => W 100 [90,100) a95
        """,
    )


def test_equal_times_are_ordered_by_partition_then_offset() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        b 5 5 10      => W ?
        a 5 5 10      => W 10  [0,10) a5 a5 b5 b5
        """,
    )


def test_allowed_lateness_holds_a_window_open() -> None:
    assert_plays(
        every_ten_seconds(lateness=5),
        """
        a 3 10        => W 5
        a 14          => W 9
        a 7 15        => W 10  [0,10) a3 a7
        """,
    )


def test_an_event_from_the_future_stands_where_it_was_recorded() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a 1 99@2 3    => W 3
        a 10          => W 10  [0,10) a1 a99 a3
        """,
    )


def test_ingest_time_looks_at_records_alone() -> None:
    assert_plays(
        every_ten_seconds(time="ingest"),
        """
        a 77@1 1@4    => W 4
        a 5@10        => W 10  [0,10) a77 a1
        """,
    )


# Late rows


def test_a_row_behind_the_watermark_is_in_time_while_its_window_is_open() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a 1 8 3       => W 8
        a 10          => W 10  [0,10) a1 a3 a8
        """,
    )


def test_a_late_row_is_kept_beside_the_window_that_is_open_when_it_comes() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a 1 12        => W 12  [0,10) a1
        a 3 15        => W 15
        a 20          => W 20  [10,20) a12 a15 late(a3)
        """,
    )


def test_whether_a_row_is_late_depends_on_its_own_partition_alone() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        b 50          => W ?
        a 1 2 10      => W 10  [0,10) a1 a2
        a 60          => W 50  [10,20) a10
        b 60          => W 60  [50,60) b50
        """,
    )


def test_a_window_may_have_late_rows_alone() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a 25x 3 30    => W 30  [20,30) late(a3) dropped(1)
        """,
    )


# Dropped events


def test_a_window_of_dropped_events_has_no_rows_and_their_count() -> None:
    assert_plays(
        every_ten_seconds(),
        """
        a 1x 2x 12    => W 12  [0,10) dropped(2)
        a 13x 20      => W 20  [10,20) a12 dropped(1)
        """,
    )


def test_a_count_window_carries_the_drops_of_the_minutes_that_it_has_passed() -> None:
    assert_plays(
        every_rows(2),
        """
        a 1 5x 70     => W 70
        a 75x 80      => W 80  [0,70)#0 a1 a70 dropped(1)
        a 130         => W 130
        a 140         => W 140 [70,130)#1 a80 a130 dropped(1)
        """,
    )


# Windows of rows


def test_a_count_window_takes_rows_in_the_merged_order_of_all_partitions() -> None:
    assert_plays(
        every_rows(3),
        """
        a 1 4 7 9     => W ?
        b 2 3 8       => W 8   [1,3)#0 a1 b2 b3
        b 20          => W 9   [4,8)#1 a4 a7 b8
        """,
    )


def test_a_window_of_rows_begins_with_its_own_however_much_is_known_of_the_same_minute() -> None:
    assert_plays(
        every_rows(1),
        """
        a 100 105x    => W 105 [100,100)#0 a100
        """,
    )
    assert_plays(
        every_rows(1),
        """
        a 100 101     => W 101 [100,100)#0 a100
        a 105x        => W 105 [101,101)#1 a101
        """,
    )


def test_a_row_at_the_watermark_waits_for_rows_as_old_as_itself() -> None:
    assert_plays(
        every_rows(2),
        """
        a 1 / b 5 5   => W 1
        a 5           => W 5
        a 6 / b 6     => W 6   [1,5)#0 a1 a5 [5,5)#1 b5 b5
        """,
    )


def test_a_row_behind_the_watermark_is_late_where_rows_close_windows() -> None:
    assert_plays(
        every_rows(3),
        """
        a 1 8 3 9     => W 9
        a 11          => W 11  [1,9)#0 a1 a8 a9 late(a3)
        """,
    )


def test_whichever_is_first_closes_a_window() -> None:
    assert_plays(
        every_rows_or_ten_seconds(3),
        """
        a 1 2 3 4     => W 4   [0,3)#0 a1 a2 a3
        a 12          => W 12  [3,10)#1 a4
        a 13 14 15    => W 15  [10,14)#2 a12 a13 a14
        """,
    )


def test_a_last_row_at_the_end_of_its_window_belongs_to_the_next() -> None:
    assert_plays(
        every_rows_or_ten_seconds(2),
        """
        a 1 10 11     => W 11  [0,10)#0 a1
        a 12          => W 12  [10,11)#1 a10 a11
        """,
    )


def test_a_window_that_rows_closed_leaves_nothing_for_its_end_to_close() -> None:
    assert_plays(
        every_rows_or_ten_seconds(2),
        """
        a 1 9 10      => W 10  [0,9)#0 a1 a9
        a 30          => W 30  [10,20)#1 a10
        """,
    )


def test_drops_after_the_last_row_are_in_a_window_that_time_closes() -> None:
    assert_plays(
        every_rows_or_ten_seconds(2),
        """
        a 1 8 9x 10   => W 10  [0,8)#0 a1 a8 [8,10)#1 dropped(1)
        """,
    )


def test_rows_in_order_of_arrival_do_not_wait() -> None:
    assert_plays(
        every_rows(2, order="arrival"),
        """
        a 9 4         => W ?   [4,9)#0 a9 a4
        b 1x 7        => W 7
        b 2           => W 7   [2,7)#1 b7 b2 dropped(1)
        """,
    )
