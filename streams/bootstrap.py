"""The composition root: the one place where parts are made and joined."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from streams.bootstrap_label import label_stage, open_schemas, time_bounds
from streams.bootstrap_outlets import (
    alerts_stage,
    dead_letter_bytes,
    outlets_stage,
    progress_reader,
    setting_aside,
    webhooks_stage,
)
from streams.core.collection import routes
from streams.core.collectors.collector import Collector
from streams.core.collectors.routing import projection
from streams.core.events.limits import Limits
from streams.kafka import client_config
from streams.kafka.clients import open_consumer, open_transaction, paired_partitions
from streams.kafka.in_flight import InFlightBytesState
from streams.kafka.items import Item
from streams.kafka.pump import PumpSettings, PumpState
from streams.kafka.stopping import StoppingState
from streams.kafka.transactions import TransactionState
from streams.metrics import Metrics, StageMetrics, create_metrics
from streams.settings import Settings
from streams.stages.app import ItemChannel, StageApp, StageWorker, create_agent, create_app, open_port
from streams.stages.collect import CollectSettings, CollectState
from streams.stages.decoding import DecodingState
from streams.stages.job_processes import JobProcessesState
from streams.stages.missing import MissingState
from streams.stages.probes import add_probes
from streams.stages.report import ReportSettings, ReportState
from streams.stages.report_process import initialise
from streams.stages.report_retry import ReportRetry
from streams.stages.runner import Processor, RunnerSettings, RunnerState
from streams.stages.snapshot_encoding import snapshot_encoding
from streams.stages.window import WindowSettings, WindowState
from streams.stores.locations import open_objects

logger = logging.getLogger(__name__)

STAGES = ("collect", "window", "report", "label", "outlets", "alerts", "webhooks")
_AT_ONCE = {
    "report": 16,  # what was computed waits in memory for its transaction
    "outlets": 20,  # each takes some requests to another server: a stage that is told to stop ends in time
    "webhooks": 20,
}


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that runs stages. `run` blocks until SIGTERM or SIGINT and returns an exit code."""

    app: StageApp
    metrics: Metrics
    stopping: StoppingState

    def run(self) -> int:
        """Run; drain, commit and leave when told to stop. 0 after a clean stop, 1 where a stage could not go
        on.
        """
        _calm_garbage_collector()
        code = 1
        try:
            StageWorker(self.app, self.stopping).execute_from_commandline()
        except SystemExit as end:
            code = int(end.code or 0)
        except Exception:
            logger.exception("the worker stops")
        finally:
            gc.unfreeze()
        self.stopping.finished(code)
        return code


