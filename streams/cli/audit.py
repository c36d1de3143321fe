"""`streams audit`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.exits import CommandError, Exit
from streams.cli.options import OutputFormat, Session
from streams.cli.times import optional_epoch_ms

if TYPE_CHECKING:
    from streams.core.audit.audit import AuditScope
    from streams.core.audit.findings import AuditReport

EXAMPLES = """\
streams audit
streams audit --collector hourly --output json
streams audit --from 2026-11-20T00:00:00Z --to 2026-11-21T00:00:00Z
"""
_SHOWN = 50

From = Annotated[
    str | None, typer.Option("--from", metavar="TIME", help="Only what was collected at this time or later (RFC 3339).")
]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="Only what was collected before this time.")]
Collector = Annotated[str | None, typer.Option(help="Only this collector.")]


def audit(session: Session, from_time: From = None, to_time: To = None, collector: Collector = None) -> None:
    """Verify that every event is accounted for, from topics and object store alone. Exit code 3 where one is not.

    Per stretch of every source partition: read = collected + dropped by reason + dead-lettered, without gap or
    overlap. Per collector: each row kept is in one batch, or waits in an open window. Objects are there with the
    bytes that manifests name, snapshot ids are unique. Memory is 16 bytes for each copy of an event looked at.

    Without --to, what stands still is found, too: topics that a stage does not go on to read (they are watched for ten
    seconds), source partitions that no account speaks of, collectors of the file that nobody serves, rows that wait for
    windows whose end is long over or has not come.

    Nothing is changed, and workers may go on meanwhile: what is still pending is then compared less strictly.
    """
    from streams.cli.audit_present import PresentReader
    from streams.cli.audit_reading import AuditReader
    from streams.stores.locations import open_objects

    settings = session.settings()
    store = open_objects(settings.store.uri, settings.store.s3_endpoint_url)
    reader = AuditReader(settings, store)
    state = reader.read(_scope(from_time, to_time, collector))
    if to_time is None:
        state.present = PresentReader(reader, session.environ).read(collector)
    report = state.report()
    if collector is not None and not report.collectors:
        raise CommandError(f"nothing of a collector {collector!r} was found: see `streams snapshots list`", Exit.USAGE)
    _show(session, report)
    if not report.passed:
        raise CommandError(f"{len(report.findings)} thing(s) are not as they must be", Exit.PROBLEMS)


def _scope(from_time: str | None, to_time: str | None, collector: str | None) -> AuditScope:
    from streams.core.audit.audit import AuditScope
    from streams.core.windows.times import FOREVER_MS, NEVER_MS

    from_ms, to_ms = optional_epoch_ms(from_time, "--from"), optional_epoch_ms(to_time, "--to")
    if from_ms is not None and to_ms is not None and from_ms >= to_ms:
        raise CommandError("--from is not before --to: swap them", Exit.USAGE)
    return AuditScope(
        NEVER_MS if from_ms is None else from_ms, FOREVER_MS if to_ms is None else to_ms, collector=collector
    )


def _show(session: Session, report: AuditReport) -> None:
    import msgspec

    from streams.cli.output import note, show_json, show_rows

    found = msgspec.to_builtins(report)
    if session.output is OutputFormat.JSON:
        show_json({"passed": report.passed, **found})
        return
    show_rows(
        session, found["sources"], ["partition", "first", "next", "events", "collected", "dropped", "dead"], "Read"
    )
    collectors = [{**each, "dropped": _reasons(each["dropped"])} for each in found["collectors"]]
    columns = [
        "collector",
        "config_hash",
        "read",
        "kept",
        "dropped",
        "batches",
        "batched",
        "dropped_at_close",
        "waiting",
    ]
    show_rows(session, collectors, columns, "By collector")
    if report.backlogs:
        unread = [{**each, "moves": "yes" if each["moves"] else "no"} for each in found["backlogs"]]
        show_rows(session, unread, ["stage", "topic", "partition", "committed", "end", "moves"], "Still to be read")
    note(f"{report.batches} batches, {report.objects} objects, {report.snapshots} snapshots were looked at")
    if report.findings:
        show_rows(session, found["findings"][:_SHOWN], ["check", "where", "problem"], "Not as it must be")
    if len(report.findings) > _SHOWN:
        note(f"{len(report.findings) - _SHOWN} more: see --output json")


def _reasons(dropped: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {reason}" for reason, number in dropped.items()) or "-"
