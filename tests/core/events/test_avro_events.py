import io
import json
import uuid
from typing import Any

import fastavro
import pytest
from fastavro.schema import parse_schema
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.events.avro_schema import block_schema
from streams.core.events.local_schemas import LocalSchemas, fingerprint_of
from streams.core.events.messages import Headers
from streams.core.events.schema_source import SchemaUnavailableError, SchemaUnknownError
from tests.core.events.chunks import EVERYTHING, SCHEMA, avro, decode, rows_of
from tests.core.events.event_oracle import RefusedError, expected_row
from tests.core.events.hostile_events import TEXTS, TIMES

AVRO: Headers = [("content-type", b"application/avro")]
PLAIN = parse_schema(json.loads(SCHEMA.replace(', "logicalType": "timestamp-millis"', "")))
MAYBE_TEXT = st.none() | TEXTS
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | TEXTS
FLAT = st.none() | st.dictionaries(st.sampled_from(["region", "tier", "Tier", "", "f", "g"]), SCALARS)


def record(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | st.fixed_dictionaries(fields)


EVENTS = st.fixed_dictionaries(
    {
        "id": MAYBE_TEXT,
        "time": TIMES.filter(lambda time: time is None or isinstance(time, int | str)),
        "model": record(user_id=MAYBE_TEXT, app_id=MAYBE_TEXT, id=TEXTS, version=MAYBE_TEXT),
        "caller": MAYBE_TEXT,
        "input": record(id=MAYBE_TEXT, data=MAYBE_TEXT),
        "features": FLAT,
        "prediction": SCALARS,
        "concepts": st.none()
        | st.lists(st.fixed_dictionaries({"id": MAYBE_TEXT, "name": MAYBE_TEXT, "value": st.floats()}), max_size=3),
        "metadata": FLAT,
        "collectors": st.none() | st.lists(TEXTS, max_size=2),
    }
)


def body(event: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, PLAIN, event)
    return out.getvalue()


def read_alone(payload: bytes) -> dict[str, Any] | None:
    """What fastavro reads from exactly these bytes, None where they do not fit."""
    source = io.BytesIO(payload)
    try:
        event = fastavro.schemaless_reader(source, PLAIN, None)
    except (ValueError, EOFError, IndexError, OverflowError):
        return None
    return event if source.tell() == len(payload) else None  # type: ignore[return-value]


@settings(max_examples=80, deadline=None)
@given(st.lists(EVENTS, max_size=5))
def test_a_block_of_avro_events_is_what_fastavro_reads_one_by_one(events: list[dict[str, Any]]) -> None:
    rows, refused = [], set()
    for position, event in enumerate(events):
        try:
            rows.append(expected_row(read_alone(body(event)), EVERYTHING, 100 + position))
        except RefusedError:
            refused.add(position)
    decoded = decode([body(event) for event in events], [AVRO] * len(events))
    assert {one.message for one in decoded.rejects} == refused
    assert rows_of(decoded.block) == rows


@settings(max_examples=60, deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=4), st.integers(0, 10**6), st.binary(max_size=9))
def test_bytes_that_do_not_fit_the_schema_are_refused_and_their_neighbours_kept(
    events: list[dict[str, Any]], place: int, patch: bytes
) -> None:
    payloads = [body(event) for event in events]
    start = place % (len(payloads[0]) + 1)
    payloads[0] = payloads[0][:start] + patch + payloads[0][start + place % 3 :]
    whole = decode(payloads, [AVRO] * len(payloads))
    alone = [decode([payload], [AVRO]) for payload in payloads]
    assert {one.message for one in whole.rejects} == {row for row, one in enumerate(alone) if one.rejects}
    read = read_alone(payloads[0])
    if read is None:
        assert alone[0].rejects
    elif body(read) == payloads[0]:
        assert bool(alone[0].rejects) == _refused(read)


def _refused(event: dict[str, Any]) -> bool:
    try:
        expected_row(event, EVERYTHING, 100)
    except RefusedError:
        return True
    return False


