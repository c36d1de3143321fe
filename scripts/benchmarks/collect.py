"""The hot path: events per second of one collect worker, exactly once, against what else Python can do on this machine.

In one run, on one local broker: a bare consumer that decodes headers, the worker on JSON, the worker on Avro, and, on
fewer events, a plain Faust agent with the same filters that sends what it keeps to a topic, as the worker does (and one
that sends nothing: no collector, but what filtering alone costs there), in turn and `--rounds` times. A round before
these is not counted: until Java has compiled the broker's hot paths, the compiler takes half of one core. Rates are
only comparable within a run: the ratios of the medians are the result.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from _events import avro_payloads, avro_schema, json_payloads
from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, Producer
from confluent_kafka.admin import AdminClient, NewTopic

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from streams.core.segments import decode  # noqa: E402 - what stands above tells where from
from streams.kafka.local_broker import broker_from_environment  # noqa: E402
from tests.servers.registry import RegistryServer  # noqa: E402

PARTITIONS = 8
TARGETS = {"json / bare": 0.35, "json / faust": 40.0, "avro / bare": 0.55}
SHOWN = (*TARGETS, "json / faust filters")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/bench collect", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--faust-events", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", choices=["table", "json"], default="table")
    return parser.parse_args()


def create(servers: str, names: Sequence[str]) -> None:
    """Create topics."""
    admin = AdminClient({"bootstrap.servers": servers})
    wanted = [NewTopic(name, 4 if "collected" in name else PARTITIONS, 1) for name in names]
    for made in admin.create_topics(wanted).values():
        made.result()


def produce(servers: str, topic: str, payloads: Sequence[bytes], count: int) -> None:
    """Write `count` events, evenly over the partitions."""
    options = {"linger.ms": 20, "batch.size": 1_000_000, "queue.buffering.max.messages": 500_000}
    producer = Producer({"bootstrap.servers": servers, **options})
    for number in range(count):
        while True:
            try:
                producer.produce(topic, payloads[number % len(payloads)], partition=number % PARTITIONS)
                break
            except BufferError:
                producer.poll(0.1)
    assert producer.flush(60) == 0


def contender(name: str, servers: str, topic: str, count: int, to: str = "") -> float:
    """Run one contender in a process of its own and return its events per second."""
    command = [sys.executable, str(HERE / "_contenders.py"), name, servers, topic, str(count), to]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    return float(done.stdout.strip().splitlines()[-1])


def worker(servers: str, registry: str, source: str, count: int) -> tuple[float, float]:
    """Run our worker over a topic until all its events are committed.

    The rate is that of its commits while there is work, copies per event are the rows in `collected`.
    """
    prefix = f"bench-{uuid4().hex[:8]}"
    collected, progress, dead = f"{prefix}-collected", f"{prefix}-collected-progress", f"{prefix}-dead"
    create(servers, [collected, progress, dead])
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": servers,
        "STREAMS_TOPICS_PREDICTIONS": source,
        "STREAMS_TOPICS_COLLECTED": collected,
        "STREAMS_TOPICS_WINDOW_PROGRESS": progress,
        "STREAMS_TOPICS_DEAD_LETTERS": dead,
        "STREAMS_GROUP_PREFIX": prefix,
        "STREAMS_REGISTRY_URL": registry,
        "STREAMS_WEB_PORT": "0",
    }
    process = subprocess.Popen([sys.executable, str(HERE / "_worker.py")], env=environment)
    try:
        rate = watch(servers, f"{prefix}-collect", count, process)
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(60)
    assert code == 0, f"the worker ended with {code}"
    return rate, rows(servers, collected) / count


def watch(servers: str, group: str, count: int, process: subprocess.Popen[bytes]) -> float:
    """Measure how fast a group's committed offsets rise to `count`.

    From the first commit to the last but one: the last waits for its interval when there is nothing left to do.
    """
    admin = AdminClient({"bootstrap.servers": servers})
    seen = [(0.0, 0)]
    while process.poll() is None:
        time.sleep(0.05)
        done = committed(admin, group)
        if done > seen[-1][1]:
            seen.append((time.perf_counter(), done))
        if done >= count:
            assert len(seen) > 3, "too few commits to measure by: give more --events"
            (began, first), (ended, last) = seen[1], seen[-2]
            return (last - first) / (ended - began)
    raise RuntimeError("the worker ended before its work did")


def committed(admin: AdminClient, group: str) -> int:
    """Add up a group's committed offsets."""
    asked = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])
    try:
        found = next(iter(asked.values())).result().topic_partitions or []
    except Exception:  # noqa: BLE001 - the group's coordinator is not there yet
        return 0
    return sum(max(each.offset, 0) for each in found)


