"""Settings: who wins, what a mistake is answered with, what stays hidden."""

import json
from pathlib import Path

import pytest

from streams.settings import Flags, SettingsError, load_settings
from streams.settings.sources import environment_variables


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "streams.yaml"


def refusal(environ: dict[str, str], flags: Flags | None = None) -> str:
    with pytest.raises(SettingsError) as refused:
        load_settings(environ, flags)
    return str(refused.value)


def test_nothing_set_suits_one_machine() -> None:
    settings = load_settings({})

    assert settings.kafka.bootstrap_servers == "localhost:9092"
    assert settings.topics.dead_letters == "dead-letters"
    assert settings.group_id("collect") == "streams-collect"


def test_flag_wins_over_environment_over_file_over_default(file: Path) -> None:
    file.write_text("web: {port: 1, host: file}\ntopics: {collected: from-file}\n")
    environ = {"STREAMS_WEB_PORT": "2", "STREAMS_WEB_HOST": "environment", "STREAMS_CONFIG": str(file)}

    settings = load_settings(environ, Flags(overrides={"web.port": 3}))

    assert (settings.web.port, settings.web.host) == (3, "environment")
    assert (settings.topics.collected, settings.topics.batches) == ("from-file", "batches")


def test_kafka_properties_are_merged_by_the_same_precedence(file: Path) -> None:
    file.write_text("kafka: {properties: {bootstrap.servers: file:1, linger.ms: 1, retries: 1}, consumer: {a: 1}}\n")
    environ = {"KAFKA_BOOTSTRAP_SERVERS": "environment:1", "KAFKA_LINGER_MS": "2"}

    kafka = load_settings(environ, Flags(config=file, properties=["linger.ms=3", "consumer.b=4"])).kafka

    assert kafka.properties == {"bootstrap.servers": "environment:1", "linger.ms": "3", "retries": "1"}
    assert kafka.consumer == {"a": "1", "b": "4"}


def test_a_flag_names_a_file_before_the_environment_does(file: Path) -> None:
    file.write_text("group_prefix: mine\n")

    assert load_settings({"STREAMS_CONFIG": "/no/such"}, Flags(config=file)).group_prefix == "mine"


def test_a_file_in_the_working_folder_is_found(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("group_prefix: found\n")
    monkeypatch.chdir(file.parent)

    assert load_settings({}).group_prefix == "found"


def test_an_empty_variable_sets_nothing() -> None:
    assert load_settings({"STREAMS_WEB_PORT": "", "KAFKA_SASL_PASSWORD": ""}) == load_settings({})


def test_the_aws_tools_endpoint_is_taken_unless_there_is_one_of_our_own() -> None:
    aws = {"AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_S3": "http://s3"}

    assert load_settings(aws).store.s3_endpoint_url == "http://s3"
    assert load_settings({**aws, "STREAMS_STORE_S3_ENDPOINT_URL": "http://own"}).store.s3_endpoint_url == "http://own"


@pytest.mark.parametrize("variable", sorted(environment_variables()))
def test_every_documented_variable_is_documented(variable: str) -> None:
    page = Path(__file__).parents[2] / "docs" / "configuration.md"

    assert f"`{variable}`" in page.read_text()


def test_a_misspelt_variable_is_refused_with_the_likely_one() -> None:
    assert refusal({"STREAMS_WEB_PRT": "1"}) == (
        "environment variable STREAMS_WEB_PRT sets nothing (did you mean STREAMS_WEB_PORT?): remove or rename it"
    )


@pytest.mark.parametrize("variable", ["STREAMS_SERVICE_HOST", "STREAMS_WORKER_PORT_80_TCP_ADDR", "STREAMS_TEST_S3"])
def test_variables_of_kubernetes_and_of_the_tests_are_none_of_ours(variable: str) -> None:
    assert load_settings({variable: "x"}) == load_settings({})


def test_a_wrong_value_is_named_with_its_source(file: Path) -> None:
    file.write_text("limits: {chunk_messages: 0}\n")

    said = refusal({"STREAMS_WEB_PORT": "abc", "STREAMS_CONFIG": str(file)})

    assert "environment variable STREAMS_WEB_PORT: web.port is 'abc': input should be a valid integer" in said
    assert f"file {file}: limits.chunk_messages is 0: input should be greater than 0" in said


def test_a_misspelt_setting_is_refused_with_the_likely_one(file: Path) -> None:
    file.write_text("topics: {predicton: x}\n")

    assert "no such setting (did you mean topics.predictions?)" in refusal({}, Flags(config=file))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("a: [\n", "line 2"),
        ("- a\n", "must hold sections"),
        ("web: 3\n", "web: input should be"),
        ("\x00", "streams.yaml"),
    ],
)
def test_a_file_that_is_no_settings_file_is_refused(file: Path, content: str, complaint: str) -> None:
    file.write_text(content)

    assert complaint in refusal({}, Flags(config=file))


