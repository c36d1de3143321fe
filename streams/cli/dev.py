"""`streams dev`: a whole system on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.exits import CommandError, Exit
from streams.cli.options import Session
from streams.cli.topics import plans_of
from streams.cli.worker import CollectorsFile, LogLevel, Port, log_to_stderr, run_worker, stop_in_order_from_now_on

if TYPE_CHECKING:
    from streams.settings import Settings

EXAMPLES = """\
streams dev --collectors collectors.yaml
streams dev --data data/kafka            # topics outlive it
streams produce --sample 10000           # in another terminal, with the --bootstrap-server that dev prints
"""

Data = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Keep the broker's data here; else it goes with the broker.")
]


def dev(
    session: Session,
    collectors: CollectorsFile = None,
    data: Data = None,
    port: Port = None,
    log_level: LogLevel = "warning",
) -> None:
    """Start a broker, create the topics and run every stage, until Ctrl-C.

    The broker is Apache Kafka in Java (17 or newer, fetched by Maven once) or in Docker; a given
    KAFKA_BOOTSTRAP_SERVERS is used as it is.
    """
    from streams.cli.output import note

    stop_in_order_from_now_on()
    given = session.settings(collectors=collectors, web__port=port)
    if not given.collectors.is_file():
        raise CommandError(f"no collectors file {given.collectors}: write one, or try `streams demo`", Exit.USAGE)
    log_to_stderr(log_level)
    with broker_of(session, given, data) as servers:
        note(f"Kafka is at {servers}")
        local = session.with_servers(servers)
        settings = local.settings(collectors=collectors, web__port=_port(given))
        create_missing(settings)
        note(f"every stage runs; http://{settings.web.host}:{settings.web.port}/readyz; Ctrl-C ends it")
        code = run_worker(local, settings, None)
    raise typer.Exit(code)


def _port(settings: Settings) -> int:
    from streams.stages.app import open_port

    return open_port(settings.web.host, settings.web.port, asked="port" in settings.web.model_fields_set)


@contextmanager
def broker_of(session: Session, settings: Settings, data: Path | None) -> Iterator[str]:
    """A broker for as long as the block runs: the one that was given, or one of our own. Yields where it is."""
    from streams.cli.output import note
    from streams.kafka.local_broker import LocalBrokerSpec, broker_from_environment

    if settings.kafka.given_servers is not None:
        yield settings.kafka.given_servers
        return
    note("starting Kafka (the first time its jars are fetched)")
    with broker_from_environment(session.environ, LocalBrokerSpec(data_folder=data)) as broker:
        yield broker.bootstrap_servers


def create_missing(settings: Settings) -> None:
    """Create the topics that are missing. Raises CommandError where one cannot be."""
    from streams.kafka import client_config
    from streams.kafka.topics import TopicSize, create_topics

    admin = client_config.admin(settings.kafka, client_id=settings.client_id("topics"))
    failed = [each for each in create_topics(admin, plans_of(settings, TopicSize())) if each.state == "failed"]
    if failed:
        raise CommandError("; ".join(f"topic {each.name}: {each.error}" for each in failed))
