"""The benchmark's events: about 600 bytes as JSON, with ten features, two concepts and metadata."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from pathlib import Path

import fastavro

DISTINCT = 50_000
FEATURES = 10
SHIPPED = Path(__file__).resolve().parents[2] / "schemas" / "prediction.avsc"


def events(count: int, seed: int = 7) -> Iterator[dict[str, object]]:
    """Yield seeded events over one hour, each with an id of its own."""
    source = random.Random(seed)
    for number in range(count):
        value = round(source.random(), 4)
        yield {
            "id": f"{source.getrandbits(128):032x}",
            "time": f"2026-11-20T10:{number * 60 // count:02d}:{source.randrange(60):02d}.000Z",
            "model": {"user_id": "clarifai", "app_id": "main", "id": f"model-{source.randrange(5)}", "version": "v1"},
            "caller": f"caller-{source.randrange(20)}",
            "input": {"id": f"input-{number}", "data": f"https://example.com/images/{number}.jpg"},
            "features": {f"feature_{column}": round(source.gauss(0, 1), 4) for column in range(FEATURES)},
            "prediction": "cat",
            "concepts": [
                {"id": "cat", "name": "cat", "value": value},
                {"id": "dog", "name": "dog", "value": round(1 - value, 4)},
            ],
            "metadata": {"region": source.choice(["eu", "us"]), "tier": str(source.randrange(3))},
        }


def json_payloads() -> list[bytes]:
    """The distinct events as JSON."""
    return [json.dumps(event).encode() for event in events(DISTINCT)]


def avro_schema() -> str:
    """Return what a model's own service registers: the shipped schema, but with its features by name."""
    schema = json.loads(SHIPPED.read_text())
    named = [{"name": f"feature_{column}", "type": "double"} for column in range(FEATURES)]
    (features,) = (each for each in schema["fields"] if each["name"] == "features")
    features["type"] = ["null", {"type": "record", "name": "Features", "fields": named}]
    return json.dumps(schema)


def avro_payloads(schema: str, schema_id: int) -> list[bytes]:
    """The distinct events in Confluent's wire format: magic byte, schema id, Avro body."""
    start, parsed = b"\0" + schema_id.to_bytes(4, "big"), fastavro.parse_schema(json.loads(schema))
    return [start + _body(parsed, event) for event in events(DISTINCT)]


def _body(schema: object, event: dict[str, object]) -> bytes:
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, schema, event)
    return buffer.getvalue()
