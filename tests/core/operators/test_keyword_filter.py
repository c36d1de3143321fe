import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.core.operators.keyword_filter import KeywordFilter
from tests.core.random_events import events
from tests.core.verdicts import kept

KEYWORDS = st.lists(
    st.sampled_from(("cat", "dog", "ÜBER", "x_1", "a b", "C++", ".", "x", "log")), min_size=1, max_size=3
)


def found(keyword: str, text: str, operator: KeywordFilter) -> bool:
    flags = 0 if operator.case_sensitive else re.IGNORECASE
    for match in re.finditer(f"(?={re.escape(keyword)})", text, flags):
        start, end = match.start(), match.start() + len(keyword)
        if not operator.whole_words or not any(
            one.isalpha() or one.isnumeric() or one == "_"
            for one in (text[start - 1 : start] or "-") + (text[end:][:1] or "-")
        ):
            return True
    return False


@given(events(), KEYWORDS, st.sampled_from(("any", "all")), st.booleans(), st.booleans(), st.booleans())
def test_events_whose_text_has_the_keywords_are_kept_or_excluded(
    block: list[dict[str, Any]], keywords: list[str], match: str, case: bool, whole: bool, exclude: bool
) -> None:
    operator = KeywordFilter.model_validate(
        {"keywords": keywords, "match": match, "case_sensitive": case, "whole_words": whole, "exclude": exclude}
    )
    enough = any if match == "any" else all

    def expected(event: dict[str, Any]) -> bool:
        text = event.get("input", {}).get("data")
        return (isinstance(text, str) and enough(found(one, text, operator) for one in keywords)) != exclude

    assert kept(operator, block) == [expected(event) for event in block]


def verdicts(texts: list[object], **parameters: object) -> list[bool]:
    return kept(KeywordFilter.model_validate(parameters), [{"input": {"data": text}} for text in texts])


def test_a_keyword_is_a_whole_word_in_any_script() -> None:
    assert verdicts(["ein über", "darüber", "über!", "überall"], keywords=["über"]) == [True, False, True, False]


def test_a_keyword_is_taken_literally() -> None:
    assert verdicts(["C++ is", "CC", "C++11"], keywords=["c++"]) == [True, False, False]


def test_capitals_do_not_matter_unless_asked() -> None:
    assert verdicts(["CAT", "cat"], keywords=["cat"]) == [True, True]
    assert verdicts(["CAT", "cat"], keywords=["cat"], case_sensitive=True) == [False, True]


def test_keywords_next_to_each_other_are_both_found() -> None:
    assert verdicts(["cat dog"], keywords=["cat", "dog"], match="all") == [True]


def test_an_input_that_is_not_a_text_is_dropped_and_with_exclude_kept() -> None:
    assert verdicts([None, {"a": 1}, 7], keywords=["a"]) == [False, False, False]
    assert verdicts([None, {"a": 1}, 7], keywords=["a"], exclude=True) == [True, True, True]
