"""A pipeline of real processes on a real broker: started, killed, waited for, and read back from what it left."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
from confluent_kafka import (
    Consumer,
    ConsumerGroupState,
    ConsumerGroupTopicPartitions,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, ConsumerGroupDescription
from pyarrow.fs import FileSelector, FileSystem, FileType, LocalFileSystem

from tests.commands.running import Ran, run
from tests.integration.oracle import Asked, Event, Window, collectors_file, expected_windows
from tests.integration.traffic import create_topics
from tests.integration.worker_process import WorkerProcess

ROOT = Path(__file__).parents[2]
_SIZES = {"collected": 4, "window-progress": 4, "batches": 2, "snapshots": 1, "labels": 1, "dead-letters": 1}
_SIZES |= {"alerts": 1, "alert-progress": 1}
_QUICK = {
    "STREAMS_WINDOWS_IDLE_AFTER_S": "2",
    "STREAMS_WINDOWS_HEARTBEAT_S": "0.5",
    "STREAMS_LIMITS_COMMIT_INTERVAL_S": "0.3",
    "STREAMS_LIMITS_TRANSACTION_TIMEOUT_S": "10",
    "KAFKA_CONSUMER_SESSION_TIMEOUT_MS": "6000",
    "KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS": "1000",
    "PYTHONFAULTHANDLER": "1",
}

MIXED = (
    Asked("every-ten-minutes", model="m1", interval_ms=600_000),
    Asked("every-two-thousand", maximum_probability_below=0.6, rows=2_000),
    Asked("whichever-is-first", keep_fraction=0.3, rows=1_000, interval_ms=600_000),
)
"""Three collectors that close windows in three ways, for the smaller tests."""


@dataclass(slots=True)
class PipelineState:
    """One run of all stages over a predictions topic: topics, groups and objects of its own, and its workers.

    Several runs may share `predictions`.
    """

    servers: str
    predictions: str
    name: str
    folder: Path
    asked: Sequence[Asked]
    files: FileSystem = field(default_factory=LocalFileSystem)
    store_root: str = ""
    environ: Mapping[str, str] = field(default_factory=dict)
    workers: list[WorkerProcess] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.store_root = self.store_root or str(self.folder / "objects")
        (self.folder / "collectors.json").write_text(collectors_file(self.asked))
        create_topics(self.servers, {self.topic(role): size for role, size in _SIZES.items()})

    def topic(self, role: str) -> str:
        return f"{self.name}.{role}"

    def group(self, stage: str) -> str:
        return f"{self.name}-{stage}"

    def start(self, stages: str = "collect,window,report", port: int = 0, **environ: str) -> WorkerProcess:
        """Start one more worker; port 0 is any."""
        instance = f"w{len(self.workers)}"
        settings = {**self.settings(), "STREAMS_INSTANCE": instance, **environ}
        arguments = ["--collectors", str(self.folder / "collectors.json"), "--stages", stages, "--port", str(port)]
        self.workers.append(WorkerProcess(self.folder / f"{instance}.log", settings, arguments))
        return self.workers[-1]

    def settings(self) -> dict[str, str]:
        """What tells a process about this pipeline."""
        local = isinstance(self.files, LocalFileSystem)
        return {
            **_QUICK,
            "KAFKA_BOOTSTRAP_SERVERS": self.servers,
            "STREAMS_TOPICS_PREDICTIONS": self.predictions,
            **{f"STREAMS_TOPICS_{role.upper().replace('-', '_')}": self.topic(role) for role in _SIZES},
            "STREAMS_GROUP_PREFIX": self.name,
            "STREAMS_STORE_URI": self.store_root if local else f"s3://{self.store_root}",
            "STREAMS_COLLECTORS": str(self.folder / "collectors.json"),
            **self.environ,
        }

    def command(self, *arguments: str) -> Ran:
        """`streams ...` with the settings of this pipeline."""
        return run(*arguments, folder=ROOT, environ=self.settings())

    def stop(self) -> None:
        """SIGTERM to every worker that still runs; each has to leave in order."""
        running = [worker for worker in self.workers if worker.running]
        for worker in running:
            worker.send(signal.SIGTERM)
        codes = [worker.wait(40) for worker in running]
        assert codes == [0] * len(running), f"exit codes {codes}\n{self.logs()}"

    def logs(self) -> str:
        return "\n".join(f"--- {each.log.name}\n{each.log.read_text()[-3000:]}" for each in self.workers)

    def last_words(self) -> str:
        """The ends of the workers' logs, after every thread of those that run has said where it is, which ends them."""
        for worker in self.workers:
            if worker.running:
                worker.send(signal.SIGABRT)
                worker.wait(10)
        return "\n".join(f"--- {each.log.name}\n{each.log.read_text()[-12_000:]}" for each in self.workers)

    def wait_until(self, condition: Callable[[], bool], what: str, stalled_s: float = 90) -> None:
        """Ask again and again, while at least one worker runs and something still moves.

        A slow machine may take its time: only `stalled_s` without a new object or a new commit is a failure. Commits of
        the window stage say nothing: heartbeats go on for ever.
        """
        moved, deadline, look = None, 0.0, 0.0
        while not condition():
            if (now := time.monotonic()) >= look:
                look, moved, before = now + 2, self._moved(), moved
                deadline = now + stalled_s if moved != before else deadline
            assert now < deadline, f"nothing moved for {stalled_s} s: {what}; {moved}\n{self.last_words()}"
            assert any(worker.running for worker in self.workers), f"no worker runs any more\n{self.logs()}"
            time.sleep(0.25)

    def _moved(self) -> dict[str, int]:
        sources = {"collect": self.predictions, "report": self.topic("batches")}
        try:
            offsets = {stage: self.committed(stage, topic) for stage, topic in sources.items()}
        except KafkaException:  # the broker is down: a test of just that
            offsets = {}
        return {"objects": len(self.keys()), **offsets}

    def committed(self, stage: str, topic: str) -> int:
        """How many source records lie before the committed offsets of a stage."""
        asked = ConsumerGroupTopicPartitions(self.group(stage))
        admin = AdminClient({"bootstrap.servers": self.servers})  # an older one may have lost a broker that restarted
        found = admin.list_consumer_group_offsets([asked], request_timeout=30)[self.group(stage)].result()
        return sum(each.offset for each in found.topic_partitions if each.topic == topic and each.offset > 0)

    def wait_for_offsets(self, number: int, stalled_s: float = 90) -> None:
        """Wait until collect has committed `number` source records."""
        self.wait_until(
            lambda: self.committed("collect", self.predictions) >= number, f"{number} records collected", stalled_s
        )

    def wait_for_members(self, number: int, stalled_s: float = 90) -> None:
        """Wait until so many workers share the partitions of predictions, and all have been told."""
        self.wait_until(lambda: self._shared_by(number), f"{number} members", stalled_s)

    def members(self, stage: str) -> int:
        """How many workers are in a stage's group."""
        return len(self._described(stage).members)

    def _described(self, stage: str) -> ConsumerGroupDescription:
        group = self.group(stage)
        admin = AdminClient({"bootstrap.servers": self.servers})
        return admin.describe_consumer_groups([group], request_timeout=30)[group].result()

    def _shared_by(self, number: int) -> bool:
        found = self._described("collect")
        holders = [member for member in found.members if member.assignment.topic_partitions]
        return found.state is ConsumerGroupState.STABLE and len(holders) == len(found.members) == number

    def wait_for_snapshots(self, number: int, stalled_s: float = 90) -> None:
        """Wait until so many are stored, and then until they are committed: an object comes before its transaction."""
        self.wait_until(lambda: len(self.keys("/snapshot.json")) >= number, f"{number} snapshots", stalled_s)
        self.wait_until(lambda: len(self.records("snapshots")) >= number, f"{number} snapshots committed", stalled_s)

    def keys(self, ending: str = "") -> list[str]:
        """Keys of the stored objects, in order. What a killed worker left half-written in a folder is none."""
        found = self.files.get_file_info(FileSelector(self.store_root, recursive=True, allow_not_found=True))
        whole = [each for each in found if each.type is FileType.File and not each.base_name.startswith(".unfinished-")]
        paths = [each.path for each in whole if each.path.endswith(ending)]
        return sorted(path.removeprefix(f"{self.store_root}/") for path in paths)

    def read(self, key: str) -> bytes:
        with self.files.open_input_file(f"{self.store_root}/{key}") as source:
            return bytes(source.read())

    def objects(self) -> dict[str, bytes]:
        """Every stored object that is a result. Copies of open windows are none: their names are those of topics."""
        return {key: self.read(key) for key in self.keys() if not key.startswith("open-windows/")}

    def windows(self, collector: str) -> list[Window]:
        """The collector's batches as the manifests *on the topic* name them, in order; each exactly once."""
        manifests = [msgspec.json.decode(message.value() or b"") for message in self.records("batches")]
        mine = [manifest for manifest in manifests if manifest["plan"]["collector_id"] == collector]
        mine.sort(key=lambda manifest: (manifest["sequence"], manifest["start_ms"]))
        return [self._window(manifest) for manifest in mine]

    def snapshots(self) -> list[dict[str, Any]]:
        """Every snapshot on the topic."""
        return [msgspec.json.decode(message.value() or b"") for message in self.records("snapshots")]

    def accounts(self) -> list[list[dict[str, Any]]]:
        """The accounts of each partition of `collected`, in order."""
        partitions: list[list[dict[str, Any]]] = [[] for _ in range(_SIZES["collected"])]
        for message in self.records("collected"):
            if dict(message.headers() or ())["streams-kind"] == b"account":
                partitions[message.partition() or 0].append(msgspec.json.decode(message.value() or b""))
        return partitions

    def produce(self, role: str, values: Sequence[bytes]) -> None:
        """Put records into the first partition of a topic of this run."""
        producer = Producer({"bootstrap.servers": self.servers})
        for value in values:
            producer.produce(self.topic(role), value, partition=0)
        assert producer.flush(60) == 0

    def records(self, role: str) -> list[Message]:
        """Every committed record of a topic of this run."""
        return self.records_of(self.topic(role))

    def records_of(self, topic: str) -> list[Message]:
        """Every committed record of a topic."""
        return list(read_topic(self.servers, topic))

    def clean_up(self) -> None:
        for worker in self.workers:
            worker.clean_up()

    def _window(self, manifest: dict[str, Any]) -> Window:
        rows, late = (self._ids(manifest[name]) for name in ("rows_object", "late_object"))
        assert (len(rows), len(late)) == (manifest["rows"], manifest["late_rows"])
        return Window(rows, late, manifest["dropped"])

    def _ids(self, stored: dict[str, Any] | None) -> tuple[str, ...]:
        if stored is None:
            return ()
        table = pq.read_table(f"{self.store_root}/{stored['key']}", columns=["id"], filesystem=self.files)
        return tuple(table["id"].to_pylist())


