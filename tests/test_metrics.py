"""The list of metrics: names and labels are what dashboards and alerts are written against."""

import re
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from streams.metrics import Metrics, StageMetrics, create_metrics

CHECKOUT = Path(__file__).parents[1]
EXPOSED = {
    "streams_events_read_total{stage}",
    "streams_events_collected_total{collector}",
    "streams_events_dropped_total{collector,reason}",
    "streams_dead_letters_total{stage,reason}",
    "streams_segments_total{}",
    "streams_batches_total{collector}",
    "streams_snapshots_total{collector,verdict}",
    "streams_late_rows_total{collector}",
    "streams_transactions_total{stage,outcome}",
    "streams_transaction_seconds{stage}",
    "streams_bytes_in_flight{stage}",
    "streams_consumer_lag{stage,topic,partition}",
    "streams_partitions_assigned{stage}",
    "streams_partitions_paused{stage}",
    "streams_watermark_lag_seconds{partition}",
    "streams_open_rows{collector}",
    "streams_report_seconds{}",
    "streams_stage_up{stage}",
    "streams_outlet_snapshots_total{collector,outcome}",
    "streams_alerts_total{collector,rule}",
    "streams_webhooks_total{collector,outcome}",
    "streams_labels_total{outcome}",
    "streams_labels_waiting{}",
    "streams_store_unavailable_total{stage}",
}


@pytest.fixture
def metrics() -> Metrics:
    return create_metrics()


def sample(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_every_metric_has_its_name_and_labels(metrics: Metrics) -> None:
    listed = [getattr(metrics, name) for name in Metrics.__slots__ if name != "registry"]
    names = {
        f"{one._name}{'_total' if one._type == 'counter' else ''}{{{','.join(one._labelnames)}}}" for one in listed
    }

    assert names == EXPOSED


def test_dashboards_ask_only_for_metrics_that_there_are() -> None:
    known = {name.partition("{")[0] for name in EXPOSED}
    asked = {
        name
        for path in sorted((CHECKOUT / "scripts/compose").rglob("*"))
        if path.suffix in (".json", ".yml", ".yaml")
        for name in re.findall(r"\bstreams_[a-z_]+", path.read_text(encoding="utf-8"))
    }

    assert asked
    assert {re.sub(r"(?<=_seconds)_(bucket|sum|count)$", "", name) for name in asked} - known == set()


def test_two_workers_of_one_process_do_not_count_together(metrics: Metrics) -> None:
    metrics.batches.labels("hourly").inc()

    assert sample(metrics, "streams_batches_total", collector="hourly") == 1
    assert sample(create_metrics(), "streams_batches_total", collector="hourly") is None


def test_prometheus_own_registry_is_left_alone(metrics: Metrics) -> None:
    assert b"streams_" in metrics.exposition()
    assert not any(name.startswith("streams_") for name in REGISTRY._names_to_collectors)


def test_a_commit_is_counted_when_it_is_done_and_not_when_it_fails(metrics: Metrics) -> None:
    stage = StageMetrics(metrics, "collect", "predictions")
    with stage.transaction():
        assert sample(metrics, "streams_transactions_total", stage="collect", outcome="committed") is None
    with pytest.raises(RuntimeError), stage.transaction():
        raise RuntimeError
    stage.aborted()

    assert sample(metrics, "streams_transactions_total", stage="collect", outcome="committed") == 1
    assert sample(metrics, "streams_transactions_total", stage="collect", outcome="aborted") == 1
    assert sample(metrics, "streams_transaction_seconds_count", stage="collect") == 2
