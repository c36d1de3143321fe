"""KServe's logged requests and responses, V1 and V2 (Open Inference Protocol)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streams.core.events.kserve import REQUEST, RESPONSE
from streams.core.events.messages import Headers
from tests.core.events.chunks import decode, rows_of

V2_INPUTS = [
    {"name": "age", "shape": [1], "datatype": "INT64", "data": [41]},
    {"name": "text", "shape": [1, 2], "datatype": "BYTES", "data": ["a", "b"]},
    {"shape": [1], "datatype": "FP32", "data": [0.5]},
]


def headers(kind: str, **more: str) -> Headers:
    """Headers as KServe's agent sends them."""
    attributes = {
        "specversion": "1.0",
        "id": "r-1",
        "source": "http://localhost:9081/",
        "type": kind,
        "time": "2026-11-20T10:00:00Z",
        "inferenceservicename": "sklearn-iris",
        "namespace": "prod",
    } | more
    return [
        ("content-type", b"application/json"),
        *((f"ce_{name}", text.encode()) for name, text in attributes.items()),
    ]


def event_of(kind: str, data: Any, **more: str) -> dict[str, Any]:
    """The event that a message becomes; it is in a block as well."""
    decoded = decode([json.dumps(data).encode()], [headers(kind, **more)])
    assert decoded.rejects == ()
    (row,) = rows_of(decoded.block)
    event: dict[str, Any] = json.loads(decoded.block.payloads[0][0].as_py())
    assert (row["id"], row["model"], row["app_id"]) == (event["id"], "sklearn-iris", "prod")
    assert row["time"] == 1_795_168_800_000
    return event


def test_a_v1_request_is_what_went_in() -> None:
    event = event_of(REQUEST, {"instances": [[6.8, 2.8]]})
    assert event["id"] == "r-1:request"
    assert event["input"] == {"id": "r-1", "data": [[6.8, 2.8]]}
    assert event["features"] == {"0": 6.8, "1": 2.8}
    assert event["metadata"]["ce_type"] == REQUEST


def test_a_v1_request_of_named_features_keeps_the_names() -> None:
    assert event_of(REQUEST, {"instances": [{"age": 41}]})["features"] == {"age": 41}


def test_several_instances_are_no_row_of_features() -> None:
    event = event_of(REQUEST, {"instances": [[1], [2]]})
    assert (event["features"], event["input"]["data"]) == ({}, [[1], [2]])


def test_a_v1_response_is_what_came_out() -> None:
    event = event_of(RESPONSE, {"predictions": [2]})
    assert (event["id"], event["prediction"]) == ("r-1", 2)
    assert event_of(RESPONSE, {"predictions": [1, 2]})["prediction"] == [1, 2]


def test_a_v2_request_has_its_tensors_as_features() -> None:
    event = event_of(REQUEST, {"id": "x", "inputs": V2_INPUTS, "model_version": "3"})
    assert event["features"] == {"age": 41, "text": ["a", "b"], "2": 0.5}
    assert event["model"] == {"id": "sklearn-iris", "app_id": "prod", "version": "3"}
    assert event["data"] == {"id": "x"}


def test_a_v2_response_of_one_tensor_is_its_value_and_of_several_an_object() -> None:
    assert event_of(RESPONSE, {"outputs": [{"name": "p", "data": [0.9]}], "model_version": "3"})["prediction"] == 0.9
    two = event_of(RESPONSE, {"outputs": [{"name": "p", "data": [0.9]}, {"name": "q", "data": [1, 2]}]})
    assert two["prediction"] == {"p": 0.9, "q": [1, 2]}


def test_request_and_response_are_two_events_of_one_model() -> None:
    values = [{"instances": [[1]]}, {"predictions": [0]}]
    decoded = decode([json.dumps(one).encode() for one in values], [headers(REQUEST), headers(RESPONSE)])
    assert decoded.block.ids.to_pylist() == ["r-1:request", "r-1"]
    assert decoded.block.model_ids.to_pylist() == ["sklearn-iris"] * 2


def test_a_structured_request_is_the_same_event() -> None:
    pairs = [(name, text.decode()) for name, text in headers(REQUEST)[1:]]
    event = {name.removeprefix("ce_"): text for name, text in pairs} | {"data": {"instances": [[1]]}}
    structured: Headers = [("content-type", b"application/cloudevents+json")]
    decoded = decode([json.dumps(event).encode()], [structured])
    assert json.loads(decoded.block.payloads[0][0].as_py()) == event_of(REQUEST, {"instances": [[1]]})


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        (REQUEST, [1], ["data", "list", "JSON object"]),
        (REQUEST, {}, ["instances (V1)", "inputs (V2)"]),
        (REQUEST, {"instances": 7}, ["instances (V1)"]),
        (RESPONSE, {}, ["predictions (V1)", "outputs (V2)"]),
        (RESPONSE, {"error": "no such model"}, ["predictions (V1)"]),
        (RESPONSE, {"outputs": {"p": 1}}, ["outputs (V2)"]),
    ],
)
def test_what_is_neither_protocol_is_refused_with_a_remedy(kind: str, data: Any, words: list[str]) -> None:
    (refused,) = decode([json.dumps(data).encode()], [headers(kind)]).rejects
    assert [word for word in words if word not in refused.reason] == []


@pytest.mark.parametrize("tensor", [7, None, [], {"name": None}, {"data": {}}, {"name": "x", "data": []}])
def test_odd_tensors_do_no_harm(tensor: Any) -> None:
    assert event_of(REQUEST, {"inputs": [tensor]})["model"]["id"] == "sklearn-iris"
    assert event_of(RESPONSE, {"outputs": [tensor]})["model"]["id"] == "sklearn-iris"
