"""The broker in Docker is told the same as the one in Java. (No container is started here.)"""

from itertools import pairwise
from pathlib import Path

from streams.kafka.local_broker import LocalBrokerSpec
from streams.kafka.local_broker.docker import run_command
from streams.kafka.local_broker.server_files import Ports, render_properties, server_properties


def test_each_property_becomes_a_variable_that_the_image_reads() -> None:
    command = run_command("one", "apache/kafka:4.1.1", 20_001, {"log.dirs": "/data", "node.id": "1"})
    assert command[-1] == "apache/kafka:4.1.1"
    assert [value for flag, value in pairwise(command) if flag == "--env"] == [
        "KAFKA_LOG_DIRS=/data",
        "KAFKA_NODE_ID=1",
    ]


def test_the_port_is_open_to_this_machine_only() -> None:
    command = run_command("one", "apache/kafka:4.1.1", 20_001, {})
    assert command[command.index("--publish") + 1] == "127.0.0.1:20001:20001"


def test_a_specification_s_properties_win() -> None:
    spec = LocalBrokerSpec(properties={"num.partitions": "3", "compression.type": "zstd"})
    properties = server_properties(spec, Ports(20_001, 20_002), Path("/data"), host="127.0.0.1")
    assert properties["num.partitions"] == "3"
    assert "compression.type=zstd\n" in render_properties(properties)
    assert properties["advertised.listeners"] == "PLAINTEXT://127.0.0.1:20001"
