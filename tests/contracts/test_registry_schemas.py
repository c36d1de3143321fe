"""Writer's schemas from a registry: asked for once, unknown for good, or unavailable for now."""

import io
import json
import struct
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest
from confluent_kafka import Message
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from fastavro import parse_schema, schemaless_writer

from streams.core.collection import routes
from streams.core.collectors.parse import parse_collectors
from streams.core.collectors.routing import projection
from streams.core.events.limits import Limits
from streams.core.events.messages import RawMessages
from streams.core.events.schema_source import SchemaSource, SchemaUnavailableError, SchemaUnknownError
from streams.kafka.items import Chunk, Start
from streams.kafka.schemas import schema_source
from streams.metrics import create_metrics
from streams.stages.collect import CollectSettings, CollectState
from streams.stages.decoding import DecodingState
from tests.core.events.chunks import SCHEMA, avro
from tests.servers.registry import RegistryServer

NO_RETRIES = {"max.retries": 0}
EVENT = {"id": "e1", "model": {"id": "m1"}}


def confluent(schema_id: int, datum: bytes) -> bytes:
    """The wire format: a magic byte and the writer's schema's id."""
    return struct.pack(">bI", 0, schema_id) + datum


@pytest.fixture
def source(registry: RegistryServer) -> SchemaSource:
    return schema_source(registry.url, NO_RETRIES)


def registered(registry: RegistryServer) -> tuple[int, str]:
    """Id and GUID of the schema of predictions."""
    client = SchemaRegistryClient({"url": registry.url})
    found = client.register_schema_full_response("predictions-value", Schema(SCHEMA, "AVRO"))
    registry.requests.clear()
    return found.schema_id, found.guid


def test_a_schema_is_asked_for_once(registry: RegistryServer, source: SchemaSource) -> None:
    schema_id, guid = registered(registry)

    found = [source.by_id(schema_id), source.by_id(schema_id), source.by_guid(guid), source.by_guid(guid)]

    assert [json.loads(text) for text in found] == [json.loads(SCHEMA)] * 4
    assert registry.requests == [f"GET /schemas/ids/{schema_id}"]  # the answer names the GUID, too


def test_an_unknown_schema_is_the_producer_s_fault(source: SchemaSource) -> None:
    with pytest.raises(SchemaUnknownError, match="no schema 77: register it"):
        source.by_id(77)
    with pytest.raises(SchemaUnknownError, match="no schema 5c5cbd3e"):
        source.by_guid("5c5cbd3e-2a4b-4f0e-8bb5-000000000000")


def test_a_registry_that_is_down_is_unavailable_and_asked_again_afterwards(
    registry: RegistryServer, source: SchemaSource
) -> None:
    schema_id, _ = registered(registry)

    with registry.outage(), pytest.raises(SchemaUnavailableError, match=f"refused schema {schema_id}"):
        source.by_id(schema_id)

    assert json.loads(source.by_id(schema_id)) == json.loads(SCHEMA)


@pytest.mark.parametrize("path", ["/wrong/base/path", "/apis"])
def test_a_wrong_base_path_is_a_registry_to_wait_for_and_no_unknown_schema(registry: RegistryServer, path: str) -> None:
    source = schema_source(f"{registry.url}{path}", NO_RETRIES)

    with pytest.raises(SchemaUnavailableError, match=r"refused schema 1: .*HTTP status code 404.*registry\.url"):
        source.by_id(1)
    with pytest.raises(SchemaUnavailableError, match="refused schema 5c5cbd3e"):
        source.by_guid("5c5cbd3e-2a4b-4f0e-8bb5-000000000000")


def referring(registry: RegistryServer) -> int:
    """The id of a schema of events whose input is a type of another subject, which refers to a third one."""
    client = SchemaRegistryClient({"url": registry.url})
    kind = {"type": "enum", "name": "Kind", "namespace": "shared", "symbols": ["text", "image"]}
    fields = [{"name": "id", "type": "string"}, {"name": "kind", "type": "shared.Kind"}]
    input_type = {"type": "record", "name": "Input", "namespace": "inputs", "fields": fields}
    model = {"type": "record", "name": "Model", "fields": [{"name": "id", "type": "string"}]}
    event = {
        "type": "record",
        "name": "Event",
        "fields": [
            {"name": "id", "type": "string"},
            {"name": "model", "type": model},
            {"name": "input", "type": "inputs.Input"},
            {"name": "again", "type": ["null", "inputs.Input"], "default": None},
        ],
    }
    client.register_schema("kind", Schema(json.dumps(kind), "AVRO"))
    to_kind = SchemaReference("shared.Kind", "kind", 1)
    client.register_schema("input", Schema(json.dumps(input_type), "AVRO", [to_kind]))
    to_input = SchemaReference("inputs.Input", "input", 1)
    return client.register_schema("event", Schema(json.dumps(event), "AVRO", [to_input]))


