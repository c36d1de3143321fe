"""How `streams worker` ends: in order at any moment, within its budget, with nothing left behind."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.running import plain_environment

COLLECTORS = "collectors: [{id: all, trigger: {type: interval, interval: 1m}}]"


@pytest.fixture
def silent_broker() -> Iterator[socket.socket]:
    """Accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)
        yield listening


def test_sigterm_while_a_worker_starts_is_a_clean_end(tmp_path: Path, silent_broker: socket.socket) -> None:
    (tmp_path / "collectors.yaml").write_text(COLLECTORS)
    environ = {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{silent_broker.getsockname()[1]}"}
    starting = subprocess.Popen(
        [sys.executable, "-m", "streams.cli.main", "worker", "--collectors", "collectors.yaml"],
        cwd=tmp_path,
        env=plain_environment(environ),
        stdout=subprocess.PIPE,
    )
    silent_broker.accept()
    starting.send_signal(signal.SIGTERM)
    out, _ = starting.communicate(timeout=60)

    assert starting.returncode == 0
    assert out == b""
    assert [each.name for each in tmp_path.iterdir()] == ["collectors.yaml"]
