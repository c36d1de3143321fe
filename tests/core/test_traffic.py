from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from scipy.spatial.distance import jensenshannon

from streams.core.traffic import DRIFTING, STEADY, TrafficPlan, flat_table, traffic

HOUR_MS = 3_600_000
START_MS = 1_795_219_200_000  # 2026-11-21T00:00Z
PLAN = TrafficPlan(30_000, START_MS, START_MS + 24 * HOUR_MS, START_MS + 12 * HOUR_MS, seed=7)


@pytest.fixture(scope="module")
def events() -> pa.Table:
    return pa.concat_tables(traffic(PLAN))


def times_ms(events: pa.Table) -> np.ndarray:
    texts = [text.removesuffix("Z") for text in events["time"].to_pylist()]
    return np.array(texts, "datetime64[ms]").astype(np.int64)


def halves(events: pa.Table) -> tuple[pa.Table, pa.Table]:
    before = pa.array(times_ms(events) < PLAN.drift_from_ms)
    return flat_table(events.filter(before)), flat_table(events.filter(pc.invert(before)))


def distance(one: pa.ChunkedArray, other: pa.ChunkedArray) -> float:
    """Standardised difference of means, or Jensen-Shannon distance of categories."""
    if pa.types.is_integer(one.type) or pa.types.is_floating(one.type):
        first, second = np.log1p(one.to_numpy()), np.log1p(other.to_numpy())
        return float(abs(first.mean() - second.mean()) / first.std())
    names = sorted({*one.to_pylist(), *other.to_pylist()}, key=str)
    first, second = (np.array([column.to_pylist().count(name) for name in names], float) for column in (one, other))
    return float(jensenshannon(first, second))


def test_there_are_as_many_events_as_asked_for_each_with_an_id_of_its_own(events: pa.Table) -> None:
    assert events.num_rows == PLAN.events
    assert pc.count_distinct(events["id"]).as_py() == PLAN.events


def test_event_times_lie_within_the_span(events: pa.Table) -> None:
    assert times_ms(events).min() >= START_MS
    assert times_ms(events).max() < PLAN.end_ms


def test_equal_plans_give_equal_events(events: pa.Table) -> None:
    assert pa.concat_tables(traffic(PLAN)).equals(events)


def test_another_seed_gives_other_events(events: pa.Table) -> None:
    others = pa.concat_tables(traffic(replace(PLAN, seed=8)))

    assert not set(others["id"].to_pylist()) & set(events["id"].to_pylist())


@pytest.mark.parametrize("column", DRIFTING)
def test_what_drifts_is_another_distribution_afterwards(events: pa.Table, column: str) -> None:
    before, after = halves(events)

    assert distance(before[column], after[column]) > 0.2


@pytest.mark.parametrize("column", [*STEADY, "metadata.latency_ms", "metadata.region", "metadata.experiment"])
def test_what_does_not_drift_stays_as_it_was(events: pa.Table, column: str) -> None:
    before, after = halves(events)

    assert distance(before[column], after[column]) < 0.05


def test_scores_follow_the_features(events: pa.Table) -> None:
    before, after = halves(events)

    assert after["prediction"].to_pylist().count("block") > 2 * before["prediction"].to_pylist().count("block")


def test_a_reference_knows_the_likeliest_concept_as_reports_do(events: pa.Table) -> None:
    flat = flat_table(events)

    for row, event in zip(flat.slice(0, 500).to_pylist(), events.slice(0, 500).to_pylist(), strict=True):
        strongest = max(event["concepts"], key=lambda concept: concept["value"])
        assert (row["top_concept"], row["confidence"]) == (strongest["id"], strongest["value"])


def test_without_a_moment_of_drift_nothing_drifts() -> None:
    plan = replace(PLAN, drift_from_ms=None)
    before, after = halves(pa.concat_tables(traffic(plan)))

    assert all(distance(before[column], after[column]) < 0.05 for column in DRIFTING)


def test_afternoons_are_busier_than_nights(events: pa.Table) -> None:
    hours = (times_ms(events) - START_MS) // HOUR_MS
    by_hour = np.bincount(hours, minlength=24)

    assert by_hour[14:18].sum() > 3 * by_hour[2:6].sum()


def test_most_events_arrive_in_order_and_a_few_minutes_late(events: pa.Table) -> None:
    times = times_ms(events)
    behind = np.maximum.accumulate(times) - times

    assert 0 < (behind > 60_000).mean() < 0.01
    assert (behind < 20_000).mean() > 0.98


def test_events_have_every_kind_of_column(events: pa.Table) -> None:
    kinds = {field.type for field in events.schema.field("features").type}

    assert kinds == {pa.float64(), pa.int64(), pa.string(), pa.bool_()}
    assert flat_table(events)["email_domain"].null_count > 0


def test_concepts_of_an_event_are_probabilities_that_add_up(events: pa.Table) -> None:
    values = events["concepts"].combine_chunks().flatten().field("value").to_numpy()

    assert np.allclose(values.reshape(-1, 2).sum(axis=1), 1)


def test_no_events_are_traffic_too() -> None:
    assert list(traffic(replace(PLAN, events=0))) == []


def test_a_span_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="start before its end"):
        TrafficPlan(1, START_MS, START_MS)
