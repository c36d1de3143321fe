"""`streams worker`: stages until told to stop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.exits import CommandError, Exit
from streams.cli.options import Session

if TYPE_CHECKING:
    from streams.settings import Settings

EXAMPLES = """\
streams worker
streams worker --stages collect --port 6067
streams worker --log-format json
streams worker --stages window,report --collectors collectors.yaml
KAFKA_BOOTSTRAP_SERVERS=broker:9092 STREAMS_STORE_URI=s3://bucket/streams streams worker
"""

Stages = Annotated[
    str | None,
    typer.Option(metavar="NAME,...", help="Stages to run; all that are needed by default.", show_default=False),
]
CollectorsFile = Annotated[
    Path | None, typer.Option("--collectors", metavar="FILE", help="Collectors file (else STREAMS_COLLECTORS).")
]
Port = Annotated[int | None, typer.Option(help="Port of /livez, /readyz and /metrics; 0 takes a free one.")]
LogLevel = Annotated[str, typer.Option(metavar="LEVEL", help="debug, info, warning or error.")]
LogFormat = Annotated[str, typer.Option(metavar="FORMAT", help="text for people, json for machines: an object a line.")]


def worker(
    session: Session,
    stages: Stages = None,
    collectors: CollectorsFile = None,
    port: Port = None,
    log_level: LogLevel = "info",
    log_format: LogFormat = "text",
) -> None:
    """Run stages until SIGTERM or Ctrl-C; then finish what is in hand, commit and leave.

    Run as many as there are partitions: each stage's workers share its work. One that is killed is replaced by the
    others without loss or doubling. Where a broker or the store is away it waits, as long as limits.start_wait_s says
    where it only starts. Exits with 1 at once where topics are missing, and prints the commands that create them; and
    where a server refuses.
    """
    stop_in_order_from_now_on()
    settings = session.settings(collectors=collectors, web__port=port)
    log_to_stderr(log_level, log_format)
    raise typer.Exit(run_worker(session, settings, stages))


def stop_in_order_from_now_on() -> None:
    """SIGTERM ends the process with 0 also while it starts, when nothing is in hand yet."""
    import signal
    import sys

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def run_worker(session: Session, settings: Settings, stages: str | None) -> int:
    """Check what a worker needs, run it, return its exit code."""
    import time

    from streams import bootstrap
    from streams.cli.starting import StartState, probed
    from streams.cli.topics import require_topics
    from streams.stages.evidently_engine import require_engine
    from streams.stores.collector_files import read_collectors
    from streams.stores.locations import open_objects

    chosen = _chosen(stages, bootstrap.STAGES)
    found = read_collectors(settings.collectors, session.environ)
    if stages is None:
        idle = {"outlets"} if not any(collector.outlets for collector in found.collectors) else set()
        idle |= {"alerts", "webhooks"} if not any(collector.alerts for collector in found.collectors) else set()
        chosen = tuple(each for each in chosen if each not in idle)
    if "report" in chosen:
        require_engine(found.collectors)
    start = StartState(time.monotonic() + settings.limits.start_wait_s, chosen)
    with probed(start, settings.web.host, settings.web.port):
        start.insist("broker", lambda: require_topics(settings))
        start.insist("store", open_objects(settings.store.uri, settings.store.s3_endpoint_url).check)
    return start.insist("broker", lambda: bootstrap.build_worker(settings, found.collectors, chosen)).run()


def _chosen(stages: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    if stages is None:
        return known
    asked = tuple(stage.strip() for stage in stages.split(",") if stage.strip())
    unknown = [stage for stage in asked if stage not in known]
    if unknown or not asked:
        raise CommandError(f"--stages {stages}: choose from {', '.join(known)}", Exit.USAGE)
    return tuple(dict.fromkeys(asked))


def log_to_stderr(level: str, form: str = "text") -> None:
    """Log to standard error as text or JSON. Raises CommandError for a level or format that does not exist."""
    import logging

    from streams.cli.logs import FORMATS

    if level.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise CommandError(f"--log-level {level}: choose debug, info, warning or error", Exit.USAGE)
    if form not in FORMATS:
        raise CommandError(f"--log-format {form}: choose {' or '.join(FORMATS)}", Exit.USAGE)
    handler = logging.StreamHandler()
    handler.setFormatter(FORMATS[form]())
    logging.basicConfig(level=level.upper(), handlers=[handler])
    for chatty in ("faust", "mode", "aiohttp.access", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
