"""Where commands are run against a real broker."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import get_args

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from streams.kafka import client_config
from streams.kafka.connection import Connection
from streams.kafka.scan import Record, scan
from streams.kafka.topic_roles import Role
from tests.commands.running import Ran, plain_environment, run


class Place:
    """A folder whose settings name topics of this test alone."""

    def __init__(self, folder: Path, servers: str, prefix: str) -> None:
        self.folder, self.prefix = folder, prefix
        self.kafka = Connection.model_validate({"properties": {"bootstrap.servers": servers}})
        topics = {role: prefix + role for role in get_args(Role)}
        settings = {"kafka": {"properties": {"bootstrap.servers": servers}}, "topics": topics}
        (folder / "streams.yaml").write_text(json.dumps(settings))

    def run(self, *arguments: str, stdin: bytes = b"") -> Ran:
        return run(*arguments, folder=self.folder, stdin=stdin)

    def stopped(self, number: signal.Signals, *arguments: str) -> Ran:
        """A command that produces, which gets a signal once the first of its events is there."""
        command = [sys.executable, "-m", "streams.cli.main", *arguments]
        with subprocess.Popen(
            command,
            cwd=self.folder,
            env=plain_environment({}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            try:
                self.await_event()
                running.send_signal(number)
                out, err = running.communicate(timeout=60)
            finally:
                running.kill()  # or a failure would wait for it
        return Ran(running.returncode, out, err)

    def await_event(self) -> None:
        """Return once an event is there. A consumer bears a topic so new that its leader is not known."""
        consumer = Consumer(self.reader())
        consumer.assign([TopicPartition(f"{self.prefix}predictions", each, OFFSET_BEGINNING) for each in range(3)])
        while (message := consumer.poll(1)) is None or message.error():
            pass
        consumer.close()

    def reader(self) -> client_config.Config:
        return client_config.consumer(self.kafka, group_id=f"{self.prefix}reader", client_id="test")

    def records(self, role: str = "predictions") -> list[Record]:
        return list(scan(self.reader(), self.prefix + role, lambda _done, _total: None))
