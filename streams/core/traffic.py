"""Sample traffic of a service that scores card payments, for demonstrations and tests.

Two models score payments that come from three callers, more by day than by night. From a given moment on the payments
themselves are others: larger, from farther away, with younger cards, more of them in electronics and gift cards; the
scores follow. Devices, currencies, counts, regions and latencies stay as they were. Everything follows from the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Times = NDArray[np.int64]

DRIFTING = ("amount", "distance_km", "card_age_days", "merchant_category", "is_foreign")
STEADY = ("currency", "device", "email_domain", "transactions_24h", "minutes_since_last")

BLOCK_EVENTS = 10_000

_MINUTE_MS = 60_000
_DAY_MINUTES = 1440
_BUSIEST_MINUTE = 16 * 60
_MERCHANTS = ("grocery", "fuel", "restaurants", "travel", "electronics", "gift cards")
_USUAL_MERCHANTS = (0.38, 0.18, 0.22, 0.08, 0.10, 0.04)
_DRIFTED_MERCHANTS = (0.18, 0.08, 0.14, 0.10, 0.28, 0.22)
_DEVICES = (("ios", "android", "browser", "terminal"), (0.30, 0.34, 0.24, 0.12))
_CURRENCIES = (("EUR", "USD", "GBP", "SEK"), (0.55, 0.25, 0.15, 0.05))
_DOMAINS = (("gmail.com", "outlook.com", "icloud.com", "proton.me", None), (0.42, 0.22, 0.16, 0.08, 0.12))
_CALLERS = (("checkout-web", "checkout-app", "call-centre"), (0.55, 0.36, 0.09))
_REGIONS = (("eu-central", "eu-west", "us-east"), (0.5, 0.3, 0.2))
_MODELS = (("card-fraud", "account-takeover"), (0.8, 0.2))
_VERSIONS = (("7", "8-canary"), (0.93, 0.07))
_CONCEPTS = ("fraud", "genuine")
_DELAYED_SHARE = 0.002
_USUAL_DELAY_MS = 1_500


@dataclass(frozen=True, slots=True)
class TrafficPlan:
    """What traffic to make: `events` with event times from `start_ms` to `end_ms`, which drift from `drift_from_ms`.

    Times are epoch milliseconds. Equal plans give equal events.
    """

    events: int
    start_ms: int
    end_ms: int
    drift_from_ms: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse a span without room."""
        if self.events < 0 or self.start_ms >= self.end_ms or self.seed < 0:
            raise ValueError("traffic needs 0 or more events, a start before its end and a seed of 0 or more")


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows to fill: their event times and whether the payment is one of the drifted."""

    times_ms: Times
    drifted: NDArray[np.bool_]
    random: np.random.Generator

    def choice(self, options: tuple[Sequence[str | None], Sequence[float]]) -> pa.Array:
        return pa.array(options[0], pa.string()).take(self.codes(options[1]))

    def codes(self, shares: Sequence[float]) -> pa.Array:
        bounds = np.cumsum(shares)
        return pa.array(np.searchsorted(bounds / bounds[-1], self.random.random(len(self.times_ms)), side="right"))

    def either(self, usual: Floats | float, drifted: Floats | float) -> Floats:
        return np.where(self.drifted, drifted, usual)


def traffic(plan: TrafficPlan) -> Iterator[pa.Table]:
    """Events in the order in which they arrive, in tables of BLOCK_EVENTS with the fields of an event as columns.

    Most arrive within seconds of their event time, two in a thousand minutes later.
    """
    random = np.random.default_rng([plan.seed, 0])
    times_ms = _event_times(plan, random)
    delays_ms = _delays(len(times_ms), random)
    arriving = times_ms[np.argsort(times_ms + delays_ms, kind="stable")]
    drift_from_ms = plan.end_ms if plan.drift_from_ms is None else plan.drift_from_ms
    for number, first in enumerate(range(0, len(arriving), BLOCK_EVENTS)):
        part = arriving[first : first + BLOCK_EVENTS]
        block = _Block(part, part >= drift_from_ms, np.random.default_rng([plan.seed, 1 + number]))
        yield _table(block, _ids(plan.seed, first, len(part)))


def flat_table(table: pa.Table) -> pa.Table:
    """Events as reports see them, for use as a reference: features, prediction, metadata, the likeliest concept."""
    features, metadata = table.column("features"), table.column("metadata")
    columns = {field.name: _field(features, field.name) for field in features.type}
    columns["prediction"] = table.column("prediction")
    columns |= {f"metadata.{field.name}": _field(metadata, field.name) for field in metadata.type}
    values = table.column("concepts").combine_chunks().flatten().field("value").to_numpy().reshape(-1, len(_CONCEPTS))
    columns["top_concept"] = pa.array(_CONCEPTS).take(pa.array(values.argmax(axis=1)))
    columns["confidence"] = pa.array(values.max(axis=1))
    return pa.table(columns)


def _field(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    return pa.chunked_array([chunk.field(name) for chunk in column.chunks], column.type.field(name).type)


def _event_times(plan: TrafficPlan, random: np.random.Generator) -> Times:
    """Sorted times; their density follows the hour of the day (UTC), at its peak five times its least."""
    grid = np.arange(plan.start_ms, plan.end_ms + _MINUTE_MS, _MINUTE_MS).clip(max=plan.end_ms)
    angle = 2 * np.pi * (grid / _MINUTE_MS - _BUSIEST_MINUTE) / _DAY_MINUTES
    rate = 1 + np.cos(angle) * (2 / 3)
    passed = np.concatenate([[0.0], np.cumsum((rate[1:] + rate[:-1]) / 2 * np.diff(grid))])
    drawn = np.interp(np.sort(random.random(plan.events)) * passed[-1], passed, grid)
    return np.asarray(drawn.clip(plan.start_ms, plan.end_ms - 1), np.int64)


def _delays(count: int, random: np.random.Generator) -> Times:
    usual = random.exponential(_USUAL_DELAY_MS, count)
    delayed = random.uniform(2 * _MINUTE_MS, 10 * _MINUTE_MS, count)
    return np.where(random.random(count) < _DELAYED_SHARE, delayed, usual).astype(np.int64)


def _ids(seed: int, first: int, count: int) -> pa.Array:
    """Distinct and without visible order: a bijection of seed and number (splitmix64, Steele, Lea and Flood 2014)."""
    mixed = np.arange(first + 1, first + count + 1, dtype=np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15) % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return pa.array([f"pay-{each:016x}" for each in (mixed ^ (mixed >> np.uint64(31))).tolist()])


def _table(block: _Block, ids: pa.Array) -> pa.Table:
    features = _features(block)
    score = _score(features, block)
    prediction = pa.array(np.where(score > 0.5, "block", "accept"))  # noqa: PLR2004 - the service's own threshold
    return pa.table(
        {
            "id": ids,
            "time": pa.array(np.datetime_as_string(block.times_ms.astype("datetime64[ms]"), timezone="UTC")),
            "model": _struct(
                user_id=_repeat("payments", len(ids)),
                app_id=_repeat("risk", len(ids)),
                id=block.choice(_MODELS),
                version=block.choice(_VERSIONS),
            ),
            "caller": block.choice(_CALLERS),
            "input": _struct(id=_input_ids(ids), data=_texts(features, block)),
            "features": _struct(**features),
            "prediction": prediction,
            "concepts": _concepts(score),
            "metadata": _metadata(block),
        }
    )


def _features(block: _Block) -> dict[str, pa.Array]:
    random, count = block.random, len(block.times_ms)
    merchant = np.where(block.drifted, block.codes(_DRIFTED_MERCHANTS), block.codes(_USUAL_MERCHANTS))
    return {
        "amount": pa.array(np.exp(random.normal(block.either(3.4, 4.3), block.either(0.9, 1.1))).round(2)),
        "currency": block.choice(_CURRENCIES),
        "merchant_category": pa.array(_MERCHANTS).take(pa.array(merchant)),
        "card_age_days": pa.array((random.gamma(2.0, 400.0, count) * block.either(1.0, 0.45)).astype(np.int64)),
        "distance_km": pa.array(np.exp(random.normal(block.either(1.6, 2.6), 1.1)).round(1)),
        "transactions_24h": pa.array(random.poisson(3.2, count)),
        "minutes_since_last": pa.array(random.exponential(310.0, count).round(1)),
        "is_foreign": pa.array(random.random(count) < block.either(0.06, 0.31)),
        "device": block.choice(_DEVICES),
        "email_domain": block.choice(_DOMAINS),
    }


def _score(features: dict[str, pa.Array], block: _Block) -> Floats:
    """A fixed logistic model with noise: it drifts because its inputs do."""
    amount, distance = features["amount"].to_numpy(), features["distance_km"].to_numpy()
    foreign = features["is_foreign"].to_numpy(zero_copy_only=False)
    young = features["card_age_days"].to_numpy() < 180  # noqa: PLR2004 - a coefficient of the model
    noise = block.random.normal(0, 0.8, len(amount))
    logit = 0.9 * np.log1p(amount) + 0.6 * np.log1p(distance) + 1.4 * foreign + 0.8 * young - 7.2 + noise
    return np.asarray((1 / (1 + np.exp(-logit))).round(4), np.float64)


def _concepts(score: Floats) -> pa.Array:
    count = len(score)
    names = pa.array(_CONCEPTS * count)
    values = pa.array(np.stack([score, (1 - score).round(4)], axis=1).ravel())
    return pa.ListArray.from_arrays(np.arange(0, 2 * count + 1, 2, dtype=np.int32), _struct(id=names, value=values))


def _metadata(block: _Block) -> pa.Array:
    latency = np.exp(block.random.normal(3.2, 0.45, len(block.times_ms))).round(1)
    return _struct(
        region=block.choice(_REGIONS), latency_ms=pa.array(latency), experiment=block.choice((("a", "b"), (1, 1)))
    )


def _texts(features: dict[str, pa.Array], block: _Block) -> pa.Array:
    """What a customer sees on the statement."""
    shops = block.random.integers(1, 900, len(block.times_ms)).tolist()
    categories, currencies = features["merchant_category"].to_pylist(), features["currency"].to_pylist()
    parts: Any = zip(categories, shops, currencies, strict=True)
    return pa.array(
        [f"Purchase at {category.title()} {shop:03d}, paid in {currency}" for category, shop, currency in parts]
    )


def _input_ids(ids: pa.Array) -> pa.Array:
    return pa.array([f"in-{each[4:]}" for each in ids.to_pylist()])


def _repeat(text: str, count: int) -> pa.Array:
    return pa.array([text] * count, pa.string())


def _struct(**fields: pa.Array) -> pa.StructArray:
    return pa.StructArray.from_arrays(list(fields.values()), names=list(fields))
