"""The composition root of replays: the stages of workers, joined without a group, and what promotes their results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from streams.bootstrap import (
    Parts,
    build_reporter,
    collect_settings,
    collect_stage,
    consumer_config,
    producer_config,
    report_settings,
)
from streams.core.collectors.collector import Collector
from streams.core.events.rejects import AheadOfClockError, exception_name
from streams.core.replay.job import ReplayJob
from streams.kafka.client_config import Config
from streams.kafka.clients import open_transaction
from streams.kafka.dead_letter_replay import read_dead_letters
from streams.kafka.frozen import read_frozen
from streams.metrics import create_metrics
from streams.settings import Settings
from streams.stages.promotion import Promotion
from streams.stages.replay import ReplayState
from streams.stages.replay_collect import CollectReplayState
from streams.stages.window import WindowSettings, WindowState
from streams.stores.locations import open_objects
from streams.stores.runs import RunStore


def build_replay(settings: Settings, job: ReplayJob, collector: Collector, rate: float | None = None) -> ReplayState:
    """The stages over a job's frozen offsets, with a folder of their own for all that they make."""
    parts = Parts(settings, [collector], create_metrics())
    topics, endpoint = settings.topics, settings.store.s3_endpoint_url
    uri = run_uri(settings, job.run)
    store = RunStore(open_objects(uri, endpoint))
    live = open_objects(settings.store.uri, endpoint)
    config, limits = consumer_config(settings, f"replay-{job.run}"), settings.limits
    topic = settings.topics.by_role()[job.topic]
    read = partial(read_frozen, config, topic, at_most=limits.chunk_messages, rate=rate)
    alone = replace(collect_settings(settings, 1), idle_after_ms=0, dead_letter_share=1.0)
    collect = CollectReplayState(
        job, store, collect_stage(parts, alone), read, topics.collected, partial(_refused, config, settings)
    )
    rows_uri = settings.store.uri if job.topic == "batches" else uri
    return ReplayState(
        job,
        collector.plan(),
        store,
        live if job.topic == "batches" else store.objects,
        WindowState(
            WindowSettings(topics.collected, topics.batches, topics.window_progress),
            store.objects,
            lambda _partition: (),
            parts.metrics,
        ),
        build_reporter(settings, [collector], parts.metrics, uri, rows_uri),
        read,
        collect if job.topic == "predictions" else None,
    )


def _refused(config: Config, settings: Settings) -> Iterator[tuple[int, int]]:
    """Where records stand that the live collect stage took for ones from a future that had not come."""
    for letter in read_dead_letters(config, settings.topics.dead_letters, lambda _done, _total: None).letters:
        if letter.topic == settings.topics.predictions and letter.exception_class == exception_name(AheadOfClockError):
            yield letter.source_partition, letter.source_offset


def build_promotion(settings: Settings, job: ReplayJob) -> Promotion:
    """What puts a run in the place of what was live; one at a time in all the world."""
    endpoint, timeout_s = settings.store.s3_endpoint_url, settings.limits.transaction_timeout_s
    return Promotion(
        job,
        report_settings(settings),
        open_transaction(producer_config(settings, "promotion", instance="only"), timeout_s),
        open_objects(run_uri(settings, job.run), endpoint),
        open_objects(settings.store.uri, endpoint),
    )


def run_uri(settings: Settings, run: str) -> str:
    """Where a replay keeps what it makes."""
    return f"{settings.store.uri.rstrip('/')}/replays/{run}"
