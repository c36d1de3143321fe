"""A secret is in no output of any command, wherever it was set and whatever goes wrong."""

from pathlib import Path

import pytest

from streams.cli.main import COMMANDS
from tests.commands.running import run

CANARY = "canary-in-the-mine"
NOWHERE = "127.0.0.1:9"
ENVIRON = {
    "STREAMS_LIMITS_START_WAIT_S": "1",
    "KAFKA_BOOTSTRAP_SERVERS": NOWHERE,
    "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
    "KAFKA_SASL_MECHANISM": "PLAIN",
    "KAFKA_SASL_USERNAME": "me",
    "KAFKA_SASL_PASSWORD": CANARY,
    "STREAMS_REGISTRY_PASSWORD": CANARY,
    "AWS_SECRET_ACCESS_KEY": CANARY,
    "OUTLET_SECRET": CANARY,
}
COLLECTORS = """\
collectors:
  - id: hourly
    trigger: {type: interval, interval: 1h}
    outlets:
      - {type: evidently_ui, api_url: "http://localhost:8000", project_id: 01a1fb94-c031-793b-bd44-a55358cfa2a5,
         api_secret: "${OUTLET_SECRET}"}
"""
ARGUMENTS = {
    "demo": ["--timeout", "5"],
    "dev": ["--collectors", "collectors.yaml"],
    "worker": ["--collectors", "collectors.yaml", "--log-level", "debug"],
    "produce": ["--sample", "1"],
    "collectors validate": ["collectors.yaml"],
    "snapshots show": ["abc"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "collectors.yaml").write_text(COLLECTORS)
    return tmp_path


@pytest.mark.parametrize("output", ["table", "json"])
@pytest.mark.parametrize("name", [" ".join(part for part in (each.group, each.name) if part) for each in COMMANDS])
def test_no_command_shows_a_secret(name: str, output: str, folder: Path) -> None:
    ran = run(*name.split(), *ARGUMENTS.get(name, []), "--output", output, folder=folder, environ=ENVIRON)

    assert CANARY not in ran.everything
    assert ran.everything != ""
    written = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert not any(CANARY.encode() in content for content in written)


def test_config_shows_that_a_secret_is_set(folder: Path) -> None:
    shown = run("config", folder=folder, environ=ENVIRON).out

    assert "kafka.properties.sasl.password" in shown
    assert "**********" in shown
    assert CANARY not in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ["-X", f"sasl.pasword={CANARY}"],
        ["-X", CANARY],
        ["-X", "sasl.mechanism=WRONG", "-X", f"sasl.password={CANARY}"],
        ["-X", f"ssl.key.pem={CANARY}"],
        ["-X", f"ssl.key.password={CANARY}", "-X", "ssl.key.location=/no/such"],
    ],
)
def test_a_wrong_property_is_refused_without_its_secret(arguments: list[str], folder: Path) -> None:
    ran = run("topics", "check", "-b", NOWHERE, "-X", "security.protocol=SASL_SSL", *arguments, folder=folder)

    assert ran.code in (1, 2)
    assert CANARY not in ran.everything


def test_a_settings_file_that_is_wrong_is_refused_without_its_secrets(folder: Path) -> None:
    (folder / "streams.yaml").write_text(f"registry: {{passwrd: {CANARY}}}\nkafka: {{sasl.password: {CANARY}}}\n")

    ran = run("config", folder=folder)

    assert ran.code == 2
    assert CANARY not in ran.everything