def test_a_schema_that_refers_to_types_of_other_subjects_decodes_events(
    registry: RegistryServer, source: SchemaSource
) -> None:
    schema_id = referring(registry)
    schema = parse_schema(json.loads(source.by_id(schema_id)))
    written = io.BytesIO()
    event = {**EVENT, "input": {"id": "i", "kind": "image"}, "again": {"id": "j", "kind": "text"}}
    schemaless_writer(written, schema, event)

    outgoing = collecting(source).process(chunk([confluent(schema_id, written.getvalue())]))

    assert [each.topic for each in outgoing] == ["collected"]


def test_a_reference_that_is_gone_is_an_unknown_schema(registry: RegistryServer, source: SchemaSource) -> None:
    schema_id = referring(registry)
    registry.state.versions = [each for each in registry.state.versions if each.subject != "kind"]

    with pytest.raises(SchemaUnknownError, match="version 1 of subject kind"):
        source.by_id(schema_id)


def test_a_registry_that_nobody_runs_is_unavailable() -> None:
    nowhere = schema_source("http://127.0.0.1:9", NO_RETRIES)

    with pytest.raises(SchemaUnavailableError, match="cannot be reached for schema 1"):
        nowhere.by_id(1)


def test_what_has_a_fingerprint_needs_no_registry(registry: RegistryServer, source: SchemaSource) -> None:
    assert json.loads(source.local("")) == json.loads(SCHEMA)
    assert registry.requests == []


def collecting(source: SchemaSource) -> CollectState:
    """A collect stage that keeps all of partition 0."""
    collectors = parse_collectors("collectors: [{id: all, trigger: {type: interval, interval: 1m}}]", "test").collectors
    made = CollectState(
        CollectSettings("predictions", "collected", "dead-letters", 1, 1_000_000, 1_000, 1_000),
        routes(collectors, 1),
        DecodingState(projection(collectors), source, Limits(max_message_bytes=1_000_000)),
        create_metrics(),
    )
    made.assign([Start(0, 0, "")], 1)
    return made


def messages(values: Sequence[bytes]) -> RawMessages:
    count = len(values)
    places = (np.zeros(count, np.int32), np.arange(count, dtype=np.int64), np.full(count, 10**12, np.int64))
    return RawMessages("predictions", list(values), *places, [None] * count)


def chunk(values: Sequence[bytes]) -> Chunk:
    """A poll's messages; nothing was prepared ahead."""
    raw = messages(values)
    polled = [
        Message(topic="predictions", partition=0, offset=offset, value=value) for offset, value in enumerate(values)
    ]
    prepared: Future[Any] = Future()
    prepared.set_exception(SchemaUnavailableError("it was down when decoding began"))
    return Chunk(1, raw, polled, 0, prepared)


def test_the_collect_stage_takes_a_chunk_again_once_the_registry_is_back(
    registry: RegistryServer, source: SchemaSource
) -> None:
    schema_id, _ = registered(registry)
    stage, event = collecting(source), confluent(schema_id, avro(EVENT))

    with registry.outage(), pytest.raises(SchemaUnavailableError):
        stage.process(chunk([event]))
    outgoing = stage.process(chunk([event]))

    assert [each.topic for each in outgoing] == ["collected"]
    assert stage.checkpoint().offsets[0].offset == 1


def test_an_unknown_schema_costs_its_event_alone(registry: RegistryServer, source: SchemaSource) -> None:
    schema_id, _ = registered(registry)
    unknown = confluent(77, avro(EVENT))

    outgoing = collecting(source).process(chunk([confluent(schema_id, avro(EVENT)), unknown]))

    assert [(each.topic, each.value) for each in outgoing if each.topic == "dead-letters"] == [
        ("dead-letters", unknown)
    ]
    assert len(outgoing) == 2
