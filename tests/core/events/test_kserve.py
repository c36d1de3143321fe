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


def events_of(kind: str, data: Any, tail: bytes = b"", content_type: str = "application/json") -> list[dict[str, Any]]:
    """The events that a message becomes, `tail` behind its JSON."""
    pairs = [("content-type", content_type.encode()), *headers(kind)[1:]]
    decoded = decode([json.dumps(data).encode() + tail], [pairs])
    assert decoded.rejects == ()
    events = [json.loads(payload) for payload in decoded.block.payloads[0].to_pylist()]
    assert decoded.block.ids.to_pylist() == [event["id"] for event in events]
    return events


def test_every_instance_is_a_row_of_its_own() -> None:
    events = events_of(REQUEST, {"instances": [[1, 2], [3, 4]], "signature_name": "s"})
    assert [event["id"] for event in events] == ["r-1:request#0", "r-1:request#1"]
    assert [event["input"] for event in events] == [
        {"id": "r-1#0", "data": [[1, 2]]},
        {"id": "r-1#1", "data": [[3, 4]]},
    ]
    assert [event["features"] for event in events] == [{"0": 1, "1": 2}, {"0": 3, "1": 4}]
    assert [event["data"] for event in events] == [{"signature_name": "s"}] * 2


def test_every_prediction_belongs_to_the_instance_of_its_number() -> None:
    asked = events_of(REQUEST, {"instances": [{"age": 41}, {"age": 42}]})
    told = events_of(RESPONSE, {"predictions": ["yes", "no"]})
    assert [event["features"] for event in asked] == [{"age": 41}, {"age": 42}]
    assert [(event["id"], event["prediction"]) for event in told] == [("r-1#0", "yes"), ("r-1#1", "no")]
    assert [event["input"]["id"] for event in asked] == [event["id"] for event in told]


REQUESTS_OF_TWO: dict[str, dict[str, Any]] = {
    "v1 dicts": {"instances": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]},
    "v1 columns": {"inputs": {"a": [1, 2], "b": ["x", "y"]}},
    "v1 columns of lists": {"inputs": {"a": [[1], [2]], "b": [["x"], ["y"]]}},
    "v2": {
        "inputs": [
            {"name": "a", "shape": [2], "datatype": "INT64", "data": [1, 2]},
            {"name": "b", "shape": [2], "datatype": "BYTES", "data": ["x", "y"]},
        ]
    },
    "v2 with a second dimension": {
        "inputs": [
            {"name": "a", "shape": [2, 1], "datatype": "INT64", "data": [1, 2]},
            {"name": "b", "shape": [2, 1], "datatype": "BYTES", "data": [["x"], ["y"]]},
        ]
    },
    "v2 without shapes": {"inputs": [{"name": "a", "data": [1, 2]}, {"name": "b", "data": ["x", "y"]}]},
    "v2 of gRPC": {
        "inputs": [
            {"name": "a", "shape": ["2"], "datatype": "INT64", "data": ["1", "2"]},
            {"name": "b", "shape": ["2"], "datatype": "BYTES", "contents": {"bytesContents": ["eA==", "eQ=="]}},
        ]
    },
    "v2 with base64": {
        "inputs": [
            {"name": "a", "shape": [2], "datatype": "INT64", "data": [1, 2]},
            {
                "name": "b",
                "shape": [2],
                "datatype": "BYTES",
                "parameters": {"content_type": "base64"},
                "data": ["eA==", "eQ=="],
            },
        ]
    },
}


@pytest.mark.parametrize("form", REQUESTS_OF_TWO)
def test_named_inputs_are_columns_of_each_instance(form: str) -> None:
    events = events_of(REQUEST, REQUESTS_OF_TWO[form])
    assert [event["features"] for event in events] == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    assert [event["input"]["id"] for event in events] == ["r-1#0", "r-1#1"]


def test_rows_of_one_tensor_are_numbered_columns() -> None:
    tensor = {"name": "x", "shape": [2, 3], "datatype": "FP32", "data": [1, 2, 3, 4, 5, 6]}
    nested = tensor | {"data": [[1, 2, 3], [4, 5, 6]]}
    expected = [{"x.0": 1, "x.1": 2, "x.2": 3}, {"x.0": 4, "x.1": 5, "x.2": 6}]
    assert [[event["features"] for event in events_of(REQUEST, {"inputs": [one]})] for one in (tensor, nested)] == [
        expected,
        expected,
    ]


