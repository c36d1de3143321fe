"""What is wrong with topics as they are. Pure: from descriptions to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from streams.kafka.client_config import DEAD_LETTER_HEADERS_BYTES
from streams.kafka.topic_roles import PROGRESS_OF, Role
from streams.kafka.topics import TopicPlan, TopicState, create_command

FOREVER = -1
_ANY_MS = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Finding:
    """A `problem` breaks a promise of the system sooner or later, a `warning` only under bad luck."""

    severity: Literal["problem", "warning"]
    topic: str
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class WindowNeed:
    """How far back a collector's open window may reach; `span_ms` None where only rows close it."""

    collector_id: str
    span_ms: int | None


@dataclass(frozen=True, slots=True)
class Inspection:
    """All that the checks look at."""

    plans: Sequence[TopicPlan]
    states: Mapping[str, TopicState]
    needs: Sequence[WindowNeed]
    max_message_bytes: int
    bootstrap_servers: str
    record_ahead_ms: int

    def state(self, role: Role) -> TopicState | None:
        """The topic in a role; None where it does not exist."""
        return self.states.get(next(plan.name for plan in self.plans if plan.role == role))

    def present(self) -> Iterator[tuple[Role, TopicState]]:
        """Role and state of the topics that exist."""
        for plan in self.plans:
            if plan.name in self.states:
                yield plan.role, self.states[plan.name]


Check = Callable[[Inspection], Iterator[Finding]]


def inspect_topics(inspection: Inspection) -> tuple[Finding, ...]:
    """Every finding, problems first."""
    found = [finding for check in CHECKS for finding in check(inspection)]
    return tuple(sorted(found, key=lambda finding: finding.severity != "problem"))


def missing(inspection: Inspection) -> Iterator[Finding]:
    """A topic that is not there."""
    for plan in inspection.plans:
        if plan.name not in inspection.states:
            command = create_command(plan, inspection.bootstrap_servers)
            yield Finding("problem", plan.name, "does not exist", command)


def partition_counts(inspection: Inspection) -> Iterator[Finding]:
    """Progress lies in the partition of the same number as what it is about: windows in that of `collected`."""
    for role, about in PROGRESS_OF.items():
        progress, log = inspection.state(role), inspection.state(about)
        if log and progress and log.partitions != progress.partitions:
            text = f"has {progress.partitions} partitions, but {log.name} has {log.partitions}"
            remedy = f"create {progress.name} anew with {log.partitions} partitions before any worker runs"
            yield Finding("problem", progress.name, text, remedy)


def one_order_of_labels(inspection: Inspection) -> Iterator[Finding]:
    """Which label of an event is the last, and who revises a window, is told by one partition."""
    labels = inspection.state("labels")
    if labels and labels.partitions != 1:
        text = f"has {labels.partitions} partitions, and labels need one order: the label stage refuses to run"
        yield Finding("problem", labels.name, text, f"create {labels.name} anew with 1 partition, and load it again")


def cleanup(inspection: Inspection) -> Iterator[Finding]:
    """Progress has to be kept for ever and by key; everything else must not be thinned out by key."""
    for role, state in inspection.present():
        policies = set(state.config.get("cleanup.policy", "delete").replace(" ", "").split(","))
        wanted = {"compact"} if role in PROGRESS_OF else {"delete"}
        if policies != wanted:
            text = f"has cleanup.policy={','.join(sorted(policies))}: records that are still needed would be removed"
            yield Finding("problem", state.name, text, _alter(state, inspection, f"cleanup.policy={min(wanted)}"))


def retention(inspection: Inspection) -> Iterator[Finding]:
    """Open windows are rebuilt from `collected`; late starters and replays read `predictions` again."""
    for role in ("collected", "predictions"):
        state = inspection.state(role)
        if state is not None:
            kept_ms = int(state.config.get("retention.ms", FOREVER))
            if kept_ms != FOREVER:
                yield from _too_short(inspection, state, kept_ms, open_windows=role == "collected")
            if int(state.config.get("retention.bytes", FOREVER)) != FOREVER:
                text = "has retention.bytes: a burst may push out what an open window still needs"
                yield Finding("warning", state.name, text, _alter(state, inspection, "retention.bytes=-1"))


