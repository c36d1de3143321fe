"""The stand-in, seen through the client that streams uses."""

import json

import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient, SchemaRegistryError

from tests.servers.registry import RegistryServer


def schema(*fields: dict[str, object]) -> Schema:
    return Schema(json.dumps({"type": "record", "name": "Event", "fields": list(fields)}), "AVRO")


ID = {"name": "id", "type": "string"}
MODEL_WITH_DEFAULT = {"name": "model", "type": "string", "default": ""}
MODEL = {"name": "model", "type": "string"}


@pytest.fixture
def client(registry: RegistryServer) -> SchemaRegistryClient:
    return SchemaRegistryClient({"url": registry.url, "max.retries": 0})


@pytest.fixture
def stranger(registry: RegistryServer) -> SchemaRegistryClient:
    """Another client, which has nothing in its caches."""
    return SchemaRegistryClient({"url": registry.url, "max.retries": 0})


def test_a_registered_schema_is_found_by_its_id_and_by_its_guid(
    client: SchemaRegistryClient, stranger: SchemaRegistryClient
) -> None:
    registered = client.register_schema_full_response("events-value", schema(ID))
    by_id = stranger.get_schema(registered.schema_id)
    by_guid = stranger.get_schema_by_guid(registered.guid)
    assert json.loads(by_id.schema_str) == json.loads(by_guid.schema_str) == json.loads(schema(ID).schema_str)


def test_the_same_schema_under_two_subjects_has_one_id(client: SchemaRegistryClient) -> None:
    assert client.register_schema("a", schema(ID)) == client.register_schema("b", schema(ID))
    assert client.register_schema("a", schema(ID, MODEL_WITH_DEFAULT)) != client.register_schema("a", schema(ID))
    assert client.get_subjects() == ["a", "b"]
    assert client.get_versions("a") == [1, 2]


def test_the_latest_version_is_the_last_registered(client: SchemaRegistryClient) -> None:
    client.register_schema("a", schema(ID))
    newer = client.register_schema("a", schema(ID, MODEL_WITH_DEFAULT))
    latest = client.get_latest_version("a")
    assert (latest.version, latest.schema_id) == (2, newer)
    assert client.lookup_schema("a", schema(ID)).version == 1


def test_a_subject_with_a_slash_is_one_subject(client: SchemaRegistryClient) -> None:
    client.register_schema("a/b c", schema(ID))
    assert client.get_subjects() == ["a/b c"]
    assert client.get_version("a/b c", 1).subject == "a/b c"


@pytest.mark.parametrize(
    ("call", "status", "code"),
    [
        (lambda client: client.get_versions("nobody"), 404, 40401),
        (lambda client: client.get_version("known", 7), 404, 40402),
        (lambda client: client.get_version("known", "soon"), 422, 42202),
        (lambda client: client.get_schema(77), 404, 40403),
        (lambda client: client.get_schema_by_guid("5c5cbd3e-2a4b-4f0e-8bb5-000000000000"), 404, 40403),
        (lambda client: client.lookup_schema("known", schema(MODEL)), 404, 40403),
        (lambda client: client.register_schema("known", Schema('{"type": "wat"}', "AVRO")), 422, 42201),
        (lambda client: client.set_compatibility("known", "SOMETIMES"), 422, 42203),
        (lambda client: client.get_compatibility("known"), 404, 40408),
    ],
)
def test_errors_carry_the_registry_s_own_codes(
    client: SchemaRegistryClient, call: object, status: int, code: int
) -> None:
    client.register_schema("known", schema(ID))
    with pytest.raises(SchemaRegistryError) as caught:
        call(client)
    assert (caught.value.http_status_code, caught.value.error_code) == (status, code)


def test_a_new_field_needs_a_default_where_new_readers_read_old_data(client: SchemaRegistryClient) -> None:
    client.register_schema("a", schema(ID))
    assert client.test_compatibility("a", schema(ID, MODEL_WITH_DEFAULT))
    assert not client.test_compatibility("a", schema(ID, MODEL))
    with pytest.raises(SchemaRegistryError) as caught:
        client.register_schema("a", schema(ID, MODEL))
    assert caught.value.http_status_code == 409


@pytest.mark.parametrize(
    ("level", "accepted"), [("BACKWARD", False), ("FORWARD", True), ("FULL", False), ("NONE", True)]
)
def test_a_level_says_in_which_direction_schemas_must_agree(
    client: SchemaRegistryClient, level: str, *, accepted: bool
) -> None:
    client.set_compatibility("a", level)
    client.register_schema("a", schema(ID))
    assert client.get_compatibility("a") == level
    assert client.test_compatibility("a", schema(ID, MODEL)) is accepted


def test_a_transitive_level_looks_at_all_versions(client: SchemaRegistryClient) -> None:
    client.set_compatibility("a", "NONE")
    client.register_schema("a", schema(ID))
    client.register_schema("a", schema(ID, MODEL))
    client.set_compatibility("a", "BACKWARD")
    assert client.test_compatibility_all_versions("a", schema(ID, MODEL))
    client.set_compatibility("a", "BACKWARD_TRANSITIVE")
    assert not client.test_compatibility_all_versions("a", schema(MODEL))


def test_a_deleted_subject_is_gone_but_its_ids_still_answer(
    client: SchemaRegistryClient, stranger: SchemaRegistryClient
) -> None:
    schema_id = client.register_schema("a", schema(ID))
    assert client.delete_subject("a") == [1]
    assert client.get_subjects() == []
    assert stranger.get_schema(schema_id).schema_str
    assert client.delete_subject("a", permanent=True) == [1]
    with pytest.raises(SchemaRegistryError):
        SchemaRegistryClient(client.config()).get_schema(schema_id)


def test_an_outage_shows_and_ends(client: SchemaRegistryClient, registry: RegistryServer) -> None:
    with registry.outage(), pytest.raises(SchemaRegistryError) as caught:
        client.get_subjects()
    assert caught.value.http_status_code == 503
    assert client.get_subjects() == []
