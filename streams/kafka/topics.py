"""The topics: what they must be like, creating them, and how they are."""

from __future__ import annotations

import logging
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # named by the library, not exported
    AdminClient,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from streams.kafka.client_config import DEAD_LETTER_HEADERS_BYTES, Config
from streams.kafka.cluster import TIMEOUT_S, ClusterError, ComplaintsState, explained, topics_metadata
from streams.kafka.topic_roles import Role

logger = logging.getLogger(__name__)

_DAY_MS = 86_400_000
CLUSTER_DEFAULT = -1


@dataclass(frozen=True, slots=True)
class TopicSize:
    """How many partitions the busy topics have; the others have few messages. Replication -1: as the cluster does."""

    predictions: int = 8
    collected: int = 4
    others: int = 2
    replication_factor: int = CLUSTER_DEFAULT


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """A topic to be created."""

    role: Role
    name: str
    partitions: int
    replication_factor: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as it is on the cluster, with its effective configuration."""

    name: str
    partitions: int
    replication_factor: int
    config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of creating a topic: an error only where it failed."""

    name: str
    state: Literal["created", "exists", "failed"]
    error: str = ""


def plan_topics(names: Mapping[Role, str], size: TopicSize, max_message_bytes: int) -> tuple[TopicPlan, ...]:
    """Every topic as it should be created."""
    kept = {"cleanup.policy": "delete", "max.message.bytes": str(max_message_bytes)}
    wide = str(max_message_bytes + DEAD_LETTER_HEADERS_BYTES)
    shapes: dict[Role, tuple[int, dict[str, str]]] = {
        "predictions": (size.predictions, {**kept, "retention.ms": str(7 * _DAY_MS)}),
        # Open windows are rebuilt from it: it has to outlast the longest window.
        "collected": (size.collected, {**kept, "retention.ms": str(14 * _DAY_MS)}),
        "batches": (size.others, {**kept, "retention.ms": str(30 * _DAY_MS)}),
        "snapshots": (size.others, {**kept, "retention.ms": "-1"}),
        # One partition: all labels in one order, and one worker that knows which windows they concern.
        "labels": (1, {**kept, "retention.ms": str(30 * _DAY_MS)}),
        "dead_letters": (size.others, {**kept, "retention.ms": str(30 * _DAY_MS), "max.message.bytes": wide}),
        # One partition for each of `collected`: what a worker needs to know of it and nothing else.
        "window_progress": (size.collected, {**kept, "cleanup.policy": "compact"}),
        "alerts": (size.others, {**kept, "retention.ms": str(30 * _DAY_MS)}),
        "alert_progress": (size.others, {**kept, "cleanup.policy": "compact"}),  # one for each of `snapshots`
    }
    return tuple(
        TopicPlan(role, names[role], partitions, size.replication_factor, config)
        for role, (partitions, config) in shapes.items()
    )


def create_command(plan: TopicPlan, bootstrap_servers: str) -> str:
    """The shell command that creates a topic, for those who may not or do not want to let this program do it."""
    words = ["kafka-topics.sh", "--bootstrap-server", bootstrap_servers, "--create", "--topic", plan.name]
    words += ["--partitions", str(plan.partitions)]
    if plan.replication_factor != CLUSTER_DEFAULT:
        words += ["--replication-factor", str(plan.replication_factor)]
    for name, value in plan.config.items():
        words += ["--config", f"{name}={value}"]
    return shlex.join(words)


def create_topics(config: Config, plans: Sequence[TopicPlan]) -> tuple[Outcome, ...]:
    """Create what is missing and leave what exists as it is. Raises ClusterError."""
    with _admin(config, "creating topics") as (admin, heard):
        there = _topics(admin, heard)
        missing = [plan for plan in plans if plan.name not in there]
        asked = _ask(admin, missing) if missing else {}
    return tuple(asked.get(plan.name, Outcome(plan.name, "exists")) for plan in plans)


def missing_topics(config: Config, plans: Iterable[TopicPlan]) -> tuple[TopicPlan, ...]:
    """The topics that the cluster lacks. Raises ClusterError."""
    with _admin(config, "looking for topics") as (admin, heard):
        there = _topics(admin, heard)
    return tuple(plan for plan in plans if plan.name not in there)


def describe_topics(config: Config, names: Sequence[str]) -> dict[str, TopicState]:
    """Those of the topics that exist, by name. Raises ClusterError."""
    with _admin(config, "describing topics") as (admin, heard):
        there = {name: shape for name, shape in _topics(admin, heard).items() if name in names}
        configs = dict(_configs(admin, list(there)))
    return {name: TopicState(name, *there[name], config) for name, config in configs.items()}


def largest_record(config: Config, name: str, most_bytes: int) -> int:
    """What a topic takes, `most_bytes` at most; that too where nothing is known of the topic."""
    try:
        found = describe_topics(config, [name])
    except ClusterError as error:
        logger.warning("topic %s is taken to have room for %s bytes: %s", name, most_bytes, error)
        return most_bytes
    taken = [int(each.config.get("max.message.bytes", most_bytes)) for each in found.values()]
    return min([most_bytes, *taken])


def delete_topics(config: Config, names: Sequence[str]) -> None:
    """Delete topics that were made for one occasion. Raises ClusterError."""
    with _admin(config, "deleting topics") as (admin, _):
        for future in admin.delete_topics(list(names), operation_timeout=TIMEOUT_S).values():
            future.result(TIMEOUT_S)


@contextmanager
def _admin(config: Config, doing: str) -> Iterator[tuple[AdminClient, ComplaintsState]]:
    """A client whose complaints, such as a refused password, end up in the error."""
    with explained(doing) as heard:
        yield AdminClient({**config, **heard.options()}), heard


def _ask(admin: AdminClient, plans: Sequence[TopicPlan]) -> dict[str, Outcome]:
    topics = [NewTopic(plan.name, plan.partitions, plan.replication_factor, config=dict(plan.config)) for plan in plans]
    futures = admin.create_topics(topics, operation_timeout=TIMEOUT_S, request_timeout=TIMEOUT_S)
    return {name: _outcome(name, future.exception()) for name, future in futures.items()}


def _outcome(name: str, error: BaseException | None) -> Outcome:
    if error is None:
        return Outcome(name, "created")
    cause = error.args[0] if isinstance(error, KafkaException) else None
    if isinstance(cause, KafkaError) and cause.code() == KafkaError.TOPIC_ALREADY_EXISTS:
        return Outcome(name, "exists")
    return Outcome(name, "failed", cause.str() if isinstance(cause, KafkaError) else str(error))


def _topics(admin: AdminClient, heard: ComplaintsState) -> dict[str, tuple[int, int]]:
    """Partitions and smallest replication factor, by topic."""
    return {
        name: (len(topic.partitions), min((len(each.replicas) for each in topic.partitions.values()), default=0))
        for name, topic in topics_metadata(admin, heard).items()
        if topic.error is None
    }


def _configs(admin: AdminClient, names: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    if names:
        asked = admin.describe_configs([ConfigResource(ResourceType.TOPIC, name) for name in names])
        for resource, future in asked.items():
            error = future.exception(timeout=TIMEOUT_S)
            if _is_unknown(error):
                continue  # deleted a moment ago: metadata still had it
            entries = future.result()
            yield resource.name, {name: entry.value for name, entry in entries.items() if entry.value is not None}


def _is_unknown(error: BaseException | None) -> bool:
    cause = error.args[0] if isinstance(error, KafkaException) else None
    return isinstance(cause, KafkaError) and cause.code() == KafkaError.UNKNOWN_TOPIC_OR_PART