def _too_short(inspection: Inspection, state: TopicState, kept_ms: int, *, open_windows: bool) -> Iterator[Finding]:
    kept = timedelta(milliseconds=kept_ms)
    for need in inspection.needs:
        remedy = _alter(state, inspection, f"retention.ms={FOREVER if need.span_ms is None else 2 * need.span_ms}")
        if need.span_ms is None:
            if open_windows:
                text = f"keeps {kept}; a window of collector {need.collector_id} closes by rows and may be open longer"
                yield Finding("warning", state.name, text, remedy)
        elif need.span_ms >= kept_ms:
            span = timedelta(milliseconds=need.span_ms)
            text = f"keeps {kept}, less than a window of collector {need.collector_id} with its lateness ({span})"
            yield Finding("problem" if open_windows else "warning", state.name, text, remedy)


def durability(inspection: Inspection) -> Iterator[Finding]:
    """What was acknowledged must outlive a broker."""
    for _, state in inspection.present():
        in_sync = int(state.config.get("min.insync.replicas", 1))
        copies = state.replication_factor
        if in_sync > copies:
            text = f"has min.insync.replicas={in_sync} but {copies} replica(s): nothing can be written"
            yield Finding("problem", state.name, text, _alter(state, inspection, f"min.insync.replicas={copies}"))
        elif copies == 1:
            text = "has one replica: a broker's disk takes its records along"
            yield Finding("warning", state.name, text, "use three replicas outside development")
        elif in_sync == 1:
            text = "has min.insync.replicas=1: a record may be acknowledged by one broker and lost with it"
            yield Finding("warning", state.name, text, _alter(state, inspection, "min.insync.replicas=2"))
        if state.config.get("unclean.leader.election.enable") == "true":
            text = "has unclean.leader.election.enable: committed records may vanish"
            remedy = _alter(state, inspection, "unclean.leader.election.enable=false")
            yield Finding("problem", state.name, text, remedy)


def message_sizes(inspection: Inspection) -> Iterator[Finding]:
    """What may come in has to fit where it goes."""
    limit = inspection.max_message_bytes
    for role, state in inspection.present():
        taken = int(state.config.get("max.message.bytes", limit))
        needed = limit + DEAD_LETTER_HEADERS_BYTES if role == "dead_letters" else limit
        if role == "predictions" and taken > limit:
            text = f"takes messages of {taken} bytes, more than limits.max_message_bytes={limit}"
            remedy = f"set STREAMS_LIMITS_MAX_MESSAGE_BYTES={taken} and widen the other topics"
            yield Finding("problem", state.name, text, remedy)
        elif role != "predictions" and taken < needed:
            text = f"takes messages of {taken} bytes, but {needed} may be written"
            yield Finding("problem", state.name, text, _alter(state, inspection, f"max.message.bytes={needed}"))


def timestamps(inspection: Inspection) -> Iterator[Finding]:
    """What sets the time of records, and how far it may be from the broker's."""
    state = inspection.state("predictions")
    if state is None or state.config.get("message.timestamp.type") == "LogAppendTime":
        return  # the broker's own clock: nothing is refused for its timestamp
    either_ms = state.config.get("message.timestamp.difference.max.ms")  # brokers before 3.6
    after_ms = int(state.config.get("message.timestamp.after.max.ms", either_ms or 0))
    before_ms = int(state.config.get("message.timestamp.before.max.ms", either_ms or _ANY_MS))
    if after_ms > inspection.record_ahead_ms:
        ahead = "any time" if after_ms == _ANY_MS else f"{timedelta(milliseconds=after_ms)}"
        text = f"takes records stamped {ahead} ahead; those over windows.record_ahead_s become dead letters"
        remedy = _alter(state, inspection, f"message.timestamp.after.max.ms={inspection.record_ahead_ms}")
        yield Finding("warning", state.name, text, remedy)
    needed_ms = max((need.span_ms or 0 for need in inspection.needs), default=0)
    if before_ms < needed_ms:
        text = f"refuses records stamped {timedelta(milliseconds=before_ms)} ago: a backlog keeps its timestamps"
        yield Finding(
            "warning", state.name, text, _alter(state, inspection, f"message.timestamp.before.max.ms={_ANY_MS}")
        )


CHECKS: tuple[Check, ...] = (
    missing,
    partition_counts,
    one_order_of_labels,
    cleanup,
    retention,
    durability,
    message_sizes,
    timestamps,
)


def _alter(state: TopicState, inspection: Inspection, setting: str) -> str:
    return (
        f"kafka-configs.sh --bootstrap-server {inspection.bootstrap_servers} --alter --entity-type topics"
        f" --entity-name {state.name} --add-config {setting}"
    )
