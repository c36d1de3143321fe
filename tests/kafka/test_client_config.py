"""Configurations of librdkafka: who wins, what is refused, what stays hidden."""

import pytest
from confluent_kafka import Consumer, Producer

from streams.kafka import client_config
from streams.kafka.client_config import Config, UnsafePropertyError
from streams.kafka.connection import Connection, is_secret, properties_of_environment


def consumer_of(**sections: dict[str, str]) -> Config:
    return client_config.consumer(Connection.model_validate(sections), group_id="g", client_id="c")


def producer_of(**sections: dict[str, str]) -> Config:
    connection = Connection.model_validate(sections)
    return client_config.transactional_producer(
        connection, transactional_id="t", client_id="c", max_message_bytes=1_000_000, transaction_timeout_s=15
    )


def test_librdkafka_takes_what_is_made_by_default() -> None:
    Consumer(consumer_of()).close()
    Producer(producer_of())


def test_what_exactly_once_stands_on_is_set() -> None:
    assert consumer_of().items() >= {"enable.auto.commit": False, "isolation.level": "read_committed"}.items()
    assert producer_of().items() >= {"enable.idempotence": True, "acks": "all", "transactional.id": "t"}.items()


def test_a_full_queue_waits_milliseconds_not_a_second() -> None:
    assert consumer_of()["fetch.queue.backoff.ms"] == 5


def test_a_property_of_the_user_wins_over_a_default() -> None:
    assert consumer_of(properties={"fetch.queue.backoff.ms": "50"})["fetch.queue.backoff.ms"] == "50"
    assert producer_of(properties={"transaction.timeout.ms": "9000"})["transaction.timeout.ms"] == "9000"


def test_a_property_of_a_role_wins_over_one_of_all_and_stays_in_its_role() -> None:
    sections = {"properties": {"client.rack": "a"}, "consumer": {"client.rack": "b"}}

    assert consumer_of(**sections)["client.rack"] == "b"
    assert producer_of(**sections)["client.rack"] == "a"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("enable.auto.commit", "true"),
        ("isolation.level", "read_uncommitted"),
        ("enable.idempotence", "false"),
        ("acks", "1"),
        ("request.required.acks", "0"),
        ("auto.offset.reset", "latest"),
        ("group.id", "mine"),
        ("transactional.id", "mine"),
        ("enable.partition.eof", "false"),
    ],
)
def test_a_property_that_would_break_exactly_once_is_refused_with_reason_and_remedy(name: str, value: str) -> None:
    with pytest.raises(UnsafePropertyError, match=rf"{value} would break exactly-once: .* Remedy: remove it"):
        consumer_of(properties={name: value})
    with pytest.raises(UnsafePropertyError, match="Remedy"):
        producer_of(properties={name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("enable.auto.commit", "False"), ("acks", "-1"), ("auto.offset.reset", "error")]
)
def test_a_guarded_property_with_a_safe_value_is_let_through(name: str, value: str) -> None:
    consumer_of(properties={name: value})
    producer_of(properties={name: value})


def test_a_dead_letter_may_be_larger_than_what_came_in_by_its_headers() -> None:
    assert int(producer_of()["message.max.bytes"]) > 1_000_000


def test_a_batch_is_no_larger_than_what_a_topic_of_small_messages_takes() -> None:
    small = client_config.producer(Connection(), client_id="c", max_message_bytes=100_000)
    assert small["batch.size"] == 100_000


@pytest.mark.parametrize(
    "name",
    [
        "sasl.password",
        "sasl.pasword",
        "ssl.key.password",
        "ssl.key.pem",
        "ssl.keystore.password",
        "sasl.oauthbearer.client.secret",
        "sasl.oauthbearer.config",
        "sasl.oauthbearer.assertion.private.key.passphrase",
        "sasl.jaas.config",
        "basic.auth.user.info",
    ],
)
def test_secrets_and_their_misspellings_are_secret(name: str) -> None:
    connection = Connection.model_validate({"properties": {name: "canary"}})

    assert is_secret(name)
    assert "canary" not in repr(connection) + connection.model_dump_json()
    assert client_config.admin(connection, client_id="c")[name] == "canary"


@pytest.mark.parametrize(
    "name", ["bootstrap.servers", "security.protocol", "sasl.mechanism", "sasl.username", "ssl.ca.location"]
)
def test_what_helps_to_find_a_mistake_is_shown(name: str) -> None:
    assert not is_secret(name)


def test_the_environment_names_any_property_and_its_role() -> None:
    environ = {
        "KAFKA_SASL_USERNAME": "me",
        "KAFKA_CONSUMER_FETCH_MIN_BYTES": "7",
        "KAFKA_PRODUCER_COMPRESSION_TYPE": "lz4",
        "KAFKA_SECURITY_PROTOCOL": "",
        "HOME": "/root",
    }

    assert list(properties_of_environment(environ).values()) == [
        ("consumer", "fetch.min.bytes", "7"),
        ("producer", "compression.type", "lz4"),
        ("properties", "sasl.username", "me"),
    ]


@pytest.mark.parametrize(
    "variable",
    ["KAFKA_HOME", "KAFKA_HEAP_OPTS", "KAFKA_SERVICE_HOST", "KAFKA_PORT", "KAFKA_PORT_9092_TCP_ADDR", "KAFKA_OPTS"],
)
def test_variables_of_kafkas_scripts_and_of_kubernetes_are_no_properties(variable: str) -> None:
    assert properties_of_environment({variable: "tcp://10.0.0.1:9092"}) == {}


def test_without_servers_it_is_this_machine_whatever_else_is_set() -> None:
    connection = Connection.model_validate({"properties": {"linger.ms": 7}})

    assert client_config.admin(connection, client_id="c")["bootstrap.servers"] == "localhost:9092"
    assert connection.given_servers is None
    assert Connection.model_validate({"properties": {"bootstrap.servers": "a:1"}}).given_servers == "a:1"


def test_yaml_booleans_and_numbers_become_what_librdkafka_takes() -> None:
    connection = Connection.model_validate(
        {"properties": {"enable.ssl.certificate.verification": False, "linger.ms": 7}}
    )

    assert connection.properties == {"enable.ssl.certificate.verification": "false", "linger.ms": "7"}
