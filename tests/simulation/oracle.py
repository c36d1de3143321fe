"""What must be true of every run, whatever went wrong in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from streams.core.audit.audit import AuditScope, AuditState, Committed
from streams.core.audit.batch_ledger import Announced
from streams.core.batches.build import build_batch
from streams.core.batches.manifest import decode_manifest
from streams.core.snapshots import Snapshot
from streams.core.windows.progress import read_progress
from streams.kafka.records import KIND, kind_said
from streams.stores.copies import CopyStore
from tests.simulation.objects import ObjectsState
from tests.simulation.remembered import BatchesBuffer, RememberingLedger
from tests.simulation.run import BATCHES, COLLECTED, DEAD, PROGRESS, SNAPSHOTS, Outcome, disturbed, straight
from tests.simulation.traffic import SOURCE, traffic

RUNS_PER_LOG = 8
COPIES = "open-windows/"


class FoundError(AssertionError):
    """A run whose outcome is wrong."""


def check(seed: int) -> Outcome:
    """Run this seed; FoundError with how to see it again where its outcome is not that of a run without faults."""
    log = traffic(seed // RUNS_PER_LOG)
    wanted = expected(seed)
    try:
        outcome = disturbed(log, seed, build_batch if seed % RUNS_PER_LOG == 0 else _batches(log.number).build)
        problems = list(_problems(outcome, wanted))
    except Exception as error:
        raise FoundError(f"{_again(seed)}: {type(error).__name__}: {error}") from error
    if problems:
        raise FoundError("\n".join([_again(seed), *problems[:10]]))
    return outcome


def _again(seed: int) -> str:
    again = f"STREAMS_SIMULATION_FIRST={seed} STREAMS_SIMULATION_SEEDS=1 pytest tests/simulation"
    return f"simulation seed {seed} (again: {again})"


def expected(seed: int) -> Outcome:
    """The outcome of a run without faults on the log of this seed."""
    return _straight(seed // RUNS_PER_LOG)


@lru_cache(4)
def _straight(number: int) -> Outcome:
    outcome = straight(traffic(number))
    problems = list(_audited(outcome))
    assert not problems, problems
    return outcome


@lru_cache(4)
def _batches(number: int) -> BatchesBuffer:
    return BatchesBuffer(number)


def _problems(outcome: Outcome, expected: Outcome) -> Iterator[str]:
    yield from _audited(outcome)
    for topic in (BATCHES, SNAPSHOTS, DEAD):
        found, wanted = _values(outcome, topic), _values(expected, topic)
        yield from (f"{topic}: {number} times too often: {value!r:.200}" for value, number in (found - wanted).items())
        yield from (f"{topic}: {number} missing: {value!r:.200}" for value, number in (wanted - found).items())
    for key in sorted(outcome.objects.keys() | expected.objects.keys()):
        if not key.startswith(COPIES) and outcome.objects.get(key) != expected.objects.get(key):
            yield f"object {key} is not what it is without faults"


def _values(outcome: Outcome, topic: str) -> Counter[bytes | None]:
    return Counter(record.value for _, _, record in outcome.broker.committed(topic))


def _audited(outcome: Outcome) -> Iterator[str]:
    """Invariant 2, by the code of `streams audit`: each row once in the batches it belongs in."""
    broker = outcome.broker
    offsets = {stage: {p: known.offset for p, known in group.offsets.items()} for stage, group in broker.groups.items()}
    state = AuditState(AuditScope(), Committed(offsets["streams-collect"], offsets["streams-report"]))
    state.batches = RememberingLedger()
    for partition, offset, record in broker.committed(COLLECTED):
        kind = kind_said(dict(record.headers)[KIND], COLLECTED)
        state.add_collected(partition, offset, record.timestamp_ms, kind, record.value or b"")
    for _, _, record in broker.committed(DEAD):
        said = {name.removeprefix("__connect.errors."): value or b"" for name, value in record.headers}
        state.add_dead_letter(said["topic"].decode(), int(said["partition"]), int(said["offset"]))
    for partition, offset, record in broker.committed(BATCHES):
        found = Announced(partition, offset, decode_manifest(record.value or b""))
        state.batches.add_manifest(found)
        state.batches.add_content(found, {key: outcome.objects.get(key) for key in state.batches.keys(found)})
    for _, _, record in broker.committed(SNAPSHOTS):
        state.snapshots.add(Snapshot.from_json_bytes(record.value or b""), None)
    for number in range(len(broker.topics[PROGRESS])):
        records = [(r.key or b"", r.value or b"") for p, _, r in broker.committed(PROGRESS) if p == number]
        state.progress[number] = (progress := read_progress(records), True)
        shelf = CopyStore(ObjectsState(outcome.objects), PROGRESS, number)
        for copy in progress.copies if progress else ():
            shelf.read(copy)  # raises where it is not what was named
    yield from (f"audit: {finding.check}: {finding.where}: {finding.problem}" for finding in state.report().findings)
    ends = {number: log.end for number, log in enumerate(broker.topics[SOURCE])}
    if offsets["streams-collect"] != ends:
        yield f"the source was read up to {offsets['streams-collect']}, and ends at {ends}"
