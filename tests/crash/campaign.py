"""One round of a campaign: traffic, several workers, faults from a seed, and the verdict on what they left."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from streams.kafka.local_broker import LocalBrokerProcess
from tests.crash.attack import AttackState
from tests.crash.clock import movable
from tests.crash.faults import SESSION_TIMEOUT_S, TRANSACTION_TIMEOUT_S, Fault
from tests.crash.fleet import FleetState
from tests.crash.stores import AttackedStore
from tests.crash.verdict import assert_nothing_lost_nothing_twice
from tests.integration.oracle import Asked, expected_windows
from tests.integration.pipeline import PipelineState, assert_same_bytes, pipeline
from tests.integration.traffic import PARTITIONS, TrafficState, recent_hour_ms

ASKED = (
    Asked("every-two-minutes", model="m1", interval_ms=120_000),
    Asked("every-five-hundred", maximum_probability_below=0.6, rows=500),
    Asked("whichever-is-first", keep_fraction=0.3, rows=300, interval_ms=300_000),
)
WORKERS = 3
CALM_EVENTS = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a round runs. `broker` is None where it is not to be hit."""

    servers: str
    broker: LocalBrokerProcess | None
    folder: Path
    idle_after_s: float


@dataclass(frozen=True, slots=True)
class Round:
    """What was done and what was found. `lost` says what the audit had to say against it; empty is nothing."""

    events: int
    batches: int
    snapshots: int
    kills: int
    done: dict[str, int]
    ended: dict[str, int]
    attacked_s: float
    settled_s: float
    calm_s: float
    lost: str


def attack(place: Place, store: AttackedStore, faults: Sequence[Fault], workers: int = WORKERS) -> Round:
    """Run it all, and the same events again without any fault. Raises nothing but what the machinery raises."""
    name = f"crash-{uuid4().hex[:8]}"
    traffic = TrafficState(place.servers, f"{name}.predictions", PARTITIONS, recent_hour_ms(5), 120)
    with _attacked(place, traffic, name, store) as run:
        attacked = AttackState(FleetState(run, workers, movable(place.folder)), store, place.broker)
        began = time.monotonic()
        lost = _under_attack(run, traffic, attacked, faults)
        attacked_at = time.monotonic()
        lost = lost or _settled(run, traffic, attacked.fleet)
        settled_at = time.monotonic()
        lost = lost or _compared(place, traffic, name, run)
        spent = attacked_at - began, settled_at - attacked_at, time.monotonic() - settled_at
        found = len(run.records("batches")), len(run.records("snapshots"))
    done = {kind.value: number for kind, number in attacked.done.items()}
    fleet = attacked.fleet
    return Round(len(traffic.events), *found, fleet.kills, done, dict(fleet.ended), *spent, lost)


def _under_attack(run: PipelineState, traffic: TrafficState, attacked: AttackState, faults: Sequence[Fault]) -> str:
    traffic.send(CALM_EVENTS)
    try:
        with traffic.running(at_once=20):
            attacked.fleet.mend()
            run.wait_until(lambda: run.committed("collect", run.predictions) > 0, "the first commit")
            attacked.play(faults)
    except AssertionError as error:
        return f"{error}\n{run.logs()}"
    return ""


def _settled(run: PipelineState, traffic: TrafficState, fleet: FleetState) -> str:
    try:
        with fleet.looked_after():
            run.wait_for_offsets(len(traffic.events))
            run.wait_for_snapshots(sum(len(expected_windows(traffic.events, asked)) for asked in ASKED))
        assert_nothing_lost_nothing_twice(run, traffic.events)
    except AssertionError as error:
        return f"{error}\n{run.logs()}"
    return ""


def _compared(place: Place, traffic: TrafficState, name: str, run: PipelineState) -> str:
    """The same events, one worker, no fault, a folder."""
    folder = place.folder / f"{name}-calm"
    with pipeline(place.servers, traffic.topic, f"{name}-calm", folder, ASKED) as calm:
        calm.start()
        try:
            assert_nothing_lost_nothing_twice(calm, traffic.events)
            assert_same_bytes(run, calm)
        except AssertionError as error:
            return f"{error}\n{calm.logs()}"
    return ""


@contextmanager
def _attacked(place: Place, traffic: TrafficState, name: str, store: AttackedStore) -> Iterator[PipelineState]:
    quick = {
        "STREAMS_WINDOWS_IDLE_AFTER_S": str(place.idle_after_s),
        "STREAMS_LIMITS_TRANSACTION_TIMEOUT_S": str(TRANSACTION_TIMEOUT_S),
        "STREAMS_LIMITS_CHUNK_MESSAGES": "200",
        "KAFKA_CONSUMER_SESSION_TIMEOUT_MS": str(round(SESSION_TIMEOUT_S * 1000)),
    }
    stored = {"files": store.files, "store_root": store.root, "environ": {**quick, **store.environ}}
    with pipeline(place.servers, traffic.topic, name, place.folder / name, ASKED, **stored) as run:
        yield run