@contextmanager
def pipeline(*arguments: Any, **named: Any) -> Iterator[PipelineState]:
    """A pipeline whose processes end with the block."""
    made = PipelineState(*arguments, **named)
    try:
        yield made
    finally:
        made.clean_up()


def read_topic(servers: str, topic: str) -> Iterator[Message]:
    """All committed records up to the present end, partition by partition."""
    options = {"bootstrap.servers": servers, "group.id": f"{topic}-audit", "enable.partition.eof": True}
    consumer = Consumer({**options, "isolation.level": "read_committed", "enable.auto.commit": False})
    for partition in sorted(consumer.list_topics(topic, 30).topics[topic].partitions):
        consumer.assign([TopicPartition(topic, partition, 0)])
        while (message := consumer.poll(30)) is not None and message.error() is None:
            yield message
    consumer.close()


def assert_exact(run: PipelineState, events: Sequence[Event]) -> None:
    """Once all is done: every collector has exactly the windows, ids, late ids and drop counts that it asked for."""
    expected = {asked.id: expected_windows(events, asked) for asked in run.asked}
    run.wait_for_snapshots(sum(map(len, expected.values())))
    run.stop()
    for collector, wanted in expected.items():
        assert_same_windows(collector, run.windows(collector), wanted)
    found = Counter((each["collector_id"], each["rows"], each["late_rows"]) for each in run.snapshots())
    assert found == Counter(
        (collector, len(window.ids), len(window.late)) for collector, wanted in expected.items() for window in wanted
    )


def assert_same_windows(collector: str, found: Sequence[Window], expected: Sequence[Window]) -> None:
    """Equal in number, order, rows and counts; the first difference is named."""
    assert len(found) == len(expected), collector
    for number, (window, wanted) in enumerate(zip(found, expected, strict=True)):
        where = f"{collector}, window {number}"
        assert len(window.ids) == len(wanted.ids), where
        assert window.ids == wanted.ids, where
        assert window.late == wanted.late, where
        assert window.dropped == wanted.dropped, where


def assert_same_bytes(found: PipelineState, calm: PipelineState) -> None:
    """Every object of the one is an object of the other."""
    ours, theirs = found.objects(), calm.objects()
    assert ours.keys() == theirs.keys(), f"only in one: {sorted(ours.keys() ^ theirs.keys())[:5]}"
    different = [key for key, content in ours.items() if theirs[key] != content]
    assert not different, f"other bytes than without faults: {different[:5]}"