def test_a_file_that_was_asked_for_must_be_there() -> None:
    assert "/no/such.yaml" in refusal({"STREAMS_CONFIG": "/no/such.yaml"})


def test_two_topics_of_one_name_are_refused() -> None:
    assert "two topics are called 'collected'" in refusal({"STREAMS_TOPICS_PREDICTIONS": "collected"})


def test_an_event_that_fits_no_message_is_refused() -> None:
    said = refusal({"STREAMS_LIMITS_MAX_EVENT_BYTES": "2000000"})

    assert "max_event_bytes is 2000000" in said
    assert "lower the one or raise the other" in said


def test_two_processes_of_one_machine_have_names_of_their_own() -> None:
    settings = load_settings({})

    assert settings.instance != "local"
    assert settings.client_id("collect").endswith(settings.instance)


CANARY = "canary-in-the-mine"


@pytest.mark.parametrize(
    "environ",
    [
        {"KAFKA_SASL_PASSWORD": CANARY},
        {"KAFKA_SASL_PASWORD": CANARY},
        {"KAFKA_SSL_KEY_PEM": CANARY},
        {"KAFKA_PRODUCER_SASL_OAUTHBEARER_CONFIG": CANARY},
        {"STREAMS_REGISTRY_PASSWORD": CANARY},
    ],
)
def test_a_secret_is_masked_wherever_it_is_shown(environ: dict[str, str]) -> None:
    settings = load_settings(environ)

    assert CANARY not in json.dumps(settings.masked()) + repr(settings) + str(settings.kafka)
    assert "****" in json.dumps(settings.masked())


@pytest.mark.parametrize(
    "variable", ["STREAMS_REGISTRY_URL", "STREAMS_STORE_URI", "STREAMS_STORE_S3_ENDPOINT_URL", "AWS_ENDPOINT_URL"]
)
def test_credentials_within_a_url_are_refused_and_not_repeated(variable: str) -> None:
    said = refusal({variable: f"http://me:{CANARY}@host"})

    assert CANARY not in said
    assert "holds credentials" in said


@pytest.mark.parametrize(
    "content",
    [
        f"registry: {{password: [{CANARY}]}}",
        f"registry: {{pasword: {CANARY}}}",
        f"kafka: {{sasl.password: {CANARY}}}",
        f"kafka: {{properties: {{sasl.password: [{CANARY}]}}}}",
        f"kafka: {CANARY}",
        f"registry:\n  password: '{CANARY}",
        f"registry: {{password: {CANARY}",
    ],
)
def test_a_secret_in_the_wrong_place_is_in_no_error(file: Path, content: str) -> None:
    file.write_text(content)

    with pytest.raises(SettingsError) as refused:
        load_settings({}, Flags(config=file))

    assert CANARY not in f"{refused.value!r} {refused.value.__cause__!r} {refused.value}"


def test_a_secret_given_as_a_flag_without_its_name_is_in_no_error() -> None:
    assert CANARY not in refusal({}, Flags(properties=[CANARY]))
