import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from streams.core.operators.hashing import mixed
from streams.core.operators.stratified_sample import StratifiedSample
from tests.core.blocks import block_of
from tests.core.random_events import concepts
from tests.core.verdicts import rows_kept

ROWS = st.lists(
    st.fixed_dictionaries(
        {"id": st.integers(0, 30).map("event-{}".format)},
        optional={
            "metadata.country": st.sampled_from(("de", "fr", "", None)),
            "features.age": st.one_of(st.none(), st.integers(1, 3)),
            "concepts": st.one_of(
                st.none(), concepts().map(lambda row: [{"id": None, "name": None, **one} for one in row])
            ),
        },
    ),
    max_size=30,
)
BY = st.lists(
    st.sampled_from(("metadata.country", "features.age", "top_concept", "metadata.nowhere")),
    min_size=1,
    max_size=3,
    unique=True,
)


def value(row: dict[str, Any], name: str) -> Any:
    if name != "top_concept":
        return row.get(name)
    best = max(row.get("concepts") or [None], key=lambda one: -1 if one is None else one["value"])
    return None if best is None else best["id"] or best["name"]


@given(ROWS, BY, st.integers(1, 4), st.integers(0, 2**63 - 1))
def test_of_each_stratum_the_rows_with_the_lowest_hashes_are_kept(
    rows: list[dict[str, Any]], by: list[str], size: int, salt: int
) -> None:
    hashes = [int(one) for one in mixed(block_of(rows).id_hashes, salt)]
    strata: dict[str, list[tuple[int, int]]] = {}
    for number, row in enumerate(rows):
        strata.setdefault(json.dumps([value(row, name) for name in by]), []).append((hashes[number], number))
    lowest = {number for stratum in strata.values() for _, number in sorted(stratum)[:size]}
    sample = StratifiedSample.model_validate({"by": by, "rows_per_stratum": size})
    assert rows_kept(sample, rows, salt) == [number in lowest for number in range(len(rows))]


def test_a_rare_value_is_not_lost() -> None:
    rows = [{"id": f"e{number}", "metadata.country": "de" if number else "fr"} for number in range(1000)]
    found = rows_kept(StratifiedSample(by=("metadata.country",), rows_per_stratum=10), rows)
    assert found[0]
    assert sum(found) == 11


def test_rows_without_a_value_make_a_stratum_of_their_own() -> None:
    rows = [{"id": f"e{number}"} for number in range(5)]
    assert sum(rows_kept(StratifiedSample(by=("metadata.country",), rows_per_stratum=2), rows)) == 2


@pytest.mark.parametrize("by", [["country"], ["concepts"], ["metadata."], []])
def test_a_column_has_to_be_a_flat_one_of_the_batch(by: list[str]) -> None:
    with pytest.raises(ValidationError):
        StratifiedSample.model_validate({"by": by, "rows_per_stratum": 1})
