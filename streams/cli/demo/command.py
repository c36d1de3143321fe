"""`streams demo`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.demo.outcome import misplaced, show_outcome, write_index
from streams.cli.demo.scene import Scene, calendar_windows, plan_traffic, set_scene
from streams.cli.demo.watch import WatchState, watch
from streams.cli.dev import broker_of, create_missing
from streams.cli.event_messages import EventEncoding, of_tables
from streams.cli.exits import CommandError
from streams.cli.options import Session
from streams.cli.output import note
from streams.cli.produce import delivery

if TYPE_CHECKING:
    from streams.kafka.local_broker.guarded import GuardedProcess
    from streams.kafka.producing import DeliveryState, Produced
    from streams.settings import Settings

EXAMPLES = """\
streams demo
streams demo --keep                 # leaves broker and worker running until Ctrl-C
streams demo --events 20000 --output json
"""

Events = Annotated[int, typer.Option(min=20_000, help="How many events to produce.")]
Seed = Annotated[int, typer.Option(min=0, help="Another seed, another sample.")]
Keep = Annotated[bool, typer.Option("--keep", help="Leave everything running until Ctrl-C.")]
Folder = Annotated[Path, typer.Option(metavar="FOLDER", help="A new folder in this one gets all results.")]
Timeout = Annotated[float, typer.Option(min=1, metavar="SECONDS", help="Give up after this time.")]

_DRAIN_S = 30.0
_FLUSH_S = 60.0
_LOOK_EVERY_S = 0.5
_LOG_TAIL_CHARS = 2_000


def demo(
    session: Session,
    *,
    events: Events = 200_000,
    seed: Seed = 0,
    keep: Keep = False,
    folder: Folder = Path("data/demo"),
    timeout: Timeout = 240.0,
) -> None:
    """Start Kafka, run every stage, produce payments that drift half-way, show the snapshots.

    Ends by itself, with exit code 1 where the drift is not seen exactly where it was put. A given
    KAFKA_BOOTSTRAP_SERVERS is used, with topics of its own that are deleted afterwards.
    """
    given = session.settings()
    run = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{os.getpid()}"
    with broker_of(session, given, None) as servers:
        plan = plan_traffic(events, seed, time.time_ns() // 1_000_000)
        scene = Scene(folder / run, f"demo-{run}", servers, plan)
        set_scene(scene, _free_port())
        staged = _staged(session, scene)
        with _topics(staged.settings(), ours=given.kafka.given_servers is None) as settings:
            _play(staged, scene, settings, timeout, keep=keep)


def _play(session: Session, scene: Scene, settings: Settings, timeout_s: float, *, keep: bool) -> None:
    from streams.core.traffic import traffic

    blocks = map(of_tables(EventEncoding.JSON, 1), traffic(scene.plan))
    deliveries, watcher = (
        delivery(settings),
        WatchState(settings, scene.plan.events, frozenset(calendar_windows(scene))),
    )
    # No partition may look idle to the worker before its first event is there: what follows would be late.
    deliveries.send(next(blocks))
    deliveries.finish(_FLUSH_S)
    with _worker(session, scene) as worker, ThreadPoolExecutor(1) as pool:
        producing = pool.submit(_produce, deliveries, blocks)
        watch(watcher, lambda: deliveries.delivered, lambda: _trouble(scene, worker, producing), timeout_s)
        page = write_index(scene, watcher.snapshots)
        show_outcome(session, scene, watcher.snapshots, page)
        problems = list(misplaced(scene, watcher.snapshots))
        if problems:
            raise CommandError("the drift is not where it was put:\n" + "\n".join(problems))
        if keep:
            _wait(scene, worker)


def _produce(deliveries: DeliveryState, blocks: Iterator[list[Produced]]) -> None:
    for block in blocks:
        deliveries.send(block)
    deliveries.finish(_FLUSH_S)
    if deliveries.failed:
        raise CommandError(f"{deliveries.failed} events were not delivered: {deliveries.failures}")


def _trouble(scene: Scene, worker: GuardedProcess, producing: Future[None]) -> str | None:
    """Why it cannot end well any more."""
    if not worker.is_alive():
        log = _log_file(scene).read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL_CHARS:]
        return f"the worker ended; the end of {_log_file(scene)}:\n{log}"
    error = producing.exception() if producing.done() else None
    return None if error is None else str(error)


def _staged(session: Session, scene: Scene) -> Session:
    """The session of all parts: the scene's settings, and of the user's only how to reach Kafka."""
    environ = {name: value for name, value in session.environ.items() if not name.startswith("STREAMS_")}
    return replace(session, environ=environ, config=scene.settings_file).with_servers(scene.servers)


@contextmanager
def _topics(settings: Settings, *, ours: bool) -> Iterator[Settings]:
    """Topics for this run; deleted afterwards where the broker is not ours and stays."""
    from streams.kafka import client_config
    from streams.kafka.topics import delete_topics

    create_missing(settings)
    try:
        yield settings
    finally:
        if not ours:
            admin = client_config.admin(settings.kafka, client_id=settings.client_id("demo"))
            delete_topics(admin, list(settings.topics.by_role().values()))


@contextmanager
def _worker(session: Session, scene: Scene) -> Iterator[GuardedProcess]:
    """A worker in a process of its own, which never outlives this one."""
    from streams.kafka.local_broker.guarded import GuardedProcess

    flags = [flag for each in session.properties for flag in ("-X", each)]
    command = [sys.executable, "-m", "streams.cli.main", "worker", "--config", str(scene.settings_file), *flags]
    running = GuardedProcess(command, _log_file(scene), session.environ)
    try:
        yield running
    finally:
        running.terminate(_DRAIN_S)


def _wait(scene: Scene, worker: GuardedProcess) -> None:
    """Until Ctrl-C, or until the worker ends."""
    note(
        f"\nEverything runs on until Ctrl-C. Look at it with:\n"
        f"  streams snapshots list --config {scene.settings_file}\n"
        f"  streams produce --sample 10000 --config {scene.settings_file}"
    )
    try:
        while worker.is_alive():
            time.sleep(_LOOK_EVERY_S)
    except KeyboardInterrupt:
        note("ending")


def _log_file(scene: Scene) -> Path:
    return scene.folder / "worker.log"


def _free_port() -> int:
    from streams.kafka.local_broker.guarded import free_port

    return free_port()
