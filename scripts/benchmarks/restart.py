"""A restart with rows in open windows, against reading the bytes of these rows from Kafka.

Events go through a worker into one window that stays open; the worker is killed. Then, in turn and `--rounds` times:
a bare consumer reads what lies in `collected`; a worker of the window stage alone starts where nothing is open, and
starts where the rows are, until it is ready and counts all of them. The difference of these two is what open windows
cost: it has to be at most twice the bare reading.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from _events import json_payloads
from collect import produce
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from streams.kafka.local_broker import broker_from_environment
from streams.kafka.local_broker.guarded import free_port

TARGET = 2.0
COLLECTORS = {
    "collectors": [{"id": "everything", "trigger": {"type": "interval", "interval": "24h"}, "allowed_lateness": "365d"}]
}
PARTITIONS = {"predictions": 8, "collected": 2, "window-progress": 2, "batches": 1, "snapshots": 1, "dead-letters": 1}
PARTITIONS |= {"labels": 1, "alerts": 1, "alert-progress": 1}


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/bench restart", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", choices=["table", "json"], default="table")
    return parser.parse_args()


@dataclass(frozen=True, slots=True)
class Place:
    """Topics, group and store of one pipeline."""

    servers: str
    folder: Path
    prefix: str

    def topic(self, role: str) -> str:
        """The topic in a role."""
        return f"{self.prefix}-{role}"

    def create(self) -> None:
        """Create topics and the file of collectors."""
        admin = AdminClient({"bootstrap.servers": self.servers})
        made = admin.create_topics([NewTopic(self.topic(role), count, 1) for role, count in PARTITIONS.items()])
        for each in made.values():
            each.result()
        (self.folder / "collectors.json").write_text(json.dumps(COLLECTORS))

    @contextmanager
    def worker(self, stages: str) -> Iterator[Callable[[str], str]]:
        """A running worker: what it answers under a path. It is killed in the end."""
        port = free_port()
        topics = {f"STREAMS_TOPICS_{role.upper().replace('-', '_')}": self.topic(role) for role in PARTITIONS}
        environment = {
            **os.environ,
            **topics,
            "KAFKA_BOOTSTRAP_SERVERS": self.servers,
            "KAFKA_CONSUMER_SESSION_TIMEOUT_MS": "6000",
            "STREAMS_GROUP_PREFIX": self.prefix,
            "STREAMS_STORE_URI": str(self.folder / "objects"),
            "STREAMS_COLLECTORS": str(self.folder / "collectors.json"),
            "STREAMS_INSTANCE": "bench",
        }
        command = [sys.executable, "-m", "streams.cli.main", "worker", "--stages", stages, "--port", str(port)]
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield lambda path: _asked(process, port, path)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


def _asked(process: subprocess.Popen[bytes], port: int, path: str) -> str:
    if process.poll() is not None:
        raise RuntimeError("the worker ended before its work did")
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return ""


def open_rows(metrics: str) -> int:
    """Rows in open windows, as a worker's metrics have them."""
    return sum(int(float(line.split()[-1])) for line in metrics.splitlines() if line.startswith("streams_open_rows{"))


def wait_for(condition: Callable[[], bool], timeout_s: float = 600) -> None:
    """Ask again and again."""
    give_up_at = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < give_up_at, "it takes too long"
        time.sleep(0.02)


def fill(place: Place, rows: int) -> None:
    """Put rows into the open window, and kill the worker that did."""
    produce(place.servers, place.topic("predictions"), json_payloads(), rows)
    with place.worker("collect,window") as ask:
        wait_for(lambda: open_rows(ask("/metrics")) == rows)


def read_bare(place: Place) -> tuple[float, int]:
    """Seconds to read all of `collected` with a consumer that does nothing else, and how many bytes that is."""
    options = {"bootstrap.servers": place.servers, "group.id": uuid4().hex, "enable.partition.eof": True}
    consumer = Consumer({**options, "isolation.level": "read_committed", "fetch.queue.backoff.ms": 5})
    began, ended, size = time.perf_counter(), set(), 0
    consumer.assign([TopicPartition(place.topic("collected"), each, 0) for each in range(PARTITIONS["collected"])])
    while len(ended) < PARTITIONS["collected"]:
        for message in consumer.consume(20_000, 0.1):
            if message.error():
                ended.add(message.partition())
            else:
                size += len(message.value() or b"")
    seconds = time.perf_counter() - began
    consumer.close()
    return seconds, size


def restart(place: Place, rows: int) -> float:
    """Seconds until a new worker is ready and has taken up all rows; its predecessor is forgotten before."""
    group = f"{place.prefix}-window"
    admin = AdminClient({"bootstrap.servers": place.servers})
    wait_for(lambda: not admin.describe_consumer_groups([group])[group].result().members)
    began = time.perf_counter()
    with place.worker("window") as ask:
        wait_for(lambda: '"ready"' in ask("/readyz") and open_rows(ask("/metrics")) == rows)
        return time.perf_counter() - began


def measure(servers: str, folder: Path, chosen: argparse.Namespace) -> dict[str, object]:
    """Run everything and return seconds and ratios."""
    full, empty = (Place(servers, folder / name, f"bench-{name}-{uuid4().hex[:8]}") for name in ("full", "empty"))
    for place in (full, empty):
        place.folder.mkdir()
        place.create()
    fill(full, chosen.rows)
    seconds: dict[str, list[float]] = {"bare": [], "empty": [], "restart": []}
    for _ in range(chosen.rounds):
        took, size = read_bare(full)
        seconds["bare"].append(took)
        seconds["empty"].append(restart(empty, 0))
        seconds["restart"].append(restart(full, chosen.rows))
    middle = {name: statistics.median(each) for name, each in seconds.items()}
    return {
        "seconds": seconds,
        "median": middle,
        "megabytes": size / 1e6,
        "ratio": (middle["restart"] - middle["empty"]) / middle["bare"],
        "target": TARGET,
    }


def show(result: dict[str, object]) -> None:
    """Print for people."""
    for name, each in result["seconds"].items():  # type: ignore[attr-defined]
        print(f"{name:8} {statistics.median(each):6.2f} s   of {', '.join(f'{one:.2f}' for one in each)}")
    met = "met" if result["ratio"] <= TARGET else "MISSED"  # type: ignore[operator]
    print(f"{result['megabytes']:.0f} MB; (restart - empty) / bare {result['ratio']:.2f}   target {TARGET}   {met}")


def main() -> int:
    """Measure; 1 where the target is missed."""
    chosen = arguments()
    with tempfile.TemporaryDirectory() as folder, broker_from_environment() as broker:
        result = measure(broker.bootstrap_servers, Path(folder), chosen)
    if chosen.output == "json":
        print(json.dumps(result))
    else:
        show(result)
    return 0 if result["ratio"] <= TARGET else 1  # type: ignore[operator]


if __name__ == "__main__":
    sys.exit(main())