def test_an_image_stays_one_value() -> None:
    (event,) = events_of(REQUEST, {"inputs": [{"name": "x", "shape": [1, 1001], "data": [0] * 1001}]})
    assert event["features"] == {"x": [0] * 1001}


def test_tensors_without_a_common_first_dimension_are_one_instance() -> None:
    inputs = [{"name": "a", "shape": [2], "data": [1, 2]}, {"name": "b", "shape": [1], "data": [3]}]
    (event,) = events_of(REQUEST, {"inputs": inputs})
    assert event["features"] == {"a.0": 1, "a.1": 2, "b": 3}


def test_a_v1_response_is_what_came_out() -> None:
    event = event_of(RESPONSE, {"predictions": [2]})
    assert (event["id"], event["prediction"]) == ("r-1", 2)
    assert event_of(RESPONSE, {"predictions": [[0.5]]})["prediction"] == 0.5


OUTPUTS_OF_TWO: dict[str, dict[str, Any]] = {
    "v1": {"predictions": [{"label": "cat", "proba": 0.9}, {"label": "dog", "proba": 0.8}]},
    "v1 columns": {"outputs": {"label": ["cat", "dog"], "proba": [0.9, 0.8]}},
    "v1 columns of predictions": {"predictions": {"Label": ["cat", "dog"], "probability": [0.9, 0.8]}},
    "v2": {
        "outputs": [
            {"name": "proba", "shape": [2, 1], "datatype": "FP64", "data": [0.9, 0.8]},
            {"name": "label", "shape": [2], "datatype": "BYTES", "data": ["cat", "dog"]},
        ]
    },
}


@pytest.mark.parametrize("form", OUTPUTS_OF_TWO)
def test_named_outputs_are_prediction_and_probability(form: str) -> None:
    events = events_of(RESPONSE, OUTPUTS_OF_TWO[form])
    assert [(event["id"], event["prediction"], event["probability"]) for event in events] == [
        ("r-1#0", "cat", 0.9),
        ("r-1#1", "dog", 0.8),
    ]


def test_probabilities_of_labels_are_columns_by_number_or_by_label() -> None:
    by_number = {"label": 1, "probabilities": [0.1, 0.9]}
    by_label = {"output_label": "a", "output_probability": {"a": 0.9, "b": 0.1}}
    first, second = events_of(RESPONSE, {"predictions": [by_number, by_label]})
    assert (first["prediction"], first["probability.0"], first["probability.1"]) == (1, 0.1, 0.9)
    assert (second["prediction"], second["probability.a"], second["probability.b"]) == ("a", 0.9, 0.1)


def test_other_outputs_keep_their_names_and_hide_no_field() -> None:
    (event,) = events_of(RESPONSE, {"predictions": [{"label": 1, "latency": 3, "id": "x", "model.id": "y"}]})
    assert (event["prediction"], event["latency"], event["output.id"], event["output.model.id"]) == (1, 3, "x", "y")
    assert (event["id"], event["model"]["id"]) == ("r-1", "sklearn-iris")


def test_a_list_of_numbers_is_a_prediction_and_its_columns() -> None:
    (event,) = events_of(RESPONSE, {"predictions": [[0.1, 0.9]]})
    assert (event["prediction"], event["prediction.0"], event["prediction.1"]) == ([0.1, 0.9], 0.1, 0.9)


def test_a_v2_request_has_its_tensors_as_features() -> None:
    event = event_of(REQUEST, {"id": "x", "inputs": V2_INPUTS, "model_version": "3"})
    assert event["features"] == {"age": 41, "text.0": "a", "text.1": "b", "2": 0.5}
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
        (RESPONSE, {"outputs": 7}, ["outputs (V2)"]),
        (RESPONSE, {"predictions": []}, ["no instances in predictions"]),
    ],
)
def test_what_is_neither_protocol_is_refused_with_a_remedy(kind: str, data: Any, words: list[str]) -> None:
    (refused,) = decode([json.dumps(data).encode()], [headers(kind)]).rejects
    assert [word for word in words if word not in refused.reason] == []


@pytest.mark.parametrize("field", ["inputs", "instances"])
@pytest.mark.parametrize("value", [7, None, [], "x", True])
def test_odd_instances_do_no_harm(field: str, value: Any) -> None:
    assert event_of(REQUEST, {field: [value]})["input"]["data"] == [value]
