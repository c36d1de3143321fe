from streams.core.reports.html.charts import SHOWN_VALUES, bars, steps


def test_sides_of_different_size_are_drawn_by_their_shares() -> None:
    drawn = steps({"edges": [0.0, 1.0, 2.0], "counts": [1, 3]}, {"edges": [0.0, 1.0, 2.0], "counts": [10, 30]})
    assert drawn is not None
    assert drawn.current == drawn.reference == "M0 96V65.3H160V4H320V96Z"


def test_a_narrow_bin_is_as_high_as_its_density() -> None:
    drawn = steps({"edges": [0.5, 3.5, 4.5], "counts": [3, 1]}, None)
    assert drawn is not None
    assert drawn.current == "M0 96V4H240V4H320V96Z"
    assert drawn.reference == ""


def test_nothing_counted_is_nothing_drawn() -> None:
    assert steps({"edges": [0.0, 1.0], "counts": [0]}, None) is None


def test_a_side_without_values_is_not_drawn_and_the_other_is() -> None:
    drawn = steps({"edges": [0.0, 1.0], "counts": [0]}, {"edges": [0.0, 1.0], "counts": [5]})
    assert drawn is not None
    assert (drawn.current, drawn.reference) == ("", "M0 96V4H320V96Z")


def test_bars_are_shares_and_the_longest_value_fills_the_width() -> None:
    side = {"labels": ["a", "b"], "counts": [3, 1], "other": 0}
    first, second = bars(side, {"labels": ["a", "b"], "counts": [1, 1], "other": 0})
    assert (first.current, first.reference, first.current_length) == (0.75, 0.5, 100.0)
    assert (second.current_length, second.reference_length) == (33.3, 66.7)


def test_values_beyond_those_shown_are_counted_together_and_do_not_shorten_the_others() -> None:
    names = [f"v{n}" for n in range(SHOWN_VALUES + 2)]
    drawn = bars({"labels": names, "counts": [2] * len(names), "other": 0}, None)
    assert [bar.label for bar in drawn] == [*names[:SHOWN_VALUES], "2 others"]
    assert drawn[0].current_length == drawn[-1].current_length == 100.0
    with_rest = bars({"labels": names, "counts": [2] * len(names), "other": 50}, None)
    assert with_rest[-1].label == "others"
    assert sum(bar.current for bar in with_rest) == 1.0
