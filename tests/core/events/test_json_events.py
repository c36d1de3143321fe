import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.events.projection import Projection
from tests.core.events.chunks import EVERYTHING, decode, events_as_json, rows_of
from tests.core.events.event_oracle import RefusedError, expected_row
from tests.core.events.hostile_events import EVENTS

PROJECTIONS = st.sampled_from(
    [
        Projection(),
        EVERYTHING,
        Projection(concepts=True),
        Projection(input_text=True, metadata=frozenset({"region"})),
        Projection(features=frozenset({"f"}), metadata=frozenset({"Tier"})),
    ]
)


def expected(payloads: list[bytes], projection: Projection) -> tuple[list[dict[str, Any]], set[int]]:
    rows, refused = [], set()
    for position, payload in enumerate(payloads):
        try:
            rows.append(expected_row(msgspec.json.decode(payload), projection, 100 + position))
        except (RefusedError, msgspec.DecodeError):
            refused.add(position)
    return rows, refused


def assert_equal_to_the_oracle(payloads: list[bytes], projection: Projection) -> None:
    rows, refused = expected(payloads, projection)
    decoded = decode(payloads, projection=projection)
    assert {one.message for one in decoded.rejects} == refused
    assert rows_of(decoded.block) == rows


@settings(max_examples=60, deadline=None)
@given(st.lists(EVENTS, max_size=5), PROJECTIONS)
def test_a_block_of_hostile_events_is_what_msgspec_reads_one_by_one(
    events: list[dict[str, Any]], projection: Projection
) -> None:
    assert_equal_to_the_oracle(events_as_json(events), projection)


@settings(max_examples=60, deadline=None)
@given(st.lists(EVENTS, max_size=5), st.booleans(), st.sampled_from(["", " ", "\n\t\r "]))
def test_how_the_json_is_spaced_and_escaped_does_not_matter(
    events: list[dict[str, Any]], ascii_only: bool, space: str
) -> None:
    payloads = [
        f"{space}{json.dumps(event, ensure_ascii=ascii_only, indent=2 if space else None)}{space}".encode()
        for event in events
    ]
    assert_equal_to_the_oracle(payloads, EVERYTHING)


def test_the_first_of_repeated_keys_counts() -> None:
    rows = rows_of(decode([b'{"id": "a", "id": "b", "model": {"id": "m", "id": "n"}}']).block)
    assert (rows[0]["id"], rows[0]["model"]) == ("a", "m")


def test_keys_match_by_case() -> None:
    decoded = decode([b'{"ID": "a", "model": {"id": "m", "Id": "n"}, "metadata": {"TIER": 1, "Tier": 2, "tier": 3}}'])
    assert decoded.block.model_ids.to_pylist() == ["m"]
    assert {key: decoded.block.metadata[key].number[0] for key in ("tier", "Tier")} == {"tier": 3.0, "Tier": 2.0}


@pytest.mark.parametrize(("number", "text"), [(1.5, "1.5"), (-0.25, "-0.25"), (3.0, "3.0")])
def test_a_number_as_id_is_its_json_text(number: float, text: str) -> None:
    assert decode([json.dumps({"id": number, "model": {"id": "m"}}).encode()]).block.ids.to_pylist() == [text]


def test_what_pythons_json_writes_beyond_json_is_taken_as_numbers() -> None:
    infinite = json.dumps({"model": {"id": "m"}, "features": {"f": float("nan"), "g": float("-inf")}}).encode()
    features = decode([infinite]).block.features
    assert (str(features["f"].number[0]), str(features["g"].number[0])) == ("nan", "-inf")
    assert (features["f"].present[0], features["g"].present[0]) == (True, True)


def test_a_trailing_comma_is_forgiven() -> None:
    assert decode([b'{"model": {"id": "m",},}']).block.model_ids.to_pylist() == ["m"]


def test_numbers_beyond_a_double_are_infinite_and_integers_beyond_64_bits_are_doubles() -> None:
    payload = b'{"model": {"id": "m"}, "metadata": {"tier": 1e999, "region": 123456789012345678901234567890}}'
    metadata = decode([payload]).block.metadata
    assert (metadata["tier"].number[0], metadata["region"].number[0]) == (float("inf"), 1.2345678901234568e29)


@pytest.mark.parametrize("text", ["0.5", "1e-3", "-2"])
def test_a_concepts_value_may_be_written_as_text(text: str) -> None:
    payload = json.dumps({"model": {"id": "m"}, "concepts": [{"id": "cat", "value": text}]}).encode()
    concepts = decode([payload]).block.concepts
    assert concepts is not None
    assert concepts.values.tolist() == [float(text)]


def test_fields_that_nobody_looks_at_are_not_checked_but_kept() -> None:
    payload = b'{"model": {"id": "m"}, "concepts": 7, "metadata": [], "features": "no", "input": 1}'
    decoded = decode([payload], projection=Projection())
    assert decoded.rejects == ()
    assert decoded.block.payloads[0].to_pylist() == [payload]


def test_a_chunk_without_messages_is_a_block_without_rows() -> None:
    decoded = decode([])
    assert (len(decoded.block), decoded.rejects, decoded.block.ids.to_pylist()) == (0, (), [])


def test_deep_nesting_where_nobody_looks_is_taken_in() -> None:
    deep = b'{"model": {"id": "m"}, "unknown": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    decoded = decode([deep])
    assert (len(decoded.block), decoded.rejects) == (1, ())


def test_deep_nesting_where_somebody_looks_is_refused_or_present_but_never_fatal() -> None:
    deep = b'{"model": {"id": "m"}, "metadata": {"region": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
    assert decode([deep]).block.metadata["region"].present.tolist() == [True]
    assert len(decode([b'{"model": {"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"]).rejects) == 1
