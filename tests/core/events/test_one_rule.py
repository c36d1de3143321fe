"""What JSON cannot say, or says twice, means the same in every form that an event can be written in."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from streams.core.events.decode import Decoded
from streams.core.events.kserve import REQUEST
from streams.core.events.local_schemas import LocalSchemas
from streams.core.events.messages import Headers
from streams.core.events.parse import PayloadParserState
from tests.core.events.chunks import avro, decode
from tests.core.events.test_cloudevents import ATTRIBUTES, BATCH, STRUCTURED, binary
from tests.core.events.test_refusals import LINES

# what stands for a number in a JSON text, and what it is: the same wherever the text stands
VALUES = {
    "NaN": np.nan,
    "Infinity": np.inf,
    "-Infinity": -np.inf,
    "nan": np.nan,
    "inf": np.inf,
    "-inf": -np.inf,
    "1e999": np.inf,
    "-0.0": -0.0,
    "1.50": 1.5,
    "9007199254740993": 9007199254740992.0,
    "9" * 40: 1e40,
    "9" * 5000: np.inf,
}
ENVELOPE = json.dumps(ATTRIBUTES)[:-1]
KSERVE = binary(type=REQUEST, inferenceservicename="m")
EVENT = '{"model": {"id": "m"}, "features": %s}'


def _base64(features: str) -> bytes:
    data = base64.b64encode((EVENT % features).encode()).decode()
    return f'{ENVELOPE}, "data_base64": "{data}"}}'.encode()


FORMS: dict[str, tuple[Callable[[str], bytes], Headers | None]] = {
    "plain": (lambda features: (EVENT % features).encode(), None),
    "array": (lambda features: f"[{EVENT % features}]".encode(), None),
    "array with a comma": (lambda features: f"[{EVENT % features},]".encode(), None),
    "lines": (lambda features: f"{EVENT % features}\n".encode(), LINES),
    "structured": (lambda features: f'{ENVELOPE}, "data": {EVENT % features}}}'.encode(), STRUCTURED),
    "many in one": (lambda features: f'{ENVELOPE}, "data": [{EVENT % features}]}}'.encode(), STRUCTURED),
    "base64": (_base64, STRUCTURED),
    "batch": (lambda features: f'[{ENVELOPE}, "data": {EVENT % features}}}]'.encode(), BATCH),
    "binary": (lambda features: (EVENT % features).encode(), binary()),
    "kserve": (
        lambda features: f'{{"instances": [{features}]}}'.encode(),
        binary(type=REQUEST, inferenceservicename="m"),
    ),
}


def read(form: str, features: str) -> Decoded:
    write, headers = FORMS[form]
    return decode([write(features)], [headers])


def same(found: Any, expected: float) -> bool:
    return bool(np.array_equal(found, expected, equal_nan=True)) and np.signbit(found) == np.signbit(expected)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", VALUES)
def test_a_number_is_the_same_in_every_form(form: str, text: str) -> None:
    decoded = read(form, f'{{"f": {text}, "g": 1}}')
    assert decoded.rejects == ()
    column = decoded.block.features["f"]
    assert same(column.number[0], VALUES[text])
    assert column.present.tolist() == [True]
    (payloads,) = decoded.block.payloads
    batch = PayloadParserState().parse(payloads, decoded.block.encodings[0])
    assert same(float(batch.chosen({"features.f"})["features.f"].array[0].as_py()), VALUES[text])


@pytest.mark.parametrize("form", FORMS)
def test_the_first_of_repeated_keys_counts_in_every_form(form: str) -> None:
    decoded = read(form, '{"f": 1, "g": {"a": 1, "a": 2}, "f": 2}')
    assert decoded.block.features["f"].number.tolist() == [1]


@pytest.mark.parametrize("form", FORMS)
def test_a_trailing_comma_is_forgiven_in_every_form(form: str) -> None:
    assert read(form, '{"f": 1, "g": [1,],}').block.features["f"].number.tolist() == [1]


NUMBERS = {"type": "map", "values": "double"}


def schema(*fields: dict[str, Any]) -> str:
    model = {"type": "record", "name": "model", "fields": [{"name": "id", "type": "string"}]}
    features = {"name": "features", "type": NUMBERS}
    return json.dumps(
        {"type": "record", "name": "event", "fields": [{"name": "model", "type": model}, features, *fields]}
    )


@pytest.mark.parametrize("neighbours", [(), ({"name": "raw", "type": "bytes"},)], ids=["block", "beside bytes"])
@pytest.mark.parametrize("many", [False, True])
def test_avro_numbers_are_the_same_whatever_stands_beside_them(neighbours: Sequence[Any], *, many: bool) -> None:
    record = schema(*neighbours)
    text = json.dumps({"type": "array", "items": json.loads(record)}) if many else record
    numbers = (np.nan, np.inf, -np.inf, 0.5)
    events = [{"model": {"id": "m"}, "features": {"f": number}, "raw": b"\xff"} for number in numbers]
    values = [avro(events, text)] if many else [avro(event, text) for event in events]
    headers: Headers = [("content-type", b"application/avro")]
    block = decode(values, [headers] * len(values), schemas=LocalSchemas([text])).block
    assert [same(*pair) for pair in zip(block.features["f"].number, (np.nan, np.inf, -np.inf, 0.5), strict=True)] == [
        True
    ] * 4
    assert block.features["f"].present.tolist() == [True] * 4
