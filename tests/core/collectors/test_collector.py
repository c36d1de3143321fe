import json
import os
import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from streams.core.collectors.canonical import canonical, canonical_json
from streams.core.collectors.collection import Collectors
from streams.core.collectors.collector import SHAPE_A_BATCH, Collector
from streams.core.operators.table import parse_window_operator

FULL: dict[str, Any] = {
    "id": "unsure",
    "source": {"model_id": "animals", "version": "3"},
    "caller": "web",
    "operators": [
        {"type": "random_sample", "keep_fraction": 0.25},
        {"type": "metadata_filter", "where": {"not": {"field": "plan", "in": ["free", 1, True]}}},
        {"type": "concept_threshold", "concepts": [{"id": "cat", "threshold": 1}]},
        {"type": "deduplicate"},
        {"type": "reservoir_sample", "rows": 100},
    ],
    "trigger": {"type": "rows_or_interval", "rows": 500, "interval": "1h"},
}
UI = {"type": "evidently_ui", "api_url": "http://ui:8000", "project_id": "p", "api_secret": "hunter2"}


def collector(**parts: object) -> Collector:
    return Collector.model_validate({**FULL, **parts})


def test_the_canonical_form_is_plain_json_in_names_of_the_file() -> None:
    one = collector()
    form = {name: canonical(getattr(one, name)) for name in SHAPE_A_BATCH}
    assert json.loads(json.dumps(form)) == form
    assert form["trigger"] == {"type": "rows_or_interval", "rows": 500, "interval": 3_600_000}
    assert form["operators"][1]["where"] == {"not": {"field": "plan", "in": ["free", 1.0, True]}}


def test_the_hash_of_a_configuration_is_the_same_for_ever() -> None:
    """Windows that are open when a new version starts belong to this hash: a change here closes them early."""
    assert collector().config_hash == "310ff91d2e7ea4be"


def test_the_hash_is_the_same_in_another_process() -> None:
    program = (
        f"from streams.core.collectors.collector import Collector as C; print(C.model_validate({FULL!r}).config_hash)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    found = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == collector().config_hash


@pytest.mark.parametrize(
    "parts",
    [
        {"id": "other"},
        {"source": {}},
        {"caller": None},
        {"source": {}, "caller": None, "direct_only": True},
        {"operators": FULL["operators"][:-1]},
        {"trigger": {"type": "rows", "rows": 500}},
        {"trigger": {"type": "rows_or_interval", "rows": 501, "interval": "1h"}},
        {"time": "ingest"},
        {"allowed_lateness": "2m"},
        {"trigger": {"type": "rows", "rows": 500}, "order": "arrival"},
    ],
    ids=str,
)
def test_what_shapes_a_batch_changes_the_hash(parts: dict[str, object]) -> None:
    assert collector(**parts).config_hash != collector().config_hash


@pytest.mark.parametrize(
    "parts",
    [
        {"description": "words"},
        {"enabled": False},
        {"report": {"metrics": ["row_count"]}},
        {"reference": "reference.parquet"},
        {"outlets": [UI]},
        {"caller": "web", "allowed_lateness": 60},
    ],
    ids=lambda parts: next(iter(parts)),
)
def test_what_comes_after_the_batch_leaves_the_hash_alone(parts: dict[str, object]) -> None:
    assert collector(**parts).config_hash == collector().config_hash


def test_a_secret_is_in_no_text_of_the_collector() -> None:
    one = collector(outlets=[UI])
    texts = (repr(one), str(one), one.model_dump_json(), repr(one.model_dump()), repr(one.plan()))
    assert not any("hunter2" in text for text in texts)
    assert one.outlets[0].api_secret is not None
    assert one.outlets[0].api_secret.get_secret_value() == "hunter2"


def test_a_secret_has_no_canonical_form() -> None:
    with pytest.raises(TypeError, match="SecretStr"):
        canonical(collector(outlets=[UI]).outlets)


def test_a_plan_carries_what_the_window_stage_needs() -> None:
    one = collector(time="ingest", allowed_lateness="5s")
    plan = one.plan()
    assert (plan.collector_id, plan.config_hash, plan.trigger) == ("unsure", one.config_hash, one.trigger.planned())
    assert (plan.allowed_lateness_ms, plan.time, plan.order) == (5000, "ingest", "event_time")
    assert [operator.reason for operator in plan.operators] == ["deduplicate", "reservoir_sample"]
    assert [parse_window_operator(operator.declaration) for operator in plan.operators] == list(one.window_operators)


def test_window_operators_of_a_plan_have_salts_and_reasons_of_their_own() -> None:
    twice = collector(operators=[{"type": "reservoir_sample", "rows": 100}, {"type": "reservoir_sample", "rows": 10}])
    assert [operator.reason for operator in twice.plan().operators] == ["reservoir_sample#1", "reservoir_sample#2"]
    salts = [operator.salt for operator in (*twice.plan().operators, *collector(id="other").plan().operators)]
    assert len(set(salts)) == len(salts)
    assert all(0 <= salt < 2**63 for salt in salts)


def test_an_event_operator_after_a_window_operator_is_refused_with_both_names() -> None:
    operators = [{"type": "deduplicate"}, {"type": "random_sample", "keep_fraction": 0.5}]
    with pytest.raises(ValidationError, match=r"random_sample after deduplicate.*move random_sample in front of it"):
        collector(operators=operators)


def test_arrival_order_goes_with_windows_of_rows_alone() -> None:
    assert collector(order="arrival", trigger={"type": "rows", "rows": 5}).order == "arrival"
    with pytest.raises(ValidationError, match="order arrival"):
        collector(order="arrival")


def test_a_collector_for_direct_address_alone_has_no_source() -> None:
    with pytest.raises(ValidationError, match="direct_only"):
        collector(direct_only=True)


@pytest.mark.parametrize("name", ["a", "unsure-cats", "a b", "ÄÖ_1", "x" * 128, "v1.2"])
def test_names_of_collectors(name: str) -> None:
    assert collector(id=name).id == name


@pytest.mark.parametrize("name", ["", "a/b", "../x", ".", " a", "a ", "a\n", "x" * 129, "a:b", 7])
def test_names_that_could_not_be_part_of_an_objects_key_are_refused(name: object) -> None:
    with pytest.raises(ValidationError):
        collector(id=name)


def test_two_collectors_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="two collectors have the id 'unsure'"):
        Collectors((collector(), collector(enabled=False)))


def test_only_enabled_collectors_are_among_the_enabled() -> None:
    both = Collectors((collector(), collector(id="off", enabled=False)))
    assert ([one.id for one in both], [one.id for one in both.enabled]) == (["unsure", "off"], ["unsure"])
    assert len(both) == 2


def test_equal_declarations_have_one_canonical_text() -> None:
    assert canonical_json(collector().operators[0]) == '{"keep_fraction":0.25,"type":"random_sample"}'
