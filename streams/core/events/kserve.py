"""KServe's logged inference requests and responses as prediction events, one for each instance.

KServe's agent sends both as CloudEvents with one id: https://kserve.github.io/website/docs/model-serving/predictive-inference/logger
Payloads: V1 (`instances` or columnar `inputs`, `predictions` or `outputs`) and V2, the Open Inference Protocol (tensors
in `inputs` and `outputs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from streams.core.events.flat import GROUPS, KNOWN
from streams.core.events.inference_tensors import Tensor, read_tensors
from streams.core.events.json_problems import shown
from streams.core.events.rejects import InvalidEventError

REQUEST = "org.kubeflow.serving.inference.request"
RESPONSE = "org.kubeflow.serving.inference.response"
TYPES = frozenset((REQUEST, RESPONSE))

Json = dict[str, Any]

_PREDICTION: Final = (
    "prediction",
    "predictions",
    "predict",
    "predicted_label",
    "output_label",
    "label",
    "labels",
    "class",
    "classes",
)
_PROBABILITY: Final = (
    "probability",
    "probabilities",
    "proba",
    "probas",
    "predict_proba",
    "output_probability",
    "score",
    "scores",
    "confidence",
)
_WIDEST: Final = 1_000
_RAW: Final = ("raw_input_contents", "raw_output_contents", "rawInputContents", "rawOutputContents")


@dataclass(frozen=True, slots=True)
class _Instances:
    """What one payload says of so many instances, of each: its values by name, and how the payload writes it."""

    count: int
    rows: Iterable[tuple[Json, Any]]


def events_of(attributes: Mapping[str, Any], data: Any, binary: bytes) -> tuple[Iterator[Json], int]:
    """Events of a request (what went in: `input`, `features`) or a response (what came out: `prediction`), and their
    number. `binary` are the tensors behind the JSON `data`.

    A response keeps the CloudEvent's id, a request's event is called `{id}:request`; where there are several instances,
    `#0`, `#1` and so on follow. Fields that belong to no instance are kept under `data` of each. InvalidEventError for
    what is neither protocol.
    """
    if not isinstance(data, dict):
        raise InvalidEventError(f"data: got {type(data).__name__}; send KServe's request or response as a JSON object")
    asked = attributes["type"] == REQUEST
    read, fields = (_request, ("instances", "inputs")) if asked else (_response, ("predictions", "outputs"))
    field = next((name for name in fields if name in data), "")
    if not isinstance(data.get(field), list | dict):
        raise InvalidEventError(f"data: got {shown(data)}; send {fields[0]} (V1) or {fields[1]} (V2)")
    found = _instances(field, data, binary)
    if not found.count:
        raise InvalidEventError(f"data: got no instances in {field}; send at least one")
    model = {"id": attributes.get("inferenceservicename"), "app_id": attributes.get("namespace")}
    model |= {"version": data["model_version"]} if "model_version" in data else {}
    rest = {name: value for name, value in data.items() if name not in (field, "model_version", *_RAW)}
    every = {"model": model, **({"data": rest} if rest else {})}
    request_id, many = str(attributes["id"]), found.count > 1
    rows = enumerate(found.rows)
    return (every | read(request_id, f"#{n}" if many else "", *row) for n, row in rows), found.count


def _request(request_id: str, place: str, named: Json, whole: Any) -> Json:
    features = {name: value for key, each in named.items() for name, value in _columns(key, each)}
    given = {"id": f"{request_id}{place}", "data": whole}
    return {"id": f"{request_id}:request{place}", "input": given, "features": features}


def _response(request_id: str, place: str, named: Json, _: Any) -> Json:
    return {"id": f"{request_id}{place}", **_outputs(named)}


def _outputs(named: Json) -> Json:
    """The answer as `prediction`, its probability as `probability`, other outputs under their own names."""
    answer = _named(named, _PREDICTION) or (next(iter(named)) if len(named) == 1 else None)
    likely = _named(named, _PROBABILITY)
    others = [name for name in named if name not in (answer, likely)]
    if answer is None and len(others) == 1:
        answer = others.pop()
    out: Json = {"prediction": named if answer is None else _single(named[answer])}
    for own, known in ((answer, "prediction"), (likely, "probability"), *((name, _free(name)) for name in others)):
        if own is not None:
            out |= {name: value for name, value in _columns(known, named[own]) if name not in out}
    return out


def _named(named: Json, names: Sequence[str]) -> str | None:
    by_name = {name.lower(): name for name in named}
    return next((by_name[name] for name in names if name in by_name), None)


def _free(name: str) -> str:
    """An output's name where it does not hide a field of events."""
    taken = name in KNOWN or name in ("data", "probability") or name.partition(".")[0] in GROUPS
    return f"output.{name}" if taken else name


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], list) else value


def _columns(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """One column for a single value; for lists and objects of single values one each, unless these are too many."""
    inside = _inside(value)
    single = all(not isinstance(each, list | dict) for _, each in inside)
    if not inside or not single or len(inside) > _WIDEST:
        yield name, value
    elif isinstance(value, list) and len(inside) == 1:
        yield name, value[0]
    else:
        yield from ((f"{name}.{key}" if name else str(key), each) for key, each in inside)


def _inside(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, list):
        return list(enumerate(value))
    return list(value.items()) if isinstance(value, dict) else []


def _instances(field: str, data: Json, binary: bytes) -> _Instances:
    given = data[field]
    if isinstance(given, dict):
        return _of_columns(given)
    if field in ("inputs", "outputs") and any(isinstance(each, dict) for each in given):
        return _of_tensors(given, read_tensors(field, data, binary))
    if field in ("instances", "inputs"):
        return _Instances(len(given), ((_named_features(each), [each]) for each in given))
    return _Instances(len(given), ((each if _is_named(each) else {"prediction": each}, each) for each in given))


def _is_named(prediction: Any) -> bool:
    return isinstance(prediction, dict) and bool(prediction)


def _named_features(instance: Any) -> Json:
    if isinstance(instance, dict):
        return instance
    if not isinstance(instance, list):
        return {"0": instance}
    return {str(place): value for place, value in enumerate(instance)} if len(instance) <= _WIDEST else {}


def _of_columns(columns: Json) -> _Instances:
    """Lists by name, an entry for each instance; where they are no lists of one length, they are one instance."""
    counts = {len(values) if isinstance(values, list) else None for values in columns.values()}
    count = counts.pop() if len(counts) == 1 else None
    if count is None:
        return _Instances(1 if columns else 0, [(columns, [columns])])
    rows = ({name: values[place] for name, values in columns.items()} for place in range(count))
    return _Instances(count, ((row, [row]) for row in rows))


def _of_tensors(given: list[Any], tensors: Sequence[Tensor]) -> _Instances:
    """The first dimension is that of instances where it is the same for all tensors; else they are one instance."""
    counts = {tensor.shape[0] if tensor.shape else None for tensor in tensors}
    count = counts.pop() if len(counts) == 1 else None
    count = 1 if count is None else count
    rows = ({tensor.name: _row(tensor, place, count) for tensor in tensors} for place in range(count))
    as_given = count == 1 and all("data" in each for each in given)
    return _Instances(count, ((row, given if as_given else [row]) for row in rows))


def _row(tensor: Tensor, place: int, count: int) -> Any:
    width = len(tensor.elements) // count
    elements = tensor.elements[place * width : (place + 1) * width]
    return elements[0] if width == 1 else list(elements)
