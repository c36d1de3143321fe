"""What a single-node KRaft broker is told: its specification, properties and logging."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_SINGLE_NODE: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    # One node: every internal topic has one replica, and few partitions, which load quickly.
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    # What a killed worker left holds readers back for its time-out, and not ten seconds more.
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # Topics are created explicitly, as on a cluster that is looked after.
    "auto.create.topics.enable": "false",
    "num.partitions": "1",
    # A group starts at once and may notice a killed member within a second.
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    # A killed broker may register again when its old session is over: 9 seconds by default.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    # The default (128 MiB) is an eighth of the heap, for topics that are small here.
    "log.cleaner.dedupe.buffer.size": str(16 << 20),
}

_LOG4J2 = """\
rootLogger.level=INFO
rootLogger.appenderRef.file.ref=file
appender.file.type=File
appender.file.name=file
appender.file.fileName={path}
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d %p %m (%c)%n
"""


@dataclass(frozen=True, slots=True)
class LocalBrokerSpec:
    """A broker to start.

    `data_folder`: where topics are kept; None is a temporary folder that goes when the broker is stopped.
    `properties`: server properties that override the ones chosen here.
    """

    data_folder: Path | None = None
    heap_mib: int = 1024
    start_timeout_s: float = 120.0
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ports:
    """The two ports a node listens on: clients' and the controller's."""

    client: int
    controller: int


def server_properties(spec: LocalBrokerSpec, ports: Ports, log_folder: Path, host: str) -> dict[str, str]:
    """The properties of the single node, but for its quorum; clients reach it at `127.0.0.1`, it listens on `host`."""
    return {
        **_SINGLE_NODE,
        "listeners": f"PLAINTEXT://{host}:{ports.client},CONTROLLER://127.0.0.1:{ports.controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{ports.client}",
        "log.dirs": str(log_folder),
        **spec.properties,
    }


def render_properties(properties: Mapping[str, str]) -> str:
    """Java's properties format, one `name=value` a line."""
    return "".join(f"{name}={value}\n" for name, value in properties.items())


def log4j2_properties(log_file: Path) -> str:
    """A log4j2 configuration that writes everything to one file."""
    return _LOG4J2.format(path=log_file)
