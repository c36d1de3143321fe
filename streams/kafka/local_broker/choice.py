"""Which broker to use: a given one, one of our own in Java, or one of our own in Docker."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from streams.kafka.local_broker.docker import DockerBrokerProcess, docker_answers
from streams.kafka.local_broker.errors import LocalBrokerError
from streams.kafka.local_broker.jars import find_java, jars_cache, pom_path
from streams.kafka.local_broker.process import LocalBrokerProcess
from streams.kafka.local_broker.server_files import LocalBrokerSpec


class Broker(Protocol):
    """A broker that can be used, and, where it is ours, started and stopped."""

    @property
    def bootstrap_servers(self) -> str:
        """Where clients connect to, for `bootstrap.servers`."""

    def start(self) -> None:
        """Return once it serves."""

    def shut_down(self) -> None:
        """End it in order; data stays."""

    def kill(self) -> None:
        """End it at once; data stays."""

    def restart(self) -> None:
        """End it in order and start it again."""

    def stop(self) -> None:
        """End it for good."""

    def __enter__(self) -> Self:
        """Start it."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""


@dataclass(frozen=True, slots=True)
class GivenBroker:
    """A cluster that someone else runs: used as it is, neither started nor stopped."""

    bootstrap_servers: str

    def start(self) -> None:
        """Nothing to do: it runs."""

    def stop(self) -> None:
        """Nothing to do: it is not ours to stop."""

    def shut_down(self) -> None:
        """Refuse: it is not ours."""
        raise self._not_ours()

    def kill(self) -> None:
        """Refuse: it is not ours."""
        raise self._not_ours()

    def restart(self) -> None:
        """Refuse: it is not ours."""
        raise self._not_ours()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave it running."""

    def _not_ours(self) -> LocalBrokerError:
        return LocalBrokerError(
            f"the broker at {self.bootstrap_servers} is given, it cannot be taken down:"
            " unset KAFKA_BOOTSTRAP_SERVERS to use a local one"
        )


def broker_from_environment(environ: Mapping[str, str] | None = None, spec: LocalBrokerSpec | None = None) -> Broker:
    """The broker that the environment allows for, not started yet.

    `KAFKA_BOOTSTRAP_SERVERS` where set; otherwise Java and Maven (or jars fetched earlier); otherwise a Docker engine.
    Raises `LocalBrokerError` that names all three where none is there.
    """
    environ = os.environ if environ is None else environ
    if servers := environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return GivenBroker(servers)
    lacking = _lacking_for_java(environ)
    if lacking is None:
        return LocalBrokerProcess(spec, environ)
    if docker_answers(environ):
        return DockerBrokerProcess(spec, environ)
    raise LocalBrokerError(f"no Kafka to be had: {lacking}; or start a Docker engine; or set KAFKA_BOOTSTRAP_SERVERS")


def _lacking_for_java(environ: Mapping[str, str]) -> str | None:
    """What is missing to run a broker in Java, with its remedy; None where nothing is."""
    try:
        find_java(environ)
    except LocalBrokerError as error:
        return str(error)
    if jars_cache(pom_path(), environ).is_dir() or shutil.which("mvn", path=environ.get("PATH")):
        return None
    return "no mvn in PATH to fetch Kafka's jars with: install Maven"
