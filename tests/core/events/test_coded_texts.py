import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from streams.core.events.coded_texts import coded

TEXTS = st.sampled_from(("a", "b", "", "ü"))


@given(st.lists(st.one_of(st.none(), TEXTS), max_size=12), TEXTS)
def test_rows_with_a_text_are_found_and_a_null_is_equal_to_none(texts: list[str | None], wanted: str) -> None:
    assert coded(pa.array(texts, pa.string())).equal(wanted).tolist() == [text == wanted for text in texts]


@given(st.lists(st.one_of(st.none(), TEXTS), max_size=12), st.lists(TEXTS, max_size=3))
def test_rows_with_one_of_several_texts_are_found(texts: list[str | None], wanted: list[str]) -> None:
    assert coded(pa.array(texts, pa.string())).is_in(wanted).tolist() == [text in wanted for text in texts]
