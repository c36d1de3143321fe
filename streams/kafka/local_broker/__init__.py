"""A single-node Apache Kafka for development and tests, and the choice of which broker to use.

`broker_from_environment()` picks one; `LocalBrokerProcess` is the one that needs no Docker.
"""

from streams.kafka.local_broker.choice import Broker, GivenBroker, broker_from_environment
from streams.kafka.local_broker.docker import DockerBrokerProcess
from streams.kafka.local_broker.errors import LocalBrokerError
from streams.kafka.local_broker.process import LocalBrokerProcess
from streams.kafka.local_broker.server_files import LocalBrokerSpec

__all__ = [
    "Broker",
    "DockerBrokerProcess",
    "GivenBroker",
    "LocalBrokerError",
    "LocalBrokerProcess",
    "LocalBrokerSpec",
    "broker_from_environment",
]
