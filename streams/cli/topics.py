"""`streams topics create` and `streams topics check`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.exits import CommandError, Exit
from streams.cli.options import OutputFormat, Session

if TYPE_CHECKING:
    from streams.kafka.topic_checks import WindowNeed
    from streams.kafka.topics import TopicPlan, TopicSize
    from streams.settings import Settings

CREATE_EXAMPLES = """\
streams topics create
streams topics create --partitions 32 --collected-partitions 8 --replication-factor 3
streams topics create --dry-run          # the kafka-topics.sh commands, nothing is created
"""
CHECK_EXAMPLES = """\
streams topics check
streams topics check --collectors collectors.yaml --output json
"""

Partitions = Annotated[int, typer.Option(min=1, help="Partitions of predictions: the most workers that can collect.")]
CollectedPartitions = Annotated[int, typer.Option(min=1, help="Partitions of collected and of window-progress.")]
Replication = Annotated[int, typer.Option(help="Replicas of every topic; -1 is the cluster's default.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the commands of Kafka's own tool instead.")]
CollectorsFile = Annotated[Path | None, typer.Option("--collectors", metavar="FILE", help="Collectors file.")]


def create(
    session: Session,
    partitions: Partitions = 8,
    collected_partitions: CollectedPartitions = 4,
    replication_factor: Replication = -1,
    dry_run: DryRun = False,
) -> None:
    """Create the topics that are missing; those that exist are left as they are."""
    from streams.cli.output import show_rows
    from streams.kafka.topics import TopicSize, create_topics

    settings = session.settings()
    size = TopicSize(partitions, collected_partitions, replication_factor=replication_factor)
    plans = plans_of(settings, size)
    if dry_run:
        show_commands(session, settings, plans)
        return
    outcomes = create_topics(_admin(settings), plans)
    rows = [{"topic": each.name, "state": each.state, "error": each.error or None} for each in outcomes]
    show_rows(session, rows, ["topic", "state", "error"])
    if any(each.state == "failed" for each in outcomes):
        raise CommandError("some topics could not be created")


def check(session: Session, collectors: CollectorsFile = None) -> None:
    """Find what is wrong with the topics: missing ones, retention, clean-up, replicas, sizes, timestamps, partitions.

    Problems break a promise sooner or later and lead to exit code 3; warnings take bad luck.
    """
    from streams.cli.output import note, show_rows
    from streams.kafka.topic_checks import Inspection, inspect_topics
    from streams.kafka.topics import TopicSize, describe_topics

    settings = session.settings(collectors=collectors)
    plans = plans_of(settings, TopicSize())
    states = describe_topics(_admin(settings), [plan.name for plan in plans])
    needs = _needs(session, settings, required=collectors is not None)
    servers, limit = settings.kafka.bootstrap_servers, settings.limits.max_message_bytes
    ahead_ms = round(settings.windows.record_ahead_s * 1000)
    findings = inspect_topics(Inspection(plans, states, needs, limit, servers, ahead_ms))
    rows = [
        {"severity": each.severity, "topic": each.topic, "finding": each.text, "remedy": each.remedy}
        for each in findings
    ]
    if rows or session.output is OutputFormat.JSON:
        show_rows(session, rows, ["severity", "topic", "finding", "remedy"])
    else:
        note(f"{len(plans)} topics are as they should be")
    problems = sum(each.severity == "problem" for each in findings)
    if problems:
        raise CommandError(f"{problems} problem(s) with the topics", Exit.PROBLEMS)


def plans_of(settings: Settings, size: TopicSize) -> tuple[TopicPlan, ...]:
    """Every topic of these settings as it should be created."""
    from streams.kafka.topics import plan_topics

    return plan_topics(settings.topics.by_role(), size, settings.limits.max_message_bytes)


def require_topics(settings: Settings, roles: Sequence[str] = ()) -> None:
    """Raise CommandError with the exact commands where topics (of these roles; none is all) are missing."""
    from streams.kafka.topics import TopicSize, create_command, missing_topics

    plans = [plan for plan in plans_of(settings, TopicSize()) if not roles or plan.role in roles]
    missing = missing_topics(_admin(settings), plans)
    if missing:
        commands = "\n".join(create_command(plan, settings.kafka.bootstrap_servers) for plan in missing)
        raise CommandError(
            f"{len(missing)} topic(s) do not exist, or this user has no right to describe them. Run `streams topics"
            f" create`, or use Kafka's own tool:\n\n{commands}"
        )


def show_commands(session: Session, settings: Settings, plans: Sequence[TopicPlan]) -> None:
    """The commands that create topics, one a line."""
    from streams.cli.output import show_json
    from streams.kafka.topics import create_command

    commands = [create_command(plan, settings.kafka.bootstrap_servers) for plan in plans]
    if session.output is OutputFormat.JSON:
        show_json(commands)
    else:
        print("\n".join(commands))


def _admin(settings: Settings) -> dict[str, str | int | bool]:
    from streams.kafka import client_config

    return client_config.admin(settings.kafka, client_id=settings.client_id("topics"))


def _needs(session: Session, settings: Settings, *, required: bool) -> list[WindowNeed]:
    """How long each enabled collector's windows are, with lateness. Without a collectors file nothing is known."""
    import time

    from streams.cli.output import note
    from streams.core.windows.longest import longest_window_ms
    from streams.kafka.topic_checks import WindowNeed
    from streams.stores.collector_files import read_collectors

    if not required and not settings.collectors.is_file():
        note(f"no collectors file {settings.collectors}: retention is not compared with windows")
        return []
    needs = []
    for collector in read_collectors(settings.collectors, session.environ).enabled:
        plan = collector.plan()
        span_ms = longest_window_ms(plan.trigger, time.time_ns() // 1_000_000)
        needs.append(WindowNeed(collector.id, None if span_ms is None else span_ms + plan.allowed_lateness_ms))
    return needs
