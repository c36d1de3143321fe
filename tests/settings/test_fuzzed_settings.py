"""Damaged settings, by file and by environment: read, or refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.settings import SettingsError, load_settings
from streams.settings.sources import environment_variables
from tests.core.events.fuzzed import INPUTS, damaged

FILE = b"""\
kafka: {bootstrap_servers: "localhost:9092", properties: {fetch.min.bytes: 1}}
topics: {predictions: predictions, collected: collected}
web: {host: 127.0.0.1, port: 6066}
registry: {url: "http://localhost:8081"}
"""


@pytest.mark.timeout(0)  # grows with the number of inputs
def test_a_damaged_settings_file_is_read_or_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "streams.yaml"
    for raw in damaged([FILE], INPUTS // 100, "settings"):
        path.write_bytes(raw)
        assert refusal({"STREAMS_CONFIG": str(path)}) != ""


@pytest.mark.timeout(0)
def test_damaged_variables_are_read_or_refused_in_words() -> None:
    names = sorted(environment_variables())
    samples = [b"1", b"true", b"localhost:9092", b"10", b"http://a", b"SASL_SSL", b"{}", b"", b"0.5"]
    for number, raw in enumerate(damaged(samples, INPUTS // 20, "variables")):
        assert refusal({names[number % len(names)]: raw.decode(errors="replace")}) != ""


def refusal(environ: dict[str, str]) -> str | None:
    """Why settings are refused; None where they are read."""
    try:
        load_settings(environ)
    except SettingsError as refused:
        return str(refused)
    return None