def _calm_garbage_collector() -> None:
    """A poll makes thousands of tracked objects without cycles: by default the collector walks them over and over."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)


@dataclass(frozen=True, slots=True)
class Parts:
    """What stages are made from."""

    settings: Settings
    collectors: Sequence[Collector]
    metrics: Metrics


def build_worker(settings: Settings, collectors: Sequence[Collector], stages: Sequence[str] = STAGES) -> Worker:
    """Join the named stages into one worker. KafkaStageError where a topic is missing."""
    stopping = StoppingState(settings.limits.drain_budget_s)
    parts = Parts(settings, collectors, create_metrics())
    port = open_port(settings.web.host, settings.web.port, asked="port" in settings.web.model_fields_set)
    app = create_app(settings.group_prefix, settings.web.host, port)
    logger.info("http://%s:%s answers /livez, /readyz and /metrics", settings.web.host, port)
    running = {stage: _add_stage(app, parts, stage, stopping) for stage in stages}
    add_probes(app, parts.metrics, running)
    return Worker(app, parts.metrics, stopping)


def _add_stage(app: StageApp, parts: Parts, stage: str, stopping: StoppingState) -> RunnerState:
    source, make = _MAKERS[stage]
    settings = parts.settings
    logger.info("%s: group %s reads topic %s", stage, settings.group_id(stage), source(settings))
    in_flight = InFlightBytesState(settings.limits.in_flight_bytes)
    metrics = StageMetrics(parts.metrics, stage, source(settings))
    runner = RunnerState(
        stage,
        setting_aside(settings, stage, make(parts), parts.metrics),
        open_transaction(producer_config(settings, stage), settings.limits.transaction_timeout_s),
        in_flight,
        RunnerSettings(settings.limits.commit_interval_s),
        metrics,
        rewind=lambda epoch: pump.rewind(epoch),  # noqa: PLW0108 - the pump is made below: it feeds what this joins
    )
    channel = create_agent(app, stage, runner, app.crash)
    pump = PumpState(
        _pump_settings(settings, stage, source(settings)),
        partial(open_consumer, consumer_config(settings, stage)),
        lambda item: _deliver(app, channel, item),
        in_flight,
        runner,
        stopping,
    )
    metrics.down()
    metrics.observe(lambda: in_flight.bytes, lambda: pump.partitions_paused)
    app._extra_services.append(pump)  # type: ignore[arg-type]  # noqa: SLF001 - `app.service` takes a class only
    return runner


def _deliver(app: StageApp, channel: ItemChannel, item: Item) -> None:
    asyncio.run_coroutine_threadsafe(channel.put(item), app.loop)  # type: ignore[arg-type] # Faust puts values too


def _pump_settings(settings: Settings, stage: str, topic: str) -> PumpSettings:
    limits = settings.limits
    messages = min(limits.chunk_messages, _AT_ONCE.get(stage, limits.chunk_messages))
    return PumpSettings(topic, messages, limits.poll_timeout_s, decoded_bytes=limits.max_decoded_bytes)


def consumer_config(settings: Settings, stage: str) -> client_config.Config:
    """A consumer of a stage's group."""
    return client_config.consumer(
        settings.kafka, group_id=settings.group_id(stage), client_id=settings.client_id(stage)
    )


def producer_config(settings: Settings, stage: str, instance: str | None = None) -> client_config.Config:
    """A transactional producer of a stage; two of one instance (by default this process) fence each other."""
    return client_config.transactional_producer(
        settings.kafka,
        transactional_id=f"{settings.group_id(stage)}-{instance or settings.instance}",
        client_id=settings.client_id(stage),
        max_message_bytes=settings.limits.max_message_bytes,
        transaction_timeout_s=settings.limits.transaction_timeout_s,
    )


def _collect(parts: Parts) -> Processor:
    settings = parts.settings
    collect = collect_settings(settings, _collected_partitions(settings))
    return collect_stage(parts, replace(collect, dead_letter_bytes=dead_letter_bytes(settings)))


def _collected_partitions(settings: Settings) -> int:
    admin = client_config.admin(settings.kafka, client_id=settings.client_id("admin"))
    return paired_partitions(admin, settings.topics.collected, settings.topics.window_progress)


def collect_settings(settings: Settings, partitions: int) -> CollectSettings:
    """The collect stage's settings, for so many partitions of `collected`."""
    topics = settings.topics
    return CollectSettings(
        source=topics.predictions,
        collected=topics.collected,
        dead_letters=topics.dead_letters,
        collected_partitions=partitions,
        max_message_bytes=settings.limits.max_message_bytes - 2_048,
        idle_after_ms=round(settings.windows.idle_after_s * 1000),
        heartbeat_ms=round(settings.windows.heartbeat_s * 1000),
        dead_letter_share=settings.limits.dead_letter_share,
        dead_letter_sample=settings.limits.dead_letter_sample,
    )


def collect_stage(parts: Parts, collect: CollectSettings) -> CollectState:
    """The collect stage's processor."""
    settings = parts.settings
    return CollectState(
        collect,
        routes(parts.collectors, collect.collected_partitions),
        DecodingState(
            projection(parts.collectors),
            open_schemas(settings.registry),
            Limits(
                max_message_bytes=settings.limits.max_event_bytes,
                max_decoded_bytes=settings.limits.max_decoded_bytes,
                times=time_bounds(settings),
            ),
        ),
        parts.metrics,
    )


