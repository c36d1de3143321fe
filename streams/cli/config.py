"""`streams config`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from streams.cli.options import OutputFormat, Session

if TYPE_CHECKING:
    from streams.settings import Settings

EXAMPLES = """\
streams config
KAFKA_SASL_USERNAME=me streams config --config production.yaml --output json
streams config -X security.protocol=SSL -X consumer.fetch.min.bytes=65536
"""


def config(session: Session) -> None:
    """Show the settings in force, secrets masked.

    Flags win over the environment, the environment over the settings file, the file over defaults. Nothing is
    contacted. What a worker would refuse is refused. Every setting is described in docs/configuration.md.
    """
    from streams.cli.output import show_json, show_rows

    settings = session.settings()
    _refuse_unsafe(settings)
    masked = settings.masked()
    if session.output is OutputFormat.JSON:
        show_json(masked)
    else:
        show_rows(session, [{"setting": name, "value": value} for name, value in _flat(masked)], ["setting", "value"])


def _refuse_unsafe(settings: Settings) -> None:
    """Raise UnsafePropertyError for a property of Kafka that no worker takes."""
    from streams.kafka import client_config

    client_config.consumer(settings.kafka, group_id=settings.group_id("collect"), client_id="config")
    client_config.producer(settings.kafka, client_id="config", max_message_bytes=settings.limits.max_message_bytes)


def _flat(values: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", None if value is None else str(value)
