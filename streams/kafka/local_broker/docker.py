"""A single-node Apache Kafka in a Docker container, for machines with an engine and without Java."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from streams.kafka.local_broker.errors import LocalBrokerError
from streams.kafka.local_broker.guarded import GuardedProcess, free_port
from streams.kafka.local_broker.jars import kafka_version, pom_path
from streams.kafka.local_broker.readiness import wait_until_serving
from streams.kafka.local_broker.server_files import LocalBrokerSpec, Ports, server_properties

_SHUTDOWN_GRACE_S = 30.0
_DATA = Path("/var/lib/kafka/data")


def docker_answers(environ: Mapping[str, str]) -> bool:
    """Whether there is a Docker client and an engine that answers it."""
    docker = shutil.which("docker", path=environ.get("PATH"))
    if docker is None:
        return False
    command = [docker, "version", "--format", "{{.Server.Version}}"]
    return subprocess.run(command, capture_output=True, check=False, env=dict(environ)).returncode == 0


def run_command(name: str, image: str, port: int, properties: Mapping[str, str]) -> list[str]:
    """The `docker run` of a broker: the image reads each server property from a variable of its own."""
    command = ["docker", "run", "--rm", "--name", name, "--volume", f"{name}:{_DATA}"]
    command += ["--publish", f"127.0.0.1:{port}:{port}"]
    for key, value in properties.items():
        command += ["--env", f"KAFKA_{key.replace('.', '_').upper()}={value}"]
    return [*command, image]


class DockerBrokerProcess:
    """A broker in a container that this process starts, and that ends with it at the latest.

    Mutable: it runs or it does not. Topics are kept in a volume of the container's name until `stop()`.
    `LocalBrokerSpec.data_folder` has no meaning here.
    """

    def __init__(self, spec: LocalBrokerSpec | None = None, environ: Mapping[str, str] | None = None) -> None:
        self._spec = spec or LocalBrokerSpec()
        self._environ = dict(os.environ if environ is None else environ)
        self._ports = Ports(client=free_port(), controller=9093)
        self._name = f"streams-kafka-{uuid4().hex[:12]}"
        self._output = Path(tempfile.gettempdir()) / f"{self._name}.log"
        self._process: GuardedProcess | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Where clients connect to, for `bootstrap.servers`."""
        return f"127.0.0.1:{self._ports.client}"

    def start(self) -> None:
        """Start it and wait until it serves; does nothing where it runs already."""
        if self._process and self._process.is_alive():
            return
        properties = server_properties(self._spec, self._ports, _DATA, host="0.0.0.0")  # noqa: S104 -- inside the container
        properties["controller.quorum.voters"] = f"1@127.0.0.1:{self._ports.controller}"
        image = f"apache/kafka:{kafka_version(pom_path())}"
        command = run_command(self._name, image, self._ports.client, properties)
        self._process = GuardedProcess(command, output=self._output, environ=self._environ)
        try:
            wait_until_serving(self.bootstrap_servers, self._spec.start_timeout_s, self._process.is_alive)
        except LocalBrokerError as error:
            self.shut_down()
            raise LocalBrokerError(f"{error}; `{' '.join(command)}` wrote to {self._output}") from error

    def shut_down(self) -> None:
        """End it in order (SIGTERM) and keep its data: `start()` brings it back."""
        if self._process is not None:
            self._process.terminate(_SHUTDOWN_GRACE_S)

    def kill(self) -> None:
        """End it at once (SIGKILL) and keep its data: `start()` brings it back."""
        if self._process is not None:
            self._docker("kill", self._name)
            self._process.terminate(_SHUTDOWN_GRACE_S)

    def restart(self) -> None:
        """`shut_down()` and `start()`."""
        self.shut_down()
        self.start()

    def stop(self) -> None:
        """End it for good; its data goes with it."""
        self.kill()
        self._docker("volume", "rm", "--force", self._name)
        self._output.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _docker(self, *arguments: str) -> None:
        subprocess.run(["docker", *arguments], capture_output=True, check=False, env=self._environ)
