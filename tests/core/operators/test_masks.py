import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from streams.core.operators.masks import is_in, mask_of


@given(st.lists(st.sampled_from((True, False, None)), max_size=40), st.integers(0, 40))
def test_a_mask_is_true_where_the_answer_is_wherever_the_array_starts(answers: list[bool | None], start: int) -> None:
    assert mask_of(pa.array(answers, pa.bool_())[start:]).tolist() == [bool(one) for one in answers[start:]]


@given(
    st.lists(st.sampled_from(("a", "b", "", None)), max_size=20), st.lists(st.sampled_from(("a", "", "c")), max_size=3)
)
def test_a_null_is_in_no_list(texts: list[str | None], values: list[str]) -> None:
    assert is_in(pa.array(texts, pa.string()), values).tolist() == [one is not None and one in values for one in texts]
