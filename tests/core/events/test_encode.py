import io
import json
from datetime import UTC, datetime

import fastavro
import pyarrow as pa
import pytest

from streams.core.events.encode import encode_arrow, encode_avro, encode_json, events_of_rows
from streams.core.traffic import TrafficPlan, traffic

EVENTS = next(traffic(TrafficPlan(500, 1_795_219_200_000, 1_795_222_800_000, seed=1)))
SCHEMA = {
    "type": "record",
    "name": "Event",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "features", "type": {"type": "map", "values": ["null", "boolean", "long", "double", "string"]}},
    ],
}


def test_json_says_what_the_table_says() -> None:
    assert [json.loads(value) for value in encode_json(EVENTS)] == EVENTS.to_pylist()


def test_json_keeps_text_that_has_to_be_escaped() -> None:
    texts = ['"quoted"\\', "line\nbreak\t", "naïve \U0001f600 \u2028", ""]

    assert [json.loads(value)["id"] for value in encode_json(pa.table({"id": texts}))] == texts


def test_an_arrow_message_holds_so_many_events_and_the_last_one_the_rest() -> None:
    messages = encode_arrow(EVENTS, 200)

    tables = [pa.ipc.open_stream(message).read_all() for message in messages]
    assert [table.num_rows for table in tables] == [200, 200, 100]
    assert pa.concat_tables(tables).equals(EVENTS)


def test_avro_says_what_the_table_says() -> None:
    values = encode_avro(EVENTS, SCHEMA)

    read = [fastavro.schemaless_reader(io.BytesIO(value), SCHEMA, None) for value in values]
    assert read == [{"id": event["id"], "features": event["features"]} for event in EVENTS.to_pylist()]


def test_an_event_that_does_not_fit_the_avro_schema_is_named() -> None:
    with pytest.raises(ValueError, match='event "a1" does not fit'):
        encode_avro(pa.table({"id": ["a1"], "features": [7]}), SCHEMA)


def test_no_events_are_no_messages() -> None:
    assert encode_json(EVENTS.slice(0, 0)) == []
    assert encode_arrow(EVENTS.slice(0, 0), 10) == []


def test_columns_of_a_file_become_the_fields_they_name_and_features() -> None:
    rows = pa.table(
        {"id": ["a"], "model.version": ["7"], "metadata.region": ["eu"], "age": [41], "features.income": [1.5]}
    )

    assert events_of_rows(rows, "scorer").to_pylist() == [
        {
            "id": "a",
            "model": {"version": "7", "id": "scorer"},
            "features": {"age": 41, "income": 1.5},
            "metadata": {"region": "eu"},
        }
    ]


def test_times_of_a_file_become_epoch_milliseconds() -> None:
    rows = pa.table({"time": [datetime(2026, 11, 21, tzinfo=UTC)], "model.id": ["m"]})

    assert events_of_rows(rows, None).to_pylist() == [{"time": 1_795_219_200_000, "model": {"id": "m"}}]


def test_a_model_given_for_all_fills_only_where_a_row_names_none() -> None:
    rows = pa.table({"model.id": ["own", None]})

    assert [event["model"]["id"] for event in events_of_rows(rows, "given").to_pylist()] == ["own", "given"]


def test_nested_columns_stay_as_they_are() -> None:
    assert events_of_rows(EVENTS, None).to_pylist() == EVENTS.to_pylist()


def test_direct_address_needs_no_model() -> None:
    rows = pa.table({"collectors": [["hourly"]], "age": [41]})

    assert events_of_rows(rows, None).to_pylist() == [{"collectors": ["hourly"], "features": {"age": 41}}]


def test_rows_without_any_model_are_refused_with_a_remedy() -> None:
    with pytest.raises(ValueError, match="--model-id"):
        events_of_rows(pa.table({"age": [41]}), None)
