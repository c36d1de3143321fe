"""A real S3 server in a process of its own: versitygw where Go is there, otherwise Adobe's S3Mock on Java.

Both work with pyarrow's S3FileSystem. versitygw checks signatures; S3Mock accepts any credentials.
`STREAMS_TEST_S3=versitygw|s3mock` asks for one of them.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from pyarrow.fs import S3FileSystem

from streams.kafka.local_broker.cache import cache_root, cached
from streams.kafka.local_broker.guarded import GuardedProcess, free_port
from streams.kafka.local_broker.jars import find_java

VERSITYGW = "v1.8.0"
S3MOCK = "4.8.0"
_REGION = "us-east-1"
_START_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class S3Server:
    """Where a server listens and who may come in."""

    name: str
    endpoint: str
    access_key: str
    secret_key: str
    region: str = _REGION

    @property
    def checks_signatures(self) -> bool:
        """Whether a wrong secret is refused."""
        return self.name == "versitygw"

    def filesystem(self) -> S3FileSystem:
        """A client that may create buckets."""
        return S3FileSystem(
            access_key=self.access_key,
            secret_key=self.secret_key,
            endpoint_override=self.endpoint,
            region=self.region,
            allow_bucket_creation=True,
            allow_bucket_deletion=True,
        )

    def environment(self) -> dict[str, str]:
        """What any S3 client reads, for processes that tests start."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def fresh_bucket(self) -> "S3Bucket":
        """A new, empty bucket."""
        name = f"test-{uuid4().hex[:12]}"
        self.filesystem().create_dir(name)
        return S3Bucket(self, name)


@dataclass(frozen=True, slots=True)
class S3Bucket:
    """A bucket that one test has to itself."""

    server: S3Server
    name: str

    @property
    def endpoint(self) -> str:
        return self.server.endpoint

    @property
    def access_key(self) -> str:
        return self.server.access_key

    @property
    def secret_key(self) -> str:
        return self.server.secret_key

    @property
    def uri(self) -> str:
        """`s3://` and the bucket's name; endpoint and credentials come from the environment."""
        return f"s3://{self.name}"


class S3ServerProcess:
    """The server's life: `server` says how to reach it."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        environ = os.environ if environ is None else environ
        port = free_port()
        key, secret = f"key{uuid4().hex[:8]}", uuid4().hex
        self.name = choose(environ)
        self.server = S3Server(self.name, f"http://127.0.0.1:{port}", key, secret)
        command = COMMANDS[self.name](folder, port, environ)
        credentials = {"ROOT_ACCESS_KEY_ID": key, "ROOT_SECRET_ACCESS_KEY": secret}
        self._log = folder / "server.log"
        self._process = GuardedProcess(command, self._log, {**environ, **credentials}, remove_folder=folder)
        self._wait(port)

    def stop(self) -> None:
        self._process.kill()

    def _wait(self, port: int) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not _answers(port):
            if not self._process.is_alive() or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"{self.name} did not start:\n{self._log.read_text()[-3000:]}")
            time.sleep(0.05)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def choose(environ: Mapping[str, str]) -> str:
    """The server to use; raises where neither can be had."""
    if asked := environ.get("STREAMS_TEST_S3"):
        if asked not in COMMANDS:
            raise RuntimeError(f"STREAMS_TEST_S3={asked} is none of {', '.join(COMMANDS)}")
        return asked
    path = environ.get("PATH")
    if versitygw_cache(environ).is_dir() or shutil.which("go", path=path):
        return "versitygw"
    if s3mock_cache(environ).is_dir() or shutil.which("mvn", path=path):
        return "s3mock"
    raise RuntimeError("no S3 server to be had: install Go, or Java 17 and Maven")


def versitygw_cache(environ: Mapping[str, str]) -> Path:
    return cache_root(environ) / f"versitygw-{VERSITYGW}"


def s3mock_cache(environ: Mapping[str, str]) -> Path:
    return cache_root(environ) / f"s3mock-{S3MOCK}"


def versitygw_command(folder: Path, port: int, environ: Mapping[str, str]) -> list[str]:
    """Objects as files below `folder`; their metadata beside them, for file systems without attributes."""
    program = cached(versitygw_cache(environ), lambda path: _build_versitygw(path, environ)) / "versitygw"
    objects, metadata = folder / "objects", folder / "metadata"
    objects.mkdir(parents=True)
    metadata.mkdir()
    listen = ["--port", f"127.0.0.1:{port}", "--region", _REGION, "--quiet"]
    return [str(program), *listen, "posix", "--sidecar", str(metadata), str(objects)]


def s3mock_command(folder: Path, port: int, environ: Mapping[str, str]) -> list[str]:
    jar = cached(s3mock_cache(environ), lambda path: _fetch_s3mock(path, environ)) / f"s3mock-{S3MOCK}-exec.jar"
    objects = folder / "objects"
    objects.mkdir(parents=True)
    options = [f"--com.adobe.testing.s3mock.httpPort={port}", "--server.port=0"]
    options.append(f"--com.adobe.testing.s3mock.store.root={objects}")
    return [str(find_java(environ)), "-Xmx512m", "-jar", str(jar), *options]


def _build_versitygw(folder: Path, environ: Mapping[str, str]) -> None:
    package = f"github.com/versity/versitygw/cmd/versitygw@{VERSITYGW}"
    _run(["go", "install", "-ldflags=-s -w", package], {**environ, "GOBIN": str(folder)})


def _fetch_s3mock(folder: Path, environ: Mapping[str, str]) -> None:
    goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
    artifact = f"-Dartifact=com.adobe.testing:s3mock:{S3MOCK}:jar:exec"
    _run(["mvn", "-q", "-B", goal, artifact, f"-DoutputDirectory={folder}"], environ)


def _run(command: list[str], environ: Mapping[str, str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(environ))
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-3000:]}")


COMMANDS = {"versitygw": versitygw_command, "s3mock": s3mock_command}
