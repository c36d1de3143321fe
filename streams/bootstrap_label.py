"""The label stage, put together; and the source of schemas, which it has in common with the collect stage."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from streams.bootstrap_outlets import dead_letter_bytes
from streams.core.collectors.collector import Collector
from streams.core.events.limits import Limits
from streams.core.events.messages import RawMessages
from streams.core.events.schema_source import SchemaSource
from streams.core.events.time_bounds import TimeBounds
from streams.core.labels.waits import short_waits
from streams.kafka import client_config
from streams.kafka.following import FollowState, read_before
from streams.kafka.schemas import DEFAULT, LABEL, schema_source
from streams.metrics import Metrics
from streams.settings import Settings
from streams.settings.model import SchemaRegistry
from streams.stages.job_processes import JobProcesses
from streams.stages.label import LabelSettings, LabelState
from streams.stages.label_decoding import LabelDecodingState
from streams.stages.quality_run import QualityRun
from streams.stages.report import ReportSettings
from streams.stages.report_process import ReporterState
from streams.stores.locations import open_objects

logger = logging.getLogger(__name__)


def label_stage(
    settings: Settings,
    collectors: Sequence[Collector],
    report: ReportSettings,
    processes: JobProcesses,
    metrics: Metrics,
) -> LabelState:
    """The label stage's processor. It reads batches and recent labels itself, besides what its group reads."""
    config = client_config.consumer(
        settings.kafka, group_id=settings.group_id("label-reader"), client_id=settings.client_id("label")
    )
    topics, times = settings.topics, label_settings(settings, report)
    for each in short_waits(collectors, times.wait_ms, _now_ms()):
        logger.warning(each)

    def read_back(until: int) -> Iterator[RawMessages]:
        return read_before(config, topics.labels, _now_ms() - times.wait_ms, {0: until})

    return LabelState(
        replace(times, dead_letter_bytes=dead_letter_bytes(settings)),
        {collector.id: collector for collector in collectors},
        open_objects(settings.store.uri, settings.store.s3_endpoint_url),
        processes,
        label_decoding(settings),
        lambda: FollowState(config, topics.batches, _now_ms() - times.batches_ms),
        read_back,
        metrics,
    )


def quality_run(settings: Settings, collectors: Sequence[Collector]) -> QualityRun:
    """What computes a model's quality on batches of the past, in this process."""
    store = settings.store
    return QualityRun(
        open_objects(store.uri, store.s3_endpoint_url),
        {collector.id: collector for collector in collectors},
        ReporterState(store.uri, store.s3_endpoint_url, settings.collectors.parent),
        label_decoding(settings).decode,
    )


def label_settings(settings: Settings, report: ReportSettings) -> LabelSettings:
    """Topics and times of the label stage."""
    wait_ms, batches_ms, revise_ms = (
        round(1000 * each) for each in (settings.labels.wait_s, settings.labels.batches_s, settings.labels.revise_s)
    )
    return LabelSettings(settings.topics.labels, settings.topics.dead_letters, report, wait_ms, batches_ms, revise_ms)


def label_decoding(settings: Settings) -> LabelDecodingState:
    """What decodes labels. Bare Avro is written with the label schema that is shipped."""
    # labels are read back after a restart: what the clock says must not show
    limits = Limits(
        max_message_bytes=settings.limits.max_event_bytes,
        max_decoded_bytes=settings.limits.max_decoded_bytes,
        times=time_bounds(settings).of_the_log_alone,
    )
    return LabelDecodingState(open_schemas(settings.registry, LABEL), limits)


def time_bounds(settings: Settings) -> TimeBounds:
    """Which times are believed."""
    windows = settings.windows
    ahead_ms = round(windows.record_ahead_s * 1000), round(windows.event_ahead_s * 1000)
    return TimeBounds(round(windows.earliest_time.timestamp() * 1000), *ahead_ms)


def open_schemas(registry: SchemaRegistry, default: str = DEFAULT) -> SchemaSource:
    """Writer's schemas: of the registry, and the shipped ones."""
    options: dict[str, object] = {}
    if registry.username is not None and registry.password is not None:
        options["basic.auth.user.info"] = f"{registry.username}:{registry.password.get_secret_value()}"
    if registry.ca_location is not None:
        options["ssl.ca.location"] = str(registry.ca_location)
    return schema_source(registry.url, options, default)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
