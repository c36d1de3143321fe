"""KServe's logged inference requests and responses as prediction events.

KServe's agent sends both as CloudEvents with one id: https://kserve.github.io/website/docs/model-serving/predictive-inference/logger
Payloads: V1 (`instances`, `predictions`) and V2, the Open Inference Protocol (`inputs`, `outputs`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from streams.core.events.rejects import InvalidEventError

REQUEST = "org.kubeflow.serving.inference.request"
RESPONSE = "org.kubeflow.serving.inference.response"

Json = dict[str, Any]


def event_of(attributes: Mapping[str, Any], data: Any) -> Json:
    """Event of a request (what went in: `input`, `features`) or a response (what came out: `prediction`).

    A response keeps the CloudEvent's id, a request's event is called `{id}:request`. Fields that belong to neither
    are kept under `data`.
    """
    if not isinstance(data, dict):
        raise InvalidEventError(f"data: got {type(data).__name__}; send KServe's request or response as a JSON object")
    event: Json = {"model": {"id": attributes.get("inferenceservicename"), "app_id": attributes.get("namespace")}}
    if "model_version" in data:
        event["model"]["version"] = data["model_version"]
    if attributes["type"] == REQUEST:
        return event | _request(str(attributes["id"]), data)
    return event | _response(str(attributes["id"]), data)


def _request(request_id: str, data: Json) -> Json:
    instances = data.get("instances", data.get("inputs"))
    if not isinstance(instances, list):
        raise InvalidEventError("data: got neither instances (V1) nor inputs (V2); send one as a list")
    features = _tensors(instances) if "instances" not in data else _first_instance(instances)
    rest = _without(data, "instances" if "instances" in data else "inputs")
    return {"id": f"{request_id}:request", "input": {"id": request_id, "data": instances}, "features": features} | rest


def _response(request_id: str, data: Json) -> Json:
    predictions = data.get("predictions", data.get("outputs"))
    if not isinstance(predictions, list):
        raise InvalidEventError("data: got neither predictions (V1) nor outputs (V2); send one as a list")
    if "predictions" in data:
        return {"id": request_id, "prediction": _single(predictions)} | _without(data, "predictions")
    tensors = _tensors(predictions)
    prediction = next(iter(tensors.values())) if len(tensors) == 1 else tensors
    return {"id": request_id, "prediction": prediction} | _without(data, "outputs")


def _first_instance(instances: list[Any]) -> Json:
    """Features of the only instance; several instances are not one row of features."""
    only = instances[0] if len(instances) == 1 else None
    if isinstance(only, dict):
        return only
    return {str(place): value for place, value in enumerate(only)} if isinstance(only, list) else {}


def _tensors(tensors: list[Any]) -> Json:
    """V2 tensors by name, a tensor of one element as that element."""
    named = [tensor for tensor in tensors if isinstance(tensor, dict)]
    return {str(tensor.get("name", place)): _single(tensor.get("data")) for place, tensor in enumerate(named)}


def _single(values: Any) -> Any:
    return values[0] if isinstance(values, list) and len(values) == 1 else values


def _without(data: Json, key: str) -> Json:
    rest = {name: value for name, value in data.items() if name not in (key, "model_version")}
    return {"data": rest} if rest else {}
