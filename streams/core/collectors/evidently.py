"""Evidently's `collector_config.json`, as its collector service (last in 0.6.7) wrote it, as collectors of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, SecretStr, Tag

from streams.core.collectors.collection import Collectors
from streams.core.collectors.collector import Collector, CollectorId
from streams.core.collectors.documents import Document
from streams.core.collectors.durations import PositiveDuration
from streams.core.collectors.evidently_report import Notes, mapped_report
from streams.core.collectors.outlets import EvidentlyUi, WebAddress
from streams.core.collectors.triggers import IntervalTrigger, Rows, RowsOrIntervalTrigger, RowsTrigger, Trigger
from streams.core.operators.contracts import Text

_LATENESS = timedelta(seconds=10)
_LENIENT = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


def short_name(type_name: str) -> str:
    """Return the last part of `evidently:collector_trigger:IntervalTrigger` or
    `evidently.collector.config.IntervalTrigger`.
    """
    return re.split(r"[:.]", type_name)[-1]


def _type_of(given: Any) -> str:
    kind = given.get("type") if isinstance(given, Mapping) else None
    return short_name(kind) if isinstance(kind, str) else "no type"


class _Interval(BaseModel):
    model_config = _LENIENT

    interval: PositiveDuration = Field(description="Length of a window in seconds.")


class _RowsCount(BaseModel):
    model_config = _LENIENT

    rows_count: Rows = Field(default=1, description="Rows in a window.")


class _RowsCountOrInterval(BaseModel):
    model_config = _LENIENT

    rows_count_trigger: _RowsCount
    interval_trigger: _Interval


_AnyTrigger = (
    Annotated[_Interval, Tag("IntervalTrigger")]
    | Annotated[_RowsCount, Tag("RowsCountTrigger")]
    | Annotated[_RowsCountOrInterval, Tag("RowsCountOrIntervalTrigger")]
)


class EvidentlyCollector(BaseModel):
    """Evidently's CollectorConfig. Fields that have no meaning here are left out, as its own service leaves
    unknown ones out.
    """

    model_config = _LENIENT

    trigger: Annotated[_AnyTrigger, Discriminator(_type_of)]
    report_config: dict[str, Any] = Field(description="Evidently's report configuration.")
    reference_path: Text | None = None
    project_id: Text = Field(description="Id of the project in the Evidently UI.")
    api_url: WebAddress = "http://localhost:8000"
    api_secret: SecretStr | None = None


class EvidentlyFile(BaseModel):
    """A `collector_config.json`: collectors by their id."""

    model_config = _LENIENT

    collectors: dict[CollectorId, EvidentlyCollector]


def is_evidently(value: Any) -> bool:
    """Tell Evidently's file, whose collectors are a mapping, from ours, where they are a list."""
    return isinstance(value, Mapping) and isinstance(value.get("collectors"), Mapping)


def mapped_file(file: EvidentlyFile, document: Document) -> Collectors:
    """Return the collectors of a file, with a warning for each part of a report that has no counterpart."""
    found = {name: mapped_collector(name, one) for name, one in file.collectors.items()}
    warnings = (
        document.problem(
            ("collectors", name, "report_config", *path), message, "it is kept in the collector's evidently_report"
        )
        for name, (_, notes) in found.items()
        for path, message in notes
    )
    return Collectors(tuple(one for one, _ in found.values()), tuple(warnings))


def mapped_collector(name: str, given: EvidentlyCollector) -> tuple[Collector, Notes]:
    """Return the collector that does what Evidently documents, with notes on the parts of its report that are not
    computed.

    It takes only rows that are sent to it by name, and counts rows, where Evidently's service counted requests. A
    window counted in rows takes them as they come; one with an interval goes by the time of record.
    """
    report, notes = mapped_report(given.report_config, has_reference=given.reference_path is not None)
    collector = Collector(
        id=name,
        direct_only=True,
        trigger=_trigger(given.trigger),
        time="ingest",
        allowed_lateness=_LATENESS,
        order="arrival" if isinstance(given.trigger, _RowsCount) else "event_time",
        report=report,
        evidently_report=given.report_config,
        reference=given.reference_path,
        outlets=(EvidentlyUi(api_url=given.api_url, project_id=given.project_id, api_secret=given.api_secret),),
    )
    return collector, notes


def _trigger(given: _Interval | _RowsCount | _RowsCountOrInterval) -> Trigger:
    match given:
        case _Interval():
            return IntervalTrigger(interval=given.interval)
        case _RowsCount():
            return RowsTrigger(rows=given.rows_count)
        case _RowsCountOrInterval():
            return RowsOrIntervalTrigger(
                rows=given.rows_count_trigger.rows_count, interval=given.interval_trigger.interval
            )
