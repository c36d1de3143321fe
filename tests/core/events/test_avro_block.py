import pyarrow as pa
import pytest

from streams.core.events.avro_block import read_block, sealed
from streams.core.events.avro_schema import block_schema
from tests.core.events.chunks import SCHEMA, avro

BLOCK = block_schema(SCHEMA) or ""
MINE, YOURS = (avro({"model": {"id": name}}) for name in ("mine", "yours"))


def ids_in(values: pa.BinaryArray) -> list[str] | None:
    fields = read_block(values, BLOCK)
    return None if fields is None else [model["id"] for model in fields["model"].to_pylist()]


def ids_of(*values: bytes) -> list[str] | None:
    return ids_in(pa.array(values, pa.binary()))


@pytest.mark.parametrize("pairs", [0, 1, 31, 32, 5_000])
def test_a_block_has_as_many_events_as_values(pairs: int) -> None:
    assert ids_of(*[MINE, YOURS] * pairs) == ["mine", "yours"] * pairs


def test_a_slice_is_read_as_what_it_shows() -> None:
    assert ids_in(pa.array([MINE, YOURS, MINE], pa.binary())[1:]) == ["yours", "mine"]


@pytest.mark.parametrize("bad", [b"", MINE[:-1], MINE + b"\0", MINE + MINE, MINE.replace(b"mine", b"\xff\xff\xff\xff")])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_bad_value_refuses_the_block(bad: bytes, place: int) -> None:
    values = [YOURS, YOURS]
    values.insert(place, bad)
    assert ids_of(*values) is None


def swallowing(value: bytes, seal_bytes: int = 8) -> bytes:
    """An event whose last text reaches over the seal behind it and all but the last byte of the next value.

    That last byte, a 0, ends the list that the text is in.
    """
    length = seal_bytes + len(value) - 1
    address = b"\2\2" + bytes([length * 2 & 0x7F | 0x80, length * 2 >> 7])  # of `collectors`: a list of one text
    return YOURS[:-1] + address


def test_an_event_that_reaches_into_the_next_one_is_noticed() -> None:
    assert MINE[-1] == 0
    assert ids_of(swallowing(MINE), MINE, YOURS) is None


def test_nobody_can_shift_other_peoples_events_by_writing_the_seal_of_a_block() -> None:
    """One value pretends to be two, a later one swallows its neighbour: the count is right, all between is not."""
    known = sealed(pa.array([MINE + bytes(8) + MINE, YOURS, swallowing(YOURS), YOURS], pa.binary())).seal
    for _ in range(3):  # whoever learns the seal of a block and writes it changes the block
        values = [MINE + known + MINE, YOURS, swallowing(YOURS), YOURS]
        assert ids_of(*values) is None
        known = sealed(pa.array(values, pa.binary())).seal
