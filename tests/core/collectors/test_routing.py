from typing import Any

import pytest

from streams.core.collectors.collector import Collector
from streams.core.collectors.routing import projection, reasons, select
from streams.core.events.projection import Projection
from tests.core.blocks import block_of, rows_of

HOURLY = {"type": "interval", "interval": "1h"}


def collector(**parts: object) -> Collector:
    return Collector.model_validate({"id": "one", "trigger": HOURLY, **parts})


def outcome(events: list[Any], wanted: Collector) -> list[str]:
    """Say for each event `kept`, or the reason that dropped it."""
    found = select(block_of(events), wanted)
    assert (found.mask == (found.reason_codes == -1)).all()
    return ["kept" if code < 0 else found.reasons[code] for code in found.reason_codes]


def test_an_empty_source_takes_every_event() -> None:
    assert outcome([{"model": {"id": "a"}}, {"model": {}}], collector()) == ["kept", "kept"]


@pytest.mark.parametrize(
    ("part", "field"), [("user_id", "user_id"), ("app_id", "app_id"), ("model_id", "id"), ("version", "version")]
)
def test_each_part_of_a_source_has_to_match_where_it_is_given(part: str, field: str) -> None:
    events = [{"model": {field: "x"}}, {"model": {field: "y"}}, {"model": {}}]
    assert outcome(events, collector(source={part: "x"})) == ["kept", "source", "source"]


def test_all_parts_of_a_source_have_to_match() -> None:
    events = [{"model": {"id": "m", "version": v}} for v in ("1", "2")]
    assert outcome(events, collector(source={"model_id": "m", "version": "2"})) == ["source", "kept"]


def test_an_empty_text_in_a_source_or_caller_means_any() -> None:
    assert outcome([{"model": {"id": "a"}, "caller": "c"}], collector(source={"model_id": ""}, caller="")) == ["kept"]


def test_a_caller_has_to_be_equal_and_a_missing_one_is_not() -> None:
    events = [{"caller": "ann"}, {"caller": "bob"}, {}]
    assert outcome(events, collector(caller="ann")) == ["kept", "caller", "caller"]


def test_an_event_that_names_collectors_goes_to_these_alone_whatever_its_source_and_caller() -> None:
    events = [
        {"model": {"id": "other"}, "collectors": ["one"]},
        {"model": {"id": "m"}, "caller": "ann", "collectors": ["two"]},
        {"model": {"id": "m"}, "caller": "ann", "collectors": ["two", "one"]},
        {"model": {"id": "m"}, "caller": "ann", "collectors": []},
        {"model": {"id": "m"}, "caller": "ann"},
    ]
    wanted = collector(source={"model_id": "m"}, caller="ann")
    assert outcome(events, wanted) == ["kept", "source", "kept", "kept", "kept"]


def test_operators_still_apply_to_an_event_that_names_the_collector() -> None:
    events = [{"collectors": ["one"], "concepts": [{"id": "cat", "value": value}]} for value in (0.2, 0.8)]
    wanted = collector(operators=[{"type": "maximum_probability_below", "threshold": 0.5}])
    assert outcome(events, wanted) == ["kept", "maximum_probability_below"]


def test_a_collector_for_direct_address_alone_takes_nothing_by_source() -> None:
    events = [{"model": {"id": "m"}}, {"collectors": ["one"]}, {"collectors": ["two"]}]
    assert outcome(events, collector(direct_only=True)) == ["source", "kept", "source"]


def test_an_event_is_dropped_for_the_first_reason_alone() -> None:
    events = [{"caller": "ann", "concepts": [{"id": "cat", "value": 0.9}]}]
    wanted = collector(
        caller="bob", source={"model_id": "m"}, operators=[{"type": "maximum_probability_below", "threshold": 0.5}]
    )
    assert outcome(events, wanted) == ["source"]


def test_two_operators_of_a_type_are_told_apart_in_the_reasons() -> None:
    wanted = collector(
        operators=[
            {"type": "random_sample", "keep_fraction": 1},
            {"type": "maximum_probability_below", "threshold": 0.9},
            {"type": "maximum_probability_below", "threshold": 0.5},
        ]
    )
    assert reasons(wanted)[2:] == ("random_sample", "maximum_probability_below#1", "maximum_probability_below#2")
    events = [{"concepts": [{"id": "cat", "value": value}]} for value in (0.95, 0.7, 0.1)]
    assert outcome(events, wanted) == ["maximum_probability_below#1", "maximum_probability_below#2", "kept"]


def test_an_operator_sees_the_concepts_that_the_one_before_it_left() -> None:
    wanted = collector(
        operators=[
            {"type": "concept_threshold", "concepts": [{"id": "cat", "threshold": 0.1}]},
            {"type": "maximum_probability_below", "threshold": 0.5},
        ]
    )
    events = [{"concepts": [{"id": "cat", "value": 0.3}, {"id": "dog", "value": 0.9}]}]
    found = select(block_of(events), wanted)
    assert found.mask.tolist() == [True]
    assert rows_of(found.block.concepts) == [[{"id": "cat", "name": None, "value": 0.3}]]


def test_a_disabled_collector_selects_nothing_and_counts_nothing() -> None:
    found = select(block_of([{"model": {"id": "a"}}]), collector(enabled=False))
    assert not found.mask.any()
    assert (found.reason_codes == -1).all()


def test_a_disabled_collector_has_no_field_decoded() -> None:
    wanted = collector(enabled=False, operators=[{"type": "maximum_probability_below", "threshold": 0.5}])
    assert projection([wanted]) == Projection()


def test_the_projection_is_what_any_of_the_collectors_looks_at() -> None:
    wanted = collector(operators=[{"type": "maximum_probability_below", "threshold": 0.5}])
    assert projection([collector(), wanted]) == Projection(concepts=True)


def test_a_block_without_events_is_selected_from() -> None:
    wanted = collector(source={"model_id": "m"}, operators=[{"type": "random_sample", "keep_fraction": 0.5}])
    assert outcome([], wanted) == []
