"""The contenders, each in a process of its own: `python _contenders.py NAME SERVERS TOPIC COUNT [TO]` prints a rate."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))


class Model(msgspec.Struct):
    """The part of the header that routes."""

    user_id: str = ""
    app_id: str = ""
    id: str = ""
    version: str = ""


class Header(msgspec.Struct):
    """What a bare consumer decodes."""

    id: str = ""
    time: str = ""
    model: Model | None = None
    caller: str = ""


def bare(servers: str, topic: str, count: int, to: str = "") -> float:
    """Consume and decode the header of each event with msgspec: what Python can do at best, without a result."""
    from confluent_kafka import Consumer

    del to
    decode = msgspec.json.Decoder(Header).decode
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": f"bare-{uuid4().hex}",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "fetch.queue.backoff.ms": 5,
        }
    )
    consumer.subscribe([topic])
    read, first, began = 0, 0, 0.0
    while read < count:
        messages = consumer.consume(5_000, 0.1)
        if not messages:
            continue
        if not began:
            began, first = time.perf_counter(), len(messages)
        for message in messages:
            decode(message.value())
        read += len(messages)
    return (read - first) / (time.perf_counter() - began)


def faust_app(servers: str):  # noqa: ANN202 - only the process of this contender imports Faust
    """A Faust app that reads topics of JSON from their beginning."""
    import faust as library

    return library.App(
        f"faust-{uuid4().hex}",
        broker=f"kafka://{servers}",
        value_serializer="json",
        consumer_auto_offset_reset="earliest",
        web_enabled=False,
        datadir=tempfile.mkdtemp(prefix="streams-bench-"),
        topic_partitions=1,
        topic_disable_leader=True,
    )


def faust(servers: str, topic: str, count: int, to: str = "") -> float:
    """A Faust agent on Faust's own Kafka, the same filters one event at a time, commits as Faust makes them.

    Each copy that a filter keeps is sent to the topic `to`, at least once; without one, nothing is sent.
    """
    import asyncio

    from _collectors import plain_filters

    app = faust_app(servers)
    filters = plain_filters()
    collected = app.topic(to) if to else None
    finished = asyncio.Event()
    seen = {"read": 0, "kept": 0, "began": 0.0, "ended": 0.0}

    @app.agent(app.topic(topic))
    async def collect(stream):  # noqa: ANN001, ANN202
        async for event in stream:
            if not seen["read"]:
                seen["began"] = time.perf_counter()
            kept = sum(keep(event) for keep in filters)
            seen["kept"] += kept
            for _ in range(kept if collected is not None else 0):
                await collected.send(value=event)
            seen["read"] += 1
            if seen["read"] == count:
                seen["ended"] = time.perf_counter()
                finished.set()

    async def run() -> None:
        await app.start()
        await finished.wait()
        await app.stop()

    asyncio.run(run())
    print(json.dumps({"copies": seen["kept"] / seen["read"]}), file=sys.stderr)
    return count / (seen["ended"] - seen["began"])


if __name__ == "__main__":
    name, servers, topic, count, *to = sys.argv[1:]
    print({"bare": bare, "faust": faust}[name](servers, topic, int(count), *to))
