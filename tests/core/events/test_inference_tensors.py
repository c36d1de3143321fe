"""Tensors of the Open Inference Protocol whose elements are not in JSON, or are not there."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

import numpy as np
import pytest

from streams.core.events.kserve import RESPONSE
from streams.core.events.messages import Headers
from tests.core.events.chunks import decode
from tests.core.events.test_kserve import events_of, headers


def binary(name: str, kind: str, shape: list[int], content: bytes) -> tuple[dict[str, Any], bytes]:
    """A tensor whose elements stand behind the JSON."""
    parameters = {"binary_data_size": len(content)}
    return {"name": name, "datatype": kind, "shape": shape, "parameters": parameters}, content


BINARY = {
    "BOOL": (b"\1\0", [True, False]),
    "INT8": (struct.pack("<2b", -1, 2), [-1, 2]),
    "UINT64": (struct.pack("<2Q", 1, 2**63), [1, 2**63]),
    "FP16": (np.array([0.5, -2], "<f2").tobytes(), [0.5, -2.0]),
    "FP32": (struct.pack("<2f", 0.5, 0.25), [0.5, 0.25]),
    "FP64": (struct.pack("<2d", 0.1, 1e300), [0.1, 1e300]),
    "BF16": (b"\x80\x3f\x00\xc0", [1.0, -2.0]),
    "BYTES": (b"\3\0\0\0cat\4\0\0\0\xff\xfe\0\1", ["cat", "//4AAQ=="]),
}


@pytest.mark.parametrize("kind", BINARY)
def test_binary_tensors_are_decoded(kind: str) -> None:
    content, values = BINARY[kind]
    tensor, tail = binary("p", kind, [2], content)
    raw = {"outputs": [{"name": "p", "datatype": kind, "shape": [2]}]}
    raw["raw_output_contents"] = [base64.b64encode(content).decode()]  # type: ignore[assignment]
    for events in (
        events_of(RESPONSE, {"outputs": [tensor]}, tail),
        events_of(RESPONSE, {"outputs": [tensor]}, tail, "application/octet-stream"),
        events_of(RESPONSE, raw),
    ):
        assert [event["prediction"] for event in events] == values


def test_binary_tensors_stand_behind_each_other_and_beside_json() -> None:
    label, first = binary("label", "BYTES", [2], b"\1\0\0\0a\1\0\0\0b")
    probability, second = binary("proba", "FP32", [2, 2], struct.pack("<4f", 0.5, 0.5, 0.25, 0.75))
    other = {"name": "n", "shape": [2], "datatype": "INT32", "data": [7, 8]}
    events = events_of(RESPONSE, {"outputs": [label, other, probability]}, first + second)
    assert [(event["prediction"], event["n"], event["probability.1"]) for event in events] == [
        ("a", 7, 0.5),
        ("b", 8, 0.75),
    ]


def test_binary_tensors_of_a_structured_cloudevent_are_decoded() -> None:
    tensor, tail = binary("p", "FP64", [1], struct.pack("<d", 0.5))
    data = base64.b64encode(json.dumps({"outputs": [tensor]}).encode() + tail).decode()
    event = {name.removeprefix("ce_"): text.decode() for name, text in headers(RESPONSE)[1:]} | {"data_base64": data}
    structured: Headers = [("content-type", b"application/cloudevents+json")]
    (payload,) = decode([json.dumps(event).encode()], [structured]).block.payloads[0].to_pylist()
    assert json.loads(payload)["prediction"] == 0.5


FP32 = {"name": "p", "datatype": "FP32", "shape": [1]}
SIZED = FP32 | {"parameters": {"binary_data_size": 4}}


@pytest.mark.parametrize(
    ("tensor", "tail", "words"),
    [
        (FP32, b"", ["outputs[0] 'p'", "no elements"]),
        (SIZED, b"", ["binary_data_size is 4", "0 bytes are there"]),
        (SIZED, b"\0\0\0", ["binary_data_size is 4", "3 bytes"]),
        (SIZED, b"\0\0\0\0\0", ["1 bytes are left behind"]),
        (SIZED | {"shape": [2]}, b"\0\0\0\0", ["shape is [2]", "1 elements"]),
        (SIZED | {"datatype": "FP64"}, b"\0\0\0\0", ["4 bytes are no elements of FP64"]),
        (SIZED | {"datatype": "FP8"}, b"\0\0\0\0", ["datatype is 'FP8'"]),
        (SIZED | {"datatype": "BYTES"}, b"\5\0\0\0", ["cut off"]),
        (FP32 | {"parameters": {"binary_data_size": -1}}, b"", ["binary_data_size is -1"]),
        (FP32 | {"parameters": {"binary_data_size": True}}, b"", ["binary_data_size is True"]),
        (FP32 | {"parameters": {"shared_memory_region": "r"}}, b"", ["no elements"]),
        (FP32 | {"data": {}}, b"", ["data holds {}"]),
        (FP32 | {"data": [1, 2]}, b"", ["shape is [1]", "2 elements"]),
        (FP32 | {"shape": [-1], "data": [1]}, b"", ["shape is [-1]"]),
        (FP32 | {"shape": 1, "data": [1]}, b"", ["shape is 1"]),
        (FP32 | {"shape": [0], "data": []}, b"", ["no instances"]),
    ],
)
def test_a_response_without_its_numbers_is_refused_and_never_a_null_prediction(
    tensor: dict[str, Any], tail: bytes, words: list[str]
) -> None:
    value = json.dumps({"outputs": [tensor]}).encode() + tail
    (refused,) = decode([value], [headers(RESPONSE)]).rejects
    assert [word for word in words if word not in refused.reason] == []


def test_instances_beyond_the_limit_are_refused_before_they_are_made() -> None:
    tensor, tail = binary("p", "BOOL", [8_000_000], bytes(8_000_000))
    (refused,) = decode([json.dumps({"outputs": [tensor]}).encode() + tail], [headers(RESPONSE)]).rejects
    assert refused.exception_class.endswith("TooLargeError")


@pytest.mark.parametrize("raw", [["%%"], [7], [], None, ["AA=="]])
def test_raw_contents_that_are_none_are_refused(raw: Any) -> None:
    value = json.dumps({"outputs": [FP32], "raw_output_contents": raw}).encode()
    (refused,) = decode([value], [headers(RESPONSE)]).rejects
    assert "outputs[0] 'p'" in refused.reason
