"""A single-node Apache Kafka (KRaft) in a process of its own, without Docker.

KRaft: KIP-500. The quorum is formatted with `--standalone` (KIP-853).
"""

import base64
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
from streams.kafka.local_broker.jars import find_java, resolve_jars
from streams.kafka.local_broker.readiness import wait_until_serving
from streams.kafka.local_broker.server_files import (
    LocalBrokerSpec,
    Ports,
    log4j2_properties,
    render_properties,
    server_properties,
)

_SHUTDOWN_GRACE_S = 15.0
_LOG_TAIL_BYTES = 3000
# In a life of minutes the optimizing compiler and the concurrent collector take more of two cores than they give back.
_BRIEF = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


class LocalBrokerProcess:
    """A broker that this process starts, and that ends with it at the latest.

    Mutable: it runs or it does not. Ports and data stay the same from the first `start()` to `stop()`, so a
    broker that was killed or shut down comes back as itself. As a context manager it starts and stops.
    """

    def __init__(self, spec: LocalBrokerSpec | None = None, environ: Mapping[str, str] | None = None) -> None:
        self._spec = spec or LocalBrokerSpec()
        self._environ = dict(os.environ if environ is None else environ)
        self._ports = Ports(client=free_port(), controller=free_port())
        self._folder: Path | None = None
        self._process: GuardedProcess | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Where clients connect to, for `bootstrap.servers`."""
        return f"127.0.0.1:{self._ports.client}"

    @property
    def folder(self) -> Path:
        """The folder with data, configuration and `broker.log`; there from `start()` to `stop()`."""
        if self._folder is None:
            raise LocalBrokerError("the local broker was not started: call start() first")
        return self._folder

    @property
    def pid(self) -> int | None:
        """The process group of the running broker; None while it is down."""
        return self._process.pid if self._process and self._process.is_alive() else None

    def start(self) -> None:
        """Start it and wait until it serves; does nothing where it runs already.

        Raises `LocalBrokerError`: no Java, no Maven, or a broker that does not come up.
        """
        if self.pid is not None:
            return
        java = find_java(self._environ)
        classpath = f"{resolve_jars(self._environ)}/*"
        if self._folder is None:
            self._folder = self._prepare(java, classpath)
        self._process = self._launch(java, classpath)
        try:
            wait_until_serving(self.bootstrap_servers, self._spec.start_timeout_s, self._process.is_alive)
        except LocalBrokerError as error:
            log = self._log_tail()
            self.stop()
            raise LocalBrokerError(f"{error}; its log ends with:\n{log}") from error

    def shut_down(self) -> None:
        """End it in order (SIGTERM) and keep its data: `start()` brings it back."""
        if self._process is not None:
            self._process.terminate(_SHUTDOWN_GRACE_S)

    def kill(self) -> None:
        """End it at once (SIGKILL) and keep its data: `start()` brings it back."""
        if self._process is not None:
            self._process.kill()

    def restart(self) -> None:
        """`shut_down()` and `start()`."""
        self.shut_down()
        self.start()

    def stop(self) -> None:
        """End it for good; temporary data goes with it, and a given data folder is left in order."""
        if self._spec.data_folder is not None:
            self.shut_down()
            return
        self.kill()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _prepare(self, java: Path, classpath: str) -> Path:
        folder = self._spec.data_folder or Path(tempfile.mkdtemp(prefix="streams-kafka-"))
        folder.mkdir(parents=True, exist_ok=True)
        logs = folder / "topics"
        properties = server_properties(self._spec, self._ports, logs, host="127.0.0.1")
        properties["controller.quorum.bootstrap.servers"] = f"127.0.0.1:{self._ports.controller}"
        (folder / "server.properties").write_text(render_properties(properties), encoding="utf-8")
        (folder / "log4j2.properties").write_text(log4j2_properties(folder / "broker.log"), encoding="utf-8")
        if not (logs / "meta.properties").exists():
            _format(java, classpath, folder)
        return folder

    def _launch(self, java: Path, classpath: str) -> GuardedProcess:
        command = [str(java), *_BRIEF, f"-Xmx{self._spec.heap_mib}m", *_logging(self.folder), "-cp", classpath]
        return GuardedProcess(
            [*command, "kafka.Kafka", str(self.folder / "server.properties")],
            output=self.folder / "output.log",
            environ=self._environ,
            remove_folder=None if self._spec.data_folder else self.folder,
        )

    def _log_tail(self) -> str:
        logs = [self.folder / "output.log", self.folder / "broker.log"]
        tails = [log.read_bytes()[-_LOG_TAIL_BYTES:] for log in logs if log.exists()]
        return b"\n".join(tails).decode(errors="replace")


def _logging(folder: Path) -> list[str]:
    return [f"-Dlog4j2.configurationFile={folder / 'log4j2.properties'}"]


def _format(java: Path, classpath: str, folder: Path) -> None:
    """Write the storage format of a new cluster: what `kafka-storage.sh format` does."""
    cluster_id = base64.urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")
    tool = [str(java), *_BRIEF, *_logging(folder), "-cp", classpath]
    tool += ["kafka.tools.StorageTool", "format", "--standalone", f"--cluster-id={cluster_id}"]
    done = subprocess.run([*tool, "-c", str(folder / "server.properties")], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LocalBrokerError(f"{folder} could not be formatted for Kafka:\n{done.stdout}{done.stderr}")