def _window(parts: Parts) -> Processor:
    settings, topics = parts.settings, parts.settings.topics
    return WindowState(
        WindowSettings(
            topics.collected,
            topics.batches,
            topics.window_progress,
            settings.windows.copy_bytes,
            _collected_partitions(settings),
            topics.dead_letters,
            dead_letter_bytes(settings),
        ),
        open_objects(settings.store.uri, settings.store.s3_endpoint_url),
        progress_reader(settings, "window", topics.window_progress),
        parts.metrics,
        missing=MissingState(parts.collectors, topics.alerts, topics.window_progress),
    )


def build_reporter(
    settings: Settings,
    collectors: Sequence[Collector],
    metrics: Metrics,
    snapshots_uri: str | None = None,
    rows_uri: str | None = None,
) -> ReportState:
    """What computes and stores reports. The store of snapshots, and that of rows, may be others than `store.uri`."""
    if any(collector.report.engine == "evidently" for collector in collectors):
        os.environ.setdefault("PYTHONHASHSEED", "0")  # of its processes: Evidently writes in the order of sets
    return ReportState(
        report_settings(settings),
        {collector.id: collector for collector in collectors},
        open_objects(snapshots_uri or settings.store.uri, settings.store.s3_endpoint_url),
        _processes(settings, rows_uri or settings.store.uri),
        metrics,
    )


def _processes(settings: Settings, rows_uri: str) -> JobProcessesState:
    """Processes that compute reports; they begin when there is one to compute."""
    arguments = (rows_uri, settings.store.s3_endpoint_url, settings.collectors.parent, settings.store.uri)
    return JobProcessesState(settings.reports.processes, settings.reports.timeout_s, initialise, arguments)


def _label(parts: Parts) -> Processor:
    settings = parts.settings
    processes = _processes(settings, settings.store.uri)
    return label_stage(settings, parts.collectors, report_settings(settings), processes, parts.metrics)


def report_settings(settings: Settings) -> ReportSettings:
    """Topics and encoding of snapshots."""
    topics, snapshots = settings.topics, settings.snapshots
    inline_bytes = min(snapshots.inline_bytes, settings.limits.segment_bytes)
    return ReportSettings(topics.batches, topics.snapshots, *snapshot_encoding(snapshots.format, inline_bytes))


def build_quality_transaction(settings: Settings) -> TransactionState:
    """What publishes model quality that was computed by hand, one such at a time in all the world."""
    config = producer_config(settings, "quality", instance="only")
    return open_transaction(config, settings.limits.transaction_timeout_s)


def build_retry(settings: Settings, collectors: Sequence[Collector]) -> ReportRetry:
    """What computes failed reports again and publishes them, one such at a time in all the world."""
    timeout_s = settings.limits.transaction_timeout_s
    config = producer_config(settings, "reports-retry", instance="only")
    return ReportRetry(build_reporter(settings, collectors, create_metrics()), open_transaction(config, timeout_s))


def _telling(make: Callable[[Settings, Sequence[Collector], Metrics], Processor]) -> Callable[[Parts], Processor]:
    return lambda parts: make(parts.settings, parts.collectors, parts.metrics)


_MAKERS: dict[str, tuple[Callable[[Settings], str], Callable[[Parts], Processor]]] = {
    "collect": (lambda settings: settings.topics.predictions, _collect),
    "window": (lambda settings: settings.topics.collected, _window),
    "report": (lambda settings: settings.topics.batches, _telling(build_reporter)),
    "label": (lambda settings: settings.topics.labels, _label),
    "outlets": (lambda settings: settings.topics.snapshots, _telling(outlets_stage)),
    "alerts": (lambda settings: settings.topics.snapshots, _telling(alerts_stage)),
    "webhooks": (lambda settings: settings.topics.alerts, _telling(webhooks_stage)),
}