def rows(servers: str, topic: str) -> int:
    """Count the rows of all committed segments."""
    group = {"group.id": uuid4().hex, "auto.offset.reset": "earliest", "enable.partition.eof": True}
    consumer = Consumer({"bootstrap.servers": servers, "isolation.level": "read_committed", **group})
    consumer.subscribe([topic])
    total, ended = 0, set()
    while len(ended) < 4:
        for message in consumer.consume(500, 0.2):
            if message.error():
                ended.add(message.partition())
            elif dict(message.headers() or ()).get("streams-kind") == b"segment":
                total += decode(message.value() or b"").batch.num_rows
    consumer.close()
    return total


def measure(servers: str, registry: RegistryServer, chosen: argparse.Namespace) -> dict[str, object]:
    """Run every contender and return rates and ratios."""
    run = uuid4().hex[:8]
    as_json, as_avro = f"json-{run}", f"avro-{run}"
    by_faust = f"faust-collected-{run}"
    create(servers, [as_json, as_avro, by_faust])
    produce(servers, as_json, json_payloads(), chosen.events)
    registered = registry.state.register(f"{as_avro}-value", {"schema": avro_schema()})
    produce(servers, as_avro, avro_payloads(registered.schema, registered.schema_id), chosen.events)
    rates: dict[str, list[float]] = {"bare": [], "json": [], "avro": [], "faust": [], "faust filters": []}
    copies: list[float] = []
    for number in range(chosen.rounds + 1):
        print(f"round {number} of {chosen.rounds}" if number else "warming up the broker", file=sys.stderr)
        measured = {"bare": contender("bare", servers, as_json, chosen.events)}
        for name, topic in (("json", as_json), ("avro", as_avro)):
            measured[name], share = worker(servers, registry.url, topic, chosen.events)
            copies.append(share)
        if number:
            measured["faust"] = contender("faust", servers, as_json, chosen.faust_events, by_faust)
            measured["faust filters"] = contender("faust", servers, as_json, chosen.faust_events)
            for name, rate in measured.items():
                rates[name].append(rate)
    assert max(copies) - min(copies) < 1e-9, f"not the same work was done: {copies}"
    middle = {name: statistics.median(each) for name, each in rates.items()}
    ratios = {pair: middle[pair.split(" / ")[0]] / middle[pair.split(" / ")[1]] for pair in SHOWN}
    return {
        "events_per_s": rates,
        "median": middle,
        "copies_per_event": copies[0],
        "ratios": ratios,
        "targets": TARGETS,
    }


def show(result: dict[str, object]) -> None:
    """Print for people."""
    for name, rates in result["events_per_s"].items():  # type: ignore[attr-defined]
        print(
            f"{name:13} {statistics.median(rates):>12,.0f} events/s   of {', '.join(f'{rate:,.0f}' for rate in rates)}"
        )
    print(f"copies kept per event: {result['copies_per_event']:.3f}")
    for pair, ratio in result["ratios"].items():  # type: ignore[attr-defined]
        target = TARGETS.get(pair)
        told = "" if target is None else f"   target {target:6.2f}   {'met' if ratio >= target else 'MISSED'}"
        print(f"{pair:20} {ratio:8.2f}{told}")


def main() -> int:
    """Measure; 1 where a target is missed."""
    chosen = arguments()
    registry = RegistryServer()
    with broker_from_environment() as broker:
        result = measure(broker.bootstrap_servers, registry, chosen)
    registry.stop()
    if chosen.output == "json":
        print(json.dumps(result))
    else:
        show(result)
    ratios = result["ratios"]
    return 0 if all(ratios[pair] >= target for pair, target in TARGETS.items()) else 1  # type: ignore[index]


if __name__ == "__main__":
    sys.exit(main())
