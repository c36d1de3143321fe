"""A message that a stage cannot process costs itself alone: its neighbours are processed, and it is a dead letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from streams.core.events.messages import RawMessages
from streams.kafka.items import Chunk, Start, Tick
from streams.kafka.transactions import Outgoing, SourceOffset
from streams.metrics import create_metrics
from streams.stages.alerts import AlertsState
from streams.stages.runner import Checkpoint
from streams.stages.set_aside import SetAsideState
from streams.stores.errors import StoreUnavailableError
from tests.stages.chunks import chunk_of
from tests.stages.test_alerts import LOG, Place


@dataclass(slots=True)
class EchoState:
    """Repeats each message; one that says so breaks it, whole chunk and all."""

    next: int = 0
    breaks: Exception = field(default_factory=lambda: RuntimeError("a fault"))

    def prepare(self, raw: RawMessages) -> None:
        pass

    def assign(self, starts: Sequence[Start], partition_count: int) -> None:
        pass

    def process(self, chunk: Chunk) -> Sequence[Outgoing]:
        if b"broken" in chunk.raw.values:
            raise self.breaks
        self.next = int(chunk.raw.offsets[-1]) + 1
        return [Outgoing("out", value) for value in chunk.raw.values if value is not None]

    def tick(self, tick: Tick) -> bool:
        del tick
        return False

    def checkpoint(self) -> Checkpoint:
        return Checkpoint((), [SourceOffset("in", 0, self.next)])


def around(inner: EchoState | AlertsState) -> SetAsideState:
    return SetAsideState("report", inner, "dead-letters", 1_000_000, create_metrics())


def test_the_message_at_fault_is_a_dead_letter_and_the_others_go_their_way() -> None:
    stage = around(EchoState())
    made = stage.process(chunk_of([b"a", b"broken", b"b", b"broken"], 5, [], "batches"))
    assert [(each.topic, each.value) for each in made] == [
        ("out", b"a"),
        ("dead-letters", b"broken"),
        ("out", b"b"),
        ("dead-letters", b"broken"),
    ]
    said = dict(made[1].headers or ())
    assert (said["__connect.errors.topic"], said["__connect.errors.offset"]) == (b"batches", b"6")
    assert said["__connect.errors.exception.message"] == b"a fault"
    checkpoint = stage.checkpoint()
    assert [each.offset for each in checkpoint.offsets] == [9]
    labels = {"stage": "report", "reason": "RuntimeError"}
    assert stage.metrics.registry.get_sample_value("streams_dead_letters_total", labels) is None
    checkpoint.committed()
    assert stage.metrics.registry.get_sample_value("streams_dead_letters_total", labels) == 2


@pytest.mark.parametrize("error", [StoreUnavailableError("away"), MemoryError()])
def test_what_is_no_fault_of_a_message_makes_no_dead_letter(error: Exception) -> None:
    with pytest.raises(type(error)):
        around(EchoState(breaks=error)).process(chunk_of([b"a", b"broken"], 0, [], "batches"))


def test_alerts_are_those_of_a_log_without_the_message_at_fault() -> None:
    whole, broken = Place(), Place()
    whole.commit(whole.read(LOG))
    half = len(LOG) // 2
    values = [each.to_json_bytes() for each in LOG]
    values.insert(half, b"no snapshot")
    made = around(broken.stage).process(chunk_of(values, 0, [], "snapshots"))
    letters = [each for each in made if each.topic == "dead-letters"]
    assert [each.value for each in letters] == [b"no snapshot"]
    broken.commit([each for each in made if each.topic == "alerts"])
    assert whole.alerts
    assert [each.id for each in broken.alerts] == [each.id for each in whole.alerts]
