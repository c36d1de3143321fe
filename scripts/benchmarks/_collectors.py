"""Ten collectors that together keep about 0.7 copies of an event, and the same filters in plain Python."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from streams.core.collectors.collector import Collector

Event = dict[str, object]

DECLARED = [
    {"id": "sampled", "operators": [{"type": "random_sample", "keep_fraction": 0.1}]},
    {"id": "uncertain", "operators": [{"type": "maximum_probability_below", "threshold": 0.55}]},
    {"id": "confident", "source": {"model_id": "model-0"}, "operators": [
        {"type": "minimum_probability_above", "threshold": 0.3},
    ]},
    {"id": "one-model", "source": {"model_id": "model-1"}, "operators": [
        {"type": "random_sample", "keep_fraction": 0.2},
    ]},
    {"id": "one-caller", "caller": "caller-3"},
    {"id": "europe", "operators": [
        {"type": "metadata_filter", "where": {"field": "region", "equals": "eu"}},
        {"type": "random_sample", "keep_fraction": 0.1},
    ]},
    {"id": "cats", "source": {"model_id": "model-2"}, "operators": [
        {"type": "concept_threshold", "concepts": [{"id": "cat", "comparison": ">", "threshold": 0.7}]},
    ]},
    {"id": "entropy", "source": {"model_id": "model-3"}, "operators": [
        {"type": "uncertainty", "strategy": "entropy", "threshold": 0.6},
    ]},
    {"id": "tier", "operators": [
        {"type": "metadata_filter", "where": {"field": "tier", "equals": "2"}},
        {"type": "random_sample", "keep_fraction": 0.2},
    ]},
    {"id": "margin", "source": {"model_id": "model-4"}, "operators": [
        {"type": "uncertainty", "strategy": "margin", "threshold": 0.9},
    ]},
]  # fmt: skip


def collectors() -> list[Collector]:
    """Return the ten, in windows of an hour."""
    hourly = {"trigger": {"type": "interval", "interval": "1h"}}
    return [Collector.model_validate({**declared, **hourly}) for declared in DECLARED]


def plain_filters(seed: int = 1) -> list[Callable[[Event], bool]]:
    """Return the same filters one event at a time, as somebody writes them who has no columns."""
    source = random.Random(seed)

    def values(event: Event) -> list[float]:
        return [concept["value"] for concept in event["concepts"]]  # type: ignore[attr-defined,index]

    def model(event: Event) -> str:
        return event["model"]["id"]  # type: ignore[index]

    def entropy(event: Event) -> float:
        total = sum(values(event))
        return -sum(value / total * math.log2(value / total) for value in values(event) if value > 0)

    def margin(event: Event) -> float:
        first, second = sorted(values(event), reverse=True)[:2]
        return 1 - (first - second)

    return [
        lambda event: source.random() < 0.1,
        lambda event: max(values(event)) < 0.55,
        lambda event: model(event) == "model-0" and min(values(event)) > 0.3,
        lambda event: model(event) == "model-1" and source.random() < 0.2,
        lambda event: event["caller"] == "caller-3",
        lambda event: event["metadata"]["region"] == "eu" and source.random() < 0.1,  # type: ignore[index]
        lambda event: model(event) == "model-2" and values(event)[0] > 0.7,
        lambda event: model(event) == "model-3" and entropy(event) > 0.6,
        lambda event: event["metadata"]["tier"] == "2" and source.random() < 0.2,  # type: ignore[index]
        lambda event: model(event) == "model-4" and margin(event) > 0.9,
    ]
