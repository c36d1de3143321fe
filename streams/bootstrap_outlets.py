"""The composition root's part for stages that tell others of results: outlets, alerts, webhooks."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from streams.core.collectors.collector import Collector
from streams.kafka import client_config
from streams.kafka.committed_records import read_progress
from streams.kafka.topics import largest_record
from streams.metrics import Metrics
from streams.outlets.evidently_ui import EvidentlyUiOutlet
from streams.outlets.http import open_http
from streams.outlets.webhook import WebhookOutlet
from streams.settings import Settings
from streams.stages.alerts import AlertsState, AlertTopics, ReadProgress
from streams.stages.evidently_engine import read_own
from streams.stages.outlets import OutletsState
from streams.stages.runner import Processor
from streams.stages.set_aside import SetAsideState
from streams.stages.snapshot_encoding import snapshot_decoding, whole_snapshot
from streams.stages.webhooks import WebhookSettings, WebhooksState
from streams.stores.locations import open_objects

_SETS_ASIDE = ("report", "outlets", "alerts")


def outlets_stage(settings: Settings, collectors: Sequence[Collector], metrics: Metrics) -> OutletsState:
    """The outlets stage's processor."""
    store = open_objects(settings.store.uri, settings.store.s3_endpoint_url)
    return OutletsState(
        settings.topics.snapshots,
        {collector.id: collector for collector in collectors},
        snapshot_decoding(),
        EvidentlyUiOutlet(open_http(), partial(read_own, store)),
        metrics,
        partial(whole_snapshot, store),
    )


def alerts_stage(settings: Settings, collectors: Sequence[Collector], metrics: Metrics) -> AlertsState:
    """The alerts stage's processor."""
    topics = settings.topics
    return AlertsState(
        AlertTopics(topics.snapshots, topics.alerts, topics.alert_progress),
        {collector.id: collector for collector in collectors},
        snapshot_decoding(),
        progress_reader(settings, "alerts", topics.alert_progress),
        metrics,
    )


def webhooks_stage(settings: Settings, collectors: Sequence[Collector], metrics: Metrics) -> WebhooksState:
    """The webhooks stage's processor."""
    topics, limits = settings.topics, settings.alerts
    return WebhooksState(
        WebhookSettings(
            topics.alerts,
            topics.dead_letters,
            limits.attempts,
            round(limits.stale_after_s * 1000),
            dead_letter_bytes(settings),
        ),
        {collector.id: collector for collector in collectors},
        WebhookOutlet(open_http()),
        lambda: time.time_ns() // 1_000_000,
        metrics,
    )


def setting_aside(settings: Settings, stage: str, inner: Processor, metrics: Metrics) -> Processor:
    """The stage's processor, so that a message that it cannot process costs itself: `webhooks` and those that read what
    senders wrote see to that themselves.
    """
    if stage not in _SETS_ASIDE:
        return inner
    return SetAsideState(stage, inner, settings.topics.dead_letters, dead_letter_bytes(settings), metrics)


def progress_reader(settings: Settings, stage: str, topic: str) -> ReadProgress:
    """What a stage's predecessors committed to a partition of a compacted topic."""
    config = client_config.consumer(
        settings.kafka, group_id=settings.group_id("progress-reader"), client_id=settings.client_id(stage)
    )
    return lambda partition: read_progress(config, topic, partition)


def dead_letter_bytes(settings: Settings) -> int:
    """The largest record that producer and topic take as a dead letter."""
    producer = client_config.producer(
        settings.kafka, client_id=settings.client_id("admin"), max_message_bytes=settings.limits.max_message_bytes
    )
    admin = client_config.admin(settings.kafka, client_id=settings.client_id("admin"))
    return largest_record(admin, settings.topics.dead_letters, int(producer["message.max.bytes"]))