@pytest.mark.parametrize("trailing", [b"\0", b"xyz", b"\0" * 100, b"\0" + b"x" * 7])
def test_bytes_after_an_event_are_noticed(trailing: bytes) -> None:
    good = avro({"model": {"id": "m"}})
    decoded = decode([good, good + trailing, good], [AVRO] * 3)
    assert [one.message for one in decoded.rejects] == [1]
    assert "left after" in decoded.rejects[0].reason
    assert len(decoded.block) == 2


@pytest.mark.parametrize("places", [{0}, {499}, {3, 4, 250}, set(range(0, 500, 7)), set(range(500))])
def test_bad_events_among_many_are_found_and_the_others_kept_in_their_order(places: set[int]) -> None:
    payloads = [avro({"id": f"event-{place}", "model": {"id": "m"}}) for place in range(500)]
    for place in places:
        payloads[place] = payloads[place][:-1] if place % 2 else payloads[place] + b"x"
    decoded = decode(payloads, [AVRO] * 500)
    assert [one.message for one in decoded.rejects] == sorted(places)
    assert decoded.block.ids.to_pylist() == [f"event-{place}" for place in range(500) if place not in places]


def test_text_that_is_not_utf_8_is_refused() -> None:
    good = avro({"model": {"id": "mmmm"}, "unknown": 1})
    decoded = decode([good, good.replace(b"mmmm", b"m\xff\xfem")], [AVRO] * 2)
    assert [one.message for one in decoded.rejects] == [1]


class Registry:
    """Schemas by id and GUID, as a registry has them."""

    def __init__(self, schema: str, error: Exception | None = None) -> None:
        self.schema, self.error, self.asked = schema, error, list[object]()

    def by_id(self, schema_id: int) -> str:
        return self._answer(schema_id)

    def by_guid(self, guid: str) -> str:
        return self._answer(guid)

    def local(self, fingerprint: str) -> str:
        return LocalSchemas([SCHEMA]).local(fingerprint)

    def _answer(self, asked: object) -> str:
        self.asked.append(asked)
        if self.error:
            raise self.error
        return self.schema


GUID = uuid.UUID("89791762-2336-4186-9674-299b90a802e2")
FEATURES_AS_RECORD = json.dumps(
    {
        "type": "record",
        "name": "Scored",
        "fields": [
            {"name": "model", "type": {"type": "record", "name": "M", "fields": [{"name": "id", "type": "string"}]}},
            {"name": "features", "type": {"type": "record", "name": "F", "fields": [{"name": "f", "type": "float"}]}},
            {"name": "end_0", "type": "int"},
        ],
    }
)
SCORED = avro({"model": {"id": "m"}, "features": {"f": 0.5}, "end_0": 7}, FEATURES_AS_RECORD)


@pytest.mark.parametrize(
    ("value", "headers", "asked"),
    [
        (b"\0\0\0\1\2" + SCORED, None, [258]),
        (b"\1" + GUID.bytes + SCORED, None, [str(GUID)]),
        (SCORED, [("__value_schema_id", b"\1" + GUID.bytes)], [str(GUID)]),
        (SCORED, [("__value_schema_id", b"\0\0\0\1\2"), ("content-type", b"application/avro")], [258]),
    ],
)
def test_confluents_framings_name_the_writers_schema(
    value: bytes, headers: Headers | None, asked: list[object]
) -> None:
    registry = Registry(FEATURES_AS_RECORD)
    decoded = decode([value], [headers], schemas=registry)
    assert (decoded.rejects, registry.asked) == ((), asked)
    assert decoded.block.features["f"].number.tolist() == [0.5]
    assert decoded.block.payloads[0].to_pylist() == [SCORED]
    assert decoded.block.encodings[0].schema == FEATURES_AS_RECORD


@pytest.mark.parametrize("headers", [None, AVRO])
def test_single_object_encoding_names_its_schema_by_fingerprint(headers: Headers | None) -> None:
    framed = b"\xc3\x01" + bytes.fromhex(fingerprint_of(FEATURES_AS_RECORD)) + SCORED
    decoded = decode([framed], [headers], schemas=LocalSchemas([SCHEMA, FEATURES_AS_RECORD]))
    assert (decoded.rejects, decoded.block.model_ids.to_pylist()) == ((), ["m"])


