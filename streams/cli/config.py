"""`streams config`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from streams.cli.options import OutputFormat, Session

EXAMPLES = """\
streams config
KAFKA_SASL_USERNAME=me streams config --config production.yaml --output json
streams config -X security.protocol=SSL -X consumer.fetch.min.bytes=65536
"""


def config(session: Session) -> None:
    """Show the settings in force, secrets masked.

    Flags win over the environment, the environment over the settings file, the file over defaults. Nothing is
    contacted. Every setting is described in docs/configuration.md.
    """
    from streams.cli.output import show_json, show_rows

    masked = session.settings().masked()
    if session.output is OutputFormat.JSON:
        show_json(masked)
    else:
        show_rows(session, [{"setting": name, "value": value} for name, value in _flat(masked)], ["setting", "value"])


def _flat(values: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", None if value is None else str(value)
