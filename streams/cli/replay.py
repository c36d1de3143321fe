"""`streams replay`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.exits import CommandError, Exit
from streams.cli.options import OutputFormat, Session
from streams.cli.replay_job import Asked, frozen_job, resumed_job

if TYPE_CHECKING:
    from streams.cli.replay_job import Frozen

EXAMPLES = """\
streams replay --collector hourly --from 2026-11-20T00:00:00Z --to 2026-11-21T00:00:00Z     # what it would read
streams replay --collector hourly --from 2026-11-20T00:00:00Z --to 2026-11-21T00:00:00Z --execute --diff
streams replay --collector new --collectors new.yaml --from 2026-11-14 --to 2026-11-21 --rate 5000 --execute
streams replay --collector hourly --topic batches --from 2026-11-01 --to 2026-11-21 --execute   # a changed report
streams replay --run 20261121T073700Z-4f1c9a02 --execute      # goes on after a kill
streams replay --run 20261121T073700Z-4f1c9a02 --diff
streams replay --run 20261121T073700Z-4f1c9a02 --promote --execute
"""

CollectorId = Annotated[str | None, typer.Option(help="The collector whose windows are made again.")]
From = Annotated[str | None, typer.Option("--from", metavar="TIME", help="Windows that begin then or later.")]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="Windows that end then or earlier.")]
Topic = Annotated[str, typer.Option(metavar="predictions|collected|batches", help="Where to begin.")]
CollectorsFile = Annotated[
    Path | None, typer.Option("--collectors", metavar="FILE", help="Collectors file (else STREAMS_COLLECTORS).")
]
Rate = Annotated[float | None, typer.Option(min=1, help="Messages a second at most.")]
Run = Annotated[str | None, typer.Option(metavar="RUN", help="A run that was begun before.")]
Diff = Annotated[bool, typer.Option("--diff", help="Compare with what was live, window by window.")]
Promote = Annotated[bool, typer.Option("--promote", help="Put what a finished run made in the place of the live.")]
Execute = Annotated[bool, typer.Option("--execute/--dry-run", help="Do it, or only say what would be done.")]


def replay(  # noqa: PLR0913 - a command's options
    session: Session,
    *,
    collector: CollectorId = None,
    from_time: From = None,
    to_time: To = None,
    topic: Topic = "predictions",
    collectors: CollectorsFile = None,
    rate: Rate = None,
    run: Run = None,
    diff: Diff = False,
    promote: Promote = False,
    execute: Execute = False,
) -> None:
    """Make a stretch of the past again, with the stages' own code, beside what is live.

    From predictions, a new or changed collector is filled in over the past. From collected, windows are made again.
    From batches (of the object store, whatever the topics still hold), reports alone are.

    Offsets are frozen when a run begins; nothing of it touches live groups, topics or objects: all it makes lies below
    replays/RUN of the object store. A run that was killed goes on with --run RUN --execute. --promote publishes what
    differs in one transaction, marked with the run; what it replaces is kept. Done again, it changes nothing, or
    finishes what a kill left. Without --execute nothing is made or published.
    """
    settings = session.settings(collectors=collectors)
    if run is None:
        asked = Asked(collector or "", from_time or "", to_time or "", topic)
        frozen = frozen_job(session, settings, asked)
        if promote:
            raise CommandError("--promote takes --run RUN: look at a run's --diff first", Exit.USAGE)
    else:
        frozen = resumed_job(session, settings, run, collectors)
    if promote:
        _promote(session, frozen, execute=execute)
    elif execute:
        _execute(session, frozen, rate)
    elif run is None:
        _plan(session, frozen)
    if diff and not promote:
        _diff(session, frozen)


def _plan(session: Session, frozen: Frozen) -> None:
    from streams.cli.output import note, show_rows

    job = frozen.job
    rows = [
        {"topic": job.topic, "partition": each.partition, "first": each.first, "next": each.next}
        for each in job.offsets
    ]
    show_rows(session, rows, ["topic", "partition", "first", "next"])
    what = f"{job.records:,} offsets" if job.offsets else f"{len(frozen.live())} batches of the object store"
    note(f"{what} would be read: add --execute")


def _execute(session: Session, frozen: Frozen, rate: float | None) -> None:
    import msgspec

    from streams import bootstrap_replay
    from streams.cli.output import note, progress, show_json

    job = frozen.job
    note(f"run {job.run}")
    state = bootstrap_replay.build_replay(frozen.settings, job, frozen.collector, rate)
    state.store.begin(job)
    with progress("replaying") as advance:
        outcome = state.run(lambda _what, done, total: advance(done, total))
    if session.output is OutputFormat.JSON:
        show_json({"run": job.run, **msgspec.to_builtins(outcome)})
    else:
        note(f"{outcome.batches} batches of {outcome.rows:,} rows, {outcome.snapshots} snapshots: {job.folder}")
    if not outcome.complete and job.topic != "batches":
        note("the last windows that were asked for may be missing: not all time until --to has passed in the log")


def _diff(session: Session, frozen: Frozen) -> None:
    import msgspec

    from streams.cli.output import note, show_rows
    from streams.cli.times import moment_text
    from streams.core.replay.diff import compare

    found = compare(frozen.live(), frozen.made())
    for unseen in frozen.unseen():
        note(f"not compared: {unseen}")
    columns = ["window", "batch", "snapshot", "rows", "late", "verdict", "drift_share"]
    if session.output is OutputFormat.JSON:
        show_rows(session, [{**msgspec.to_builtins(each), "same": each.same} for each in found], columns)
        return
    rows = [
        {
            **{name: _pair(getattr(each, name)) for name in ("rows", "late", "verdict", "drift_share")},
            "window": moment_text(each.start_ms) + (f" #{each.sequence}" if each.sequence else ""),
            "batch": each.batch,
            "snapshot": each.snapshot,
        }
        for each in found
    ]
    show_rows(session, rows, columns, "live > replay, where they differ")
    note(f"{sum(each.same for each in found)} of {len(found)} windows are the same to the byte")


def _pair(values: tuple[object, object]) -> object:
    from streams.cli.output import text_of

    live, made = values
    return live if live == made else f"{text_of(live)} > {text_of(made)}"


def _promote(session: Session, frozen: Frozen, *, execute: bool) -> None:
    from streams import bootstrap_replay
    from streams.cli.output import note, show_json
    from streams.core.replay.diff import changes
    from streams.stages.promotion import PromotionRefusedError

    run = frozen.job.run
    if frozen.outcome() is None:
        raise CommandError(f"run {run} is not finished: streams replay --run {run} --execute")
    made = frozen.made()
    if not execute:
        note(f"{len(list(changes(made, frozen.current())))} window(s) would be promoted: add --execute")
        return
    try:
        promoted = bootstrap_replay.build_promotion(frozen.settings, frozen.job).promote(made, frozen.current)
    except PromotionRefusedError as error:
        raise CommandError(str(error)) from error
    if session.output is OutputFormat.JSON:
        show_json({"run": run, "promoted": promoted.published, "stored": promoted.stored})
    elif promoted.published:
        note(f"{promoted.published} window(s) were promoted")
    elif promoted.stored:
        note(f"nothing was left to publish; the objects of {promoted.stored} window(s) were put in place")
    else:
        note(f"nothing to promote: what run {run} made is what is live")
