import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.core.operators.deduplicate import Deduplicate
from tests.core.verdicts import rows_kept

ROWS = st.lists(
    st.fixed_dictionaries(
        {"id": st.integers(0, 30).map("event-{}".format)},
        optional={"input.data": st.sampled_from(("a", "b", "", None)), "caller": st.sampled_from(("ann", "bob", None))},
    ),
    max_size=20,
)
BY = st.sampled_from((("input.data",), ("input.data", "caller"), ("metadata.nowhere", "caller"), ("metadata.nowhere",)))


@given(ROWS, BY)
def test_of_rows_with_the_same_content_the_first_is_kept(rows: list[dict[str, Any]], by: tuple[str, ...]) -> None:
    seen: set[str] = set()
    expected = []
    for row in rows:
        content = [row.get(name) for name in by]
        key = json.dumps(content)
        expected.append(key not in seen or content == [None] * len(by))
        seen.add(key)
    assert rows_kept(Deduplicate(by=by), rows) == expected


def test_the_same_text_from_other_events_is_one_content() -> None:
    rows = [{"id": "1", "input.data": "x"}, {"id": "2", "input.data": "X"}, {"id": "3", "input.data": "x"}]
    assert rows_kept(Deduplicate(), rows) == [True, True, False]


def test_rows_without_content_all_stay() -> None:
    assert rows_kept(Deduplicate(), [{"id": "1"}, {"id": "2"}]) == [True, True]
