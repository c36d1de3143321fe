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
    bytes that manifests name, snapshot ids are unique. Memory is 8 bytes for each copy of an event looked at.

    Nothing is changed, and workers may go on meanwhile: what is still pending is then compared less strictly.
    """
    from streams.cli.audit_reading import AuditReader
    from streams.stores.locations import open_objects

    settings = session.settings()
    store = open_objects(settings.store.uri, settings.store.s3_endpoint_url)
    report = AuditReader(settings, store).read(_scope(from_time, to_time, collector)).report()
    if collector is not None and not report.collectors:
        raise CommandError(f"nothing of a collector {collector!r} was found: see `streams snapshots list`", Exit.USAGE)
    _show(session, report)
    if not report.passed:
        raise CommandError(f"{len(report.findings)} thing(s) are not accounted for", Exit.PROBLEMS)


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
    columns = ["collector", "config_hash", "read", "kept", "dropped", "batches", "batched", "waiting"]
    show_rows(session, collectors, columns, "By collector")
    note(f"{report.batches} batches, {report.objects} objects, {report.snapshots} snapshots were looked at")
    if report.findings:
        show_rows(session, found["findings"][:_SHOWN], ["check", "where", "problem"], "Not accounted for")
    if len(report.findings) > _SHOWN:
        note(f"{len(report.findings) - _SHOWN} more: see --output json")


def _reasons(dropped: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {reason}" for reason, number in dropped.items()) or "-"
