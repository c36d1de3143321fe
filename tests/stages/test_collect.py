"""What the collect stage does with each message, restart and fault."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from streams.core import segments
from streams.core.batches.rows import batch_rows
from streams.core.events.block import EventBlock
from streams.core.events.decode import Decoder
from streams.core.operators.caller_filter import CallerFilter
from streams.core.operators.contracts import Mask
from streams.kafka.transactions import Outgoing
from streams.stages.faults import IN_A_ROW, UnprocessableError
from tests.core.batches.closed_windows import collector_of
from tests.stages.collecting import SETTINGS, Log, Sent, StageState, every_place, headers_of, json_of

ANN = collector_of(operators=[{"type": "caller_filter", "callers": ["bob"], "exclude": True}])


def ids_in(letters: list[Outgoing]) -> list[str]:
    return [json.loads(one.value or b"")["id"] for one in letters]


def collected_ids(stage: StageState) -> list[str]:
    found = [segments.decode(record.value) for record in stage.collected() if record.kind == "segment"]
    table = batch_rows(found, by_arrival=True).table
    return [] if table is None else table["id"].to_pylist()


def breaks_on(monkeypatch: pytest.MonkeyPatch, *ids: str) -> None:
    """Make an operator fail where a block holds one of these events (without ids: any event)."""
    whole = CallerFilter.keep

    def broken(self: CallerFilter, block: EventBlock, salt: int) -> Mask:
        if set(block.ids.to_pylist()) & set(ids) or (len(block) and not ids):
            raise ZeroDivisionError("division by zero")
        return whole(self, block, salt)

    monkeypatch.setattr(CallerFilter, "keep", broken)


def log_of(count: int, **fields: Any) -> Log:
    return {0: [Sent(json_of(id=f"e{number}", **fields)) for number in range(count)]}


@pytest.mark.parametrize("bad", [{"e0"}, {"e6"}, {"e3", "e4"}, {"e0", "e2", "e6"}])
def test_an_event_that_makes_an_operator_fail_costs_that_event_alone(
    bad: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks_on(monkeypatch, *bad)
    stage = StageState([ANN], log_of(7))
    stage.read(every_place(stage.log))
    everything = {f"e{number}" for number in range(7)}
    assert set(ids_in(stage.dead_letters())) == bad
    assert sorted(collected_ids(stage)) == sorted(everything - bad)
    (account,) = stage.commit()
    assert (account.ranges[0].events, account.ranges[0].dead, account.ranges[0].next) == (7 - len(bad), len(bad), 7)


def test_a_dead_letter_is_the_message_as_it_came_and_says_why() -> None:
    odd = Sent(b"not json", key=b"\xff\0", headers=[("traceparent", b"00-ab"), ("traceparent", b"00-cd")])
    stage = StageState([ANN], {0: [], 4: [Sent(json_of()), odd]})
    (letter,) = [one for one in stage.read(every_place(stage.log)) if one.topic == "dead-letters"]
    assert (letter.value, letter.key, letter.partition) == (b"not json", b"\xff\0", -1)
    assert list(letter.headers or ())[:2] == odd.headers
    (said,) = headers_of([letter])
    assert "valid JSON" in said.pop("exception.message")
    assert said == {
        "topic": "predictions",
        "partition": "4",
        "offset": "1",
        "stage": "VALUE_CONVERTER",
        "exception.class.name": "streams.core.events.rejects.MalformedError",
    }


def test_what_an_operator_could_not_process_names_the_stage_and_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    breaks_on(monkeypatch, "e1")
    stage = StageState([ANN], log_of(3))
    stage.read(every_place(stage.log))
    assert headers_of(stage.dead_letters()) == [
        {
            "topic": "predictions",
            "partition": "0",
            "offset": "1",
            "stage": "TRANSFORMATION",
            "exception.class.name": "streams.core.collection.CollectorFaultError",
            "exception.message": "collector 'c': ZeroDivisionError: division by zero",
        }
    ]


def test_a_letter_that_died_before_keeps_its_earlier_headers_and_the_last_ones_count() -> None:
    before = [("__connect.errors.topic", b"orders"), ("__connect.errors.stage", b"TASK_PUT")]
    stage = StageState([ANN], {0: [Sent(None, headers=before)]})
    (letter,) = stage.read([(0, 0)])
    assert list(letter.headers or ())[:2] == before
    assert headers_of([letter])[0]["topic"] == "predictions"


def test_a_tombstone_dies_with_a_null_value() -> None:
    stage = StageState([ANN], {0: [Sent(None, key=b"k")]})
    (letter,) = stage.read([(0, 0)])
    assert (letter.value, letter.key) == (None, b"k")


def test_an_event_too_large_for_a_segment_dies_and_however_many_there_are_the_stage_goes_on() -> None:
    settings = replace(SETTINGS, max_message_bytes=9_000)
    log = {0: [Sent(json_of(id="small")), *[Sent(json_of(id="large", metadata={"t": "x" * 9_000}))] * 30]}
    stage = StageState([ANN], log, settings=settings)
    stage.read(every_place(log))
    assert collected_ids(stage) == ["small"]
    assert {one["exception.class.name"] for one in headers_of(stage.dead_letters())} == {
        "streams.core.segments.RowTooLargeError"
    }
    assert len(stage.dead_letters()) == 30


def test_an_operator_that_fails_with_every_event_stops_the_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    breaks_on(monkeypatch)
    stage = StageState([ANN], log_of(100))
    words = (
        r"20 messages cannot.*predictions-0 offset 19: collector 'c': ZeroDivisionError: division by zero; .*disable"
    )
    with pytest.raises(UnprocessableError, match=words):
        stage.read(every_place(stage.log))
    assert stage.dead_letters() == []


def test_messages_that_come_one_by_one_stop_the_stage_too(monkeypatch: pytest.MonkeyPatch) -> None:
    breaks_on(monkeypatch)
    stage = StageState([ANN], log_of(100))
    for offset in range(IN_A_ROW - 1):
        stage.read([(0, offset)])
    with pytest.raises(UnprocessableError):
        stage.read([(0, IN_A_ROW - 1)])
    assert len(stage.dead_letters()) == IN_A_ROW - 1


def test_an_event_in_between_that_can_be_processed_keeps_the_stage_going(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {f"e{number}" for number in range(60) if number % 10}
    breaks_on(monkeypatch, *bad)
    stage = StageState([ANN], log_of(60))
    stage.read(every_place(stage.log))
    assert set(ids_in(stage.dead_letters())) == bad


def test_events_that_a_failing_collector_does_not_want_do_not_speak_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    values = [json_of(id="bad") if number % 2 else json_of(model={"id": "n"}) for number in range(100)]
    breaks_on(monkeypatch, "bad")
    picky = collector_of(source={"model_id": "m"}, operators=[{"type": "caller_filter", "callers": ["ann"]}])
    stage = StageState([picky], {0: [Sent(value) for value in values]})
    with pytest.raises(UnprocessableError, match="offset 39"):
        stage.read(every_place(stage.log))


def test_a_decoder_that_fails_with_every_message_stops_the_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise MemoryError("no more")

    stage = StageState([ANN], log_of(50))
    working = Decoder.decode
    monkeypatch.setattr(Decoder, "decode", lambda *given: broken() if len(given[1]) else working(*given))
    with pytest.raises(UnprocessableError, match="offset 19: no more"):
        stage.read(every_place(stage.log))


def test_a_restart_decides_about_lateness_as_if_there_had_been_none() -> None:
    times = [600_000, 0, 5_000_000, 3_000, 4_990_000, 0, 9_000_000, 8_000_000]
    log = {0: [Sent(json_of(id=f"e{time}", time=time), 9_000_000) for time in times]}
    collectors = [collector_of(), collector_of(id="d", trigger={"type": "rows", "rows": 2}, time="ingest")]
    straight, restarted = StageState(collectors, log), StageState(collectors, log)
    straight.read(every_place(log))
    straight.commit()
    for offset in range(len(times)):
        restarted.read([(0, offset)])
        restarted.commit()
        restarted.restart()
    assert late_flags(restarted) == late_flags(straight)
    assert any(late for _, late in late_flags(straight))


def late_flags(stage: StageState) -> list[tuple[str, bool]]:
    found = [segments.decode(record.value) for record in stage.collected() if record.kind == "segment"]
    return sorted(
        (f"{one.plan.collector_id} {row['id']}", row["late"]) for one in found for row in one.batch.to_pylist()
    )


def test_a_rewound_stage_reads_from_its_last_commit() -> None:
    stage = StageState([ANN], log_of(6))
    stage.read([(0, 0), (0, 1)])
    stage.commit()
    stage.read([(0, 2), (0, 3)])
    stage.restart()
    stage.read([(0, 2)])
    (account,) = stage.commit()
    assert [(one.first, one.next, one.events) for one in account.ranges] == [(2, 3, 1)]


def test_a_disabled_collector_gets_nothing() -> None:
    stage = StageState([collector_of(enabled=False)], log_of(2))
    assert stage.read(every_place(stage.log)) == []
    (account,) = stage.commit()
    assert (account.plans, account.dropped, account.ranges[0].events) == ({}, {}, 2)
