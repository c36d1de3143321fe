"""Tensors of the Open Inference Protocol (V2): in JSON, in binary behind it, or in Base64 as gRPC has them.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_binary_data.html
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from streams.core.events.json_events import JsonDecoderState
from streams.core.events.json_problems import shown
from streams.core.events.rejects import InvalidEventError, MalformedError

_SIZE: Final = "binary_data_size"
_LENGTH_BYTES: Final = 4
_TYPES: Final = {
    "BOOL": "?",
    **{f"INT{bits}": f"<i{bits // 8}" for bits in (8, 16, 32, 64)},
    **{f"UINT{bits}": f"<u{bits // 8}" for bits in (8, 16, 32, 64)},
    **{f"FP{bits}": f"<f{bits // 8}" for bits in (16, 32, 64)},
}
_TYPES_SHOWN: Final = f"{', '.join(_TYPES)}, BF16 or BYTES"


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor by name: its elements in row-major order."""

    name: str
    shape: tuple[int, ...]
    elements: Sequence[Any]


def read_body(value: bytes, duck: JsonDecoderState) -> tuple[Any, bytes]:
    """The JSON of a request or response, and the binary data behind it. MalformedError where it does not begin so."""
    if f'"{_SIZE}"'.encode() not in value:
        return duck.value(value), b""
    try:
        # as Latin-1, a letter is a byte: the header that says where JSON ends is not logged
        _, end = json.JSONDecoder().raw_decode(value.decode("latin-1"))
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"data: its JSON cannot be read before the binary tensors: {error}") from error
    return duck.value(value[:end]), value[end:]


def read_tensors(field: str, data: Mapping[str, Any], binary: bytes) -> list[Tensor]:
    """The tensors of `inputs` or `outputs`. InvalidEventError for what has no elements, or not as many as its shape."""
    contents = data.get(f"raw_{field[:-1]}_contents") or data.get(f"raw{field[:-1].title()}Contents") or ()
    raw, behind, place, tensors = iter(contents), memoryview(binary), 0, []
    for index, item in enumerate(data[field]):
        where = f"data: {field}[{index}]"
        if not isinstance(item, dict):
            raise InvalidEventError(f"{where}: got {shown(item)}; send a tensor as an object")
        where = f"{where} {item.get('name', '')!r}"
        size_bytes = _announced(where, item, len(behind) - place)
        elements = list(_elements(where, item, behind[place : place + size_bytes], raw))
        tensors.append(Tensor(str(item.get("name", index)), _shape(where, item, len(elements)), elements))
        place += size_bytes
    if bytes(behind[place:]).strip():
        left = len(behind) - place
        raise InvalidEventError(f"data: {left} bytes are left behind the tensors; announce them in {_SIZE}")
    return tensors


def _announced(where: str, item: Mapping[str, Any], there: int) -> int:
    parameters = item.get("parameters")
    size_bytes = parameters.get(_SIZE) if isinstance(parameters, dict) else None
    if size_bytes is None:
        return 0
    if type(size_bytes) is not int or not 0 <= size_bytes <= there:
        raise InvalidEventError(f"{where}: {_SIZE} is {shown(size_bytes)}, and {there} bytes are there; send them all")
    return size_bytes


def _elements(where: str, item: Mapping[str, Any], behind: memoryview, raw: Iterator[Any]) -> Iterator[Any]:
    kind, given, contents = str(item.get("datatype")), item.get("data"), item.get("contents")
    if given is None and isinstance(contents, dict):
        given = next((value for value in contents.values() if isinstance(value, list)), None)
        return _flat(where, given, base64_texts=kind == "BYTES")
    if given is not None:
        return _flat(where, given, base64_texts=_says_base64(item), whole=kind.startswith(("INT", "UINT")))
    if len(behind):
        return _decoded(where, kind, bytes(behind))
    encoded = next(raw, None)
    if encoded is None:
        raise InvalidEventError(f"{where}: got no elements; send data, or the bytes that {_SIZE} announces")
    return _decoded(where, kind, _from_base64(where, encoded))


def _says_base64(item: Mapping[str, Any]) -> bool:
    parameters = item.get("parameters")
    return isinstance(parameters, dict) and parameters.get("content_type") == "base64"


def _flat(where: str, value: Any, *, base64_texts: bool = False, whole: bool = False) -> Iterator[Any]:
    """Elements of lists in lists. Protobuf's JSON writes 64-bit integers as texts."""
    if isinstance(value, list):
        for each in value:
            yield from _flat(where, each, base64_texts=base64_texts, whole=whole)
    elif isinstance(value, dict):
        raise InvalidEventError(f"{where}: data holds {shown(value)}; send numbers, booleans or texts")
    elif base64_texts and isinstance(value, str):
        yield _text(_from_base64(where, value))
    else:
        yield int(value) if whole and isinstance(value, str) and value.lstrip("-").isdecimal() else value


def _from_base64(where: str, text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, TypeError) as error:
        raise InvalidEventError(f"{where}: {error}; send the elements in Base64") from error


def _text(element: bytes) -> str:
    """Bytes as text; as Base64 where they are none."""
    try:
        return element.decode()
    except UnicodeDecodeError:
        return base64.b64encode(element).decode()


def _decoded(where: str, kind: str, content: bytes) -> Iterator[Any]:
    """Elements in little endian; of BYTES, each after its length."""
    if kind == "BYTES":
        return _texts(where, content)
    if kind == "BF16":
        return iter((np.frombuffer(_whole(where, kind, content, 2), "<u2").astype("<u4") << 16).view("<f4").tolist())
    if kind not in _TYPES:
        raise InvalidEventError(f"{where}: datatype is {kind!r}; send {_TYPES_SHOWN}")
    dtype = np.dtype(_TYPES[kind])
    return iter(np.frombuffer(_whole(where, kind, content, dtype.itemsize), dtype).tolist())


def _whole(where: str, kind: str, content: bytes, item_bytes: int) -> bytes:
    if len(content) % item_bytes:
        raise InvalidEventError(f"{where}: {len(content)} bytes are no elements of {kind}; send {item_bytes} for each")
    return content


def _texts(where: str, content: bytes) -> Iterator[str]:
    place = 0
    while place < len(content):
        start = place + _LENGTH_BYTES
        place = start + int.from_bytes(content[place:start], "little")
        if place > len(content):
            raise InvalidEventError(f"{where}: its last element is cut off; send each after its length of 4 bytes")
        yield _text(content[start:place])


def _shape(where: str, item: Mapping[str, Any], count: int) -> tuple[int, ...]:
    given = item.get("shape")
    if given is None:
        return (count,)
    sizes = [int(size) if str(size).isdecimal() else -1 for size in given] if isinstance(given, list) else [-1]
    if min(sizes, default=0) < 0 or math.prod(sizes) != count:
        raise InvalidEventError(f"{where}: its shape is {shown(given)}, and it has {count} elements; send as many")
    return tuple(sizes)
