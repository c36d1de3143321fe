import numpy as np
import pyarrow as pa

from streams.core.reports.quality.concepts import Concepts, read_concepts

KIND = pa.list_(pa.struct([("id", pa.string()), ("name", pa.string()), ("value", pa.float64())]))


def _read(*rows: list[tuple[str | None, float | None]] | None) -> Concepts:
    listed = [None if row is None else [{"id": i, "name": "unnamed", "value": v} for i, v in row] for row in rows]
    found = read_concepts(pa.chunked_array([pa.array(listed[:1], KIND), pa.array(listed[1:], KIND)]))
    assert found is not None
    return found


def test_the_strongest_concept_of_each_row_and_the_one_behind_it() -> None:
    found = _read([("a", 0.2), ("b", 0.7), ("c", 0.1)], None, [("c", 0.9)], [])
    assert [None if code < 0 else found.labels[code] for code in found.strongest.codes] == ["b", None, "c", None]
    assert np.array_equal(found.confidence, [0.7, np.nan, 0.9, np.nan], equal_nan=True)
    assert np.array_equal(found.second, [0.2, np.nan, 0.0, np.nan], equal_nan=True)


def test_of_equal_values_the_first_listed_is_the_strongest() -> None:
    found = _read([("z", 0.5), ("a", 0.5)])
    assert found.labels[found.strongest.codes[0]] == "z"


def test_values_by_label_are_zero_where_a_label_is_not_listed_and_missing_where_nothing_is() -> None:
    values = _read([("a", 0.2), ("b", 0.7)], [("b", 1.0)], []).by_label()
    assert np.array_equal(values["a"], [0.2, 0, np.nan], equal_nan=True)
    assert np.array_equal(values["b"], [0.7, 1.0, np.nan], equal_nan=True)


def test_a_concept_without_id_goes_by_its_name_and_one_without_value_is_none() -> None:
    found = _read([(None, 0.2), ("b", None)])
    assert found.labels[found.strongest.codes[0]] == "unnamed"
    assert found.sizes.tolist() == [1]


def test_a_table_beyond_memory_is_not_made() -> None:
    found = Concepts(10**6, np.array([0]), tuple(map(str, range(1000))), np.array([0]), np.array([0.5]))
    assert not found.fit_a_table


def test_rows_without_any_concept_are_no_predictions() -> None:
    assert read_concepts(pa.chunked_array([pa.array([None, None], KIND)])) is None
