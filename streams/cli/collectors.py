"""`streams collectors validate`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.exits import CommandError, Exit
from streams.cli.options import OutputFormat, Session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.core.collectors.collector import Collector
    from streams.core.collectors.problems import Problem
    from streams.core.windows.plan import Trigger

EXAMPLES = """\
streams collectors validate collectors.yaml
streams collectors validate collector_config.json     # an Evidently collector's configuration
streams collectors validate collectors.yaml --output json
"""

File = Annotated[Path, typer.Argument(metavar="FILE", help="A collectors file: YAML or JSON, or Evidently's.")]


def validate(session: Session, file: File) -> None:
    """Say everything that is wrong with a collectors file: line, path, value, remedy. Exit code 3 where it is wrong.

    References are not read.
    """
    from streams.cli.output import note, show_json, show_rows
    from streams.core.collectors.problems import CollectorsInvalidError
    from streams.stages.evidently_engine import require_engine
    from streams.stores.collector_files import read_collectors

    try:
        found = read_collectors(file, session.environ)
    except CollectorsInvalidError as error:
        if session.output is OutputFormat.JSON:
            show_json({"valid": False, "problems": list(_rows(error.problems)), "collectors": []})
        else:
            note(str(error))
        raise CommandError(f"{file} has {len(error.problems)} problem(s)", Exit.PROBLEMS) from None
    require_engine(found)
    rows = [_summary(collector) for collector in found]
    if session.output is OutputFormat.JSON:
        show_json({"valid": True, "problems": [], "warnings": list(_rows(found.warnings)), "collectors": rows})
        return
    show_rows(session, rows, ["id", "enabled", "source", "operators", "closes", "reference"])
    for warning in found.warnings:
        note(f"warning: {warning}")


def _summary(collector: Collector) -> dict[str, object]:
    source = collector.source.model_dump(exclude_none=True)
    return {
        "id": collector.id,
        "enabled": collector.enabled,
        "source": ", ".join(f"{name}={value}" for name, value in source.items()) or "any",
        "operators": [operator.type for operator in collector.operators],
        "closes": _closes(collector.plan().trigger),
        "reference": collector.reference,
        "config_hash": collector.config_hash,
    }


def _closes(trigger: Trigger) -> str:
    if trigger.kind == "cron":
        return f"{trigger.cron} in {trigger.timezone}"
    rows = "" if trigger.rows is None else f"after {trigger.rows:,} rows"
    interval = "" if trigger.interval_ms is None else f"every {timedelta(milliseconds=trigger.interval_ms)}"
    return " or ".join(part for part in (rows, interval) if part)


def _rows(problems: Iterable[Problem]) -> Iterable[dict[str, object]]:
    from streams.core.collectors.problems import path_text

    for each in problems:
        yield {
            "file": each.file,
            "line": each.line,
            "column": each.column,
            "path": path_text(each.path),
            "value": each.value,
            "problem": each.message,
            "remedy": each.remedy,
        }
