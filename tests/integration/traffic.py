"""Events for a pipeline to work on, and whoever sends them."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count, islice
from typing import Any

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from tests.integration.oracle import Event

Headers = list[tuple[str, bytes | None]]
PARTITIONS = 4
EVENTS = 20_000


def create_topics(servers: str, sizes: Mapping[str, int], **config: str) -> None:
    """Topics by name and number of partitions, with `config`; progress is compacted."""
    given = {name.replace("_", "."): value for name, value in config.items()}
    topics = [
        NewTopic(name, size, 1, config=given | ({"cleanup.policy": "compact"} if name.endswith("-progress") else {}))
        for name, size in sizes.items()
    ]
    admin = AdminClient({"bootstrap.servers": servers})
    for created in admin.create_topics(topics).values():
        created.result(30)


class TrafficState:
    """Events that a producer has sent; `running` goes on sending beside the block, so that no partition falls idle.

    Where `stamped` is set, records look as if they had been produced when their events happened.
    """

    def __init__(self, servers: str, topic: str, partitions: int, begin_ms: int, step_ms: float) -> None:
        create_topics(servers, {topic: partitions})
        self.topic = topic
        self.events: list[Event] = []
        self._made = sample_events(partitions, begin_ms, step_ms)
        options: dict[str, Any] = {"bootstrap.servers": servers, "enable.idempotence": True, "linger.ms": 20}
        self._producer = Producer({**options, "queue.buffering.max.messages": 2_000_000, "log_level": 0})
        self._enough = threading.Event()
        self.stamped = False
        self._newest: dict[int, int] = {}

    def send(self, number: int) -> None:
        """Send so many more; each comes to lie where it says."""
        for event in islice(self._made, number):
            self._newest[event.partition] = max(self._newest.get(event.partition, 0), event.time_ms)
            stamp = self._newest[event.partition] if self.stamped else 0
            self._producer.produce(self.topic, encode(event), partition=event.partition, timestamp=stamp)
            self.events.append(event)
            if event.offset % 1000 == 0:
                self._producer.poll(0)

    def send_raw(self, partition: int, key: bytes, value: bytes, headers: Headers) -> None:
        """Send a message that is no event."""
        self._producer.produce(self.topic, value, key, partition=partition, headers=headers)

    def flush(self) -> None:
        """Return once the broker has them all."""
        assert self._producer.flush(120) == 0

    @contextmanager
    def running(self, at_once: int = 100, every_s: float = 0.1) -> Iterator[None]:
        """Send steadily for as long as the block takes."""
        thread = threading.Thread(target=self._go_on, args=(at_once, every_s), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._enough.set()
            thread.join()
            self.flush()

    def _go_on(self, at_once: int, every_s: float) -> None:
        while not self._enough.wait(every_s):
            self.send(at_once)
            self._producer.poll(0)


def twenty_thousand_events(servers: str, topic: str) -> TrafficState:
    """Traffic over forty minutes, hours ago: all of it is sent, and more may be."""
    made = TrafficState(servers, topic, PARTITIONS, recent_hour_ms(5), 120)
    made.send(EVENTS)
    made.flush()
    return made


def encode(event: Event) -> bytes:
    """An event of about 300 bytes of JSON."""
    return (
        f'{{"id":"{event.id}","time":{event.time_ms},"model":{{"user_id":"acme","app_id":"shop","id":"{event.model}",'
        f'"version":"1"}},"caller":"web",'
        f'"input":{{"id":"in-{event.id}","data":"a picture of something {event.offset}"}},'
        f'"concepts":[{{"id":"cat","name":"cat","value":{event.probability}}},'
        f'{{"id":"dog","name":"dog","value":{event.probability / 2}}}],'
        f'"metadata":{{"region":"eu","device":"phone"}},"features":{{"amount":{event.offset % 1000}}}}}'
    ).encode()


def sample_events(partitions: int, begin_ms: int, step_ms: float) -> Iterator[Event]:
    """Events of five models, one every `step_ms`; within a partition up to five seconds out of order, and one in a
    thousand ten minutes late.
    """
    for n in count():
        dice = n * 2_654_435_761 >> 8 & 0xFFFFFF
        time_ms = begin_ms + int(n * step_ms) + dice % 5_000 - (600_000 if dice % 1009 == 0 else 0)
        place = (n % partitions, n // partitions)
        yield Event(*place, f"e{n:07}", time_ms, f"m{dice % 5}", round(dice % 997 / 997, 3))


def recent_hour_ms(hours_ago: int) -> int:
    """The beginning of an hour that is over: windows over it are closed by idleness."""
    return (int(time.time()) // 3600 - hours_ago) * 3_600_000