def test_the_fingerprint_is_crc_64_avro_least_significant_byte_first() -> None:
    # the fingerprint of "int" is 0x7275d51a3f395c8f (Avro's test suite, share/test/data/schema-tests.txt)
    assert fingerprint_of('{"type": "int"}') == bytes.fromhex("7275d51a3f395c8f")[::-1].hex()


def test_a_schema_that_nobody_knows_makes_dead_letters() -> None:
    decoded = decode(
        [b"\0\0\0\0\7" + SCORED, b'{"model": {"id": "m"}}'], schemas=Registry("", SchemaUnknownError("id 7"))
    )
    assert [(one.message, one.exception_class.rpartition(".")[2]) for one in decoded.rejects] == [
        (0, "SchemaUnknownError")
    ]
    assert len(decoded.block) == 1


def test_a_registry_that_is_down_makes_no_dead_letters() -> None:
    with pytest.raises(SchemaUnavailableError):
        decode([b"\0\0\0\0\7" + SCORED], schemas=Registry("", SchemaUnavailableError("down")))


@pytest.mark.parametrize(
    "schema", ["", "{", '"nonsense"', '{"type": "record"}', '{"type": "object", "properties": {}}', "[]"]
)
def test_a_schema_that_is_none_makes_dead_letters(schema: str) -> None:
    decoded = decode([b"\0\0\0\0\7" + SCORED], schemas=Registry(schema))
    assert [one.message for one in decoded.rejects] == [0]


def with_field(kind: object) -> str:
    return json.dumps(
        {
            "type": "record",
            "name": "Odd",
            "fields": [
                {
                    "name": "model",
                    "type": {"type": "record", "name": "M", "fields": [{"name": "id", "type": "string"}]},
                },
                {
                    "name": "metadata",
                    "type": {"type": "record", "name": "F", "fields": [{"name": "region", "type": kind}]},
                },
            ],
        }
    )


@pytest.mark.parametrize(
    ("kind", "value", "in_blocks"),
    [
        ({"type": "enum", "name": "E", "symbols": ["eu", "us"]}, "eu", True),
        ({"type": "string", "logicalType": "uuid"}, str(GUID), True),
        (["null", "string"], "eu", True),
        (["string"], "eu", True),
        ("bytes", b"eu", False),
        ({"type": "fixed", "name": "X", "size": 2}, b"eu", False),
        ({"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 1}, None, False),
    ],
)
def test_every_avro_type_is_read_in_blocks_or_one_by_one(kind: object, value: Any, *, in_blocks: bool) -> None:
    schema = with_field(kind)
    assert (block_schema(schema) is not None) == in_blocks
    if value is not None:
        payload = avro({"model": {"id": "m"}, "metadata": {"region": value}}, schema)
        decoded = decode([payload] * 2, [AVRO] * 2, schemas=LocalSchemas([schema]))
        assert (decoded.rejects, len(decoded.block), decoded.block.metadata["region"].present.tolist()) == (
            (),
            2,
            [True] * 2,
        )
        assert decoded.block.encodings[0].kind == ("avro" if in_blocks else "json")


def test_a_recursive_schema_is_read_one_by_one() -> None:
    schema = json.dumps(
        {
            "type": "record",
            "name": "Odd",
            "fields": [
                {"name": "collectors", "type": {"type": "array", "items": "string"}},
                {"name": "before", "type": ["null", "Odd"]},
            ],
        }
    )
    payload = avro({"collectors": ["a"], "before": {"collectors": [], "before": None}}, schema)
    decoded = decode([payload], [AVRO], schemas=LocalSchemas([schema]))
    assert decoded.block.collectors is not None
    assert decoded.block.collectors.to_pylist() == [["a"]]


def test_the_shipped_schema_is_read_in_blocks() -> None:
    assert block_schema(SCHEMA) is not None
