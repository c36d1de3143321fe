import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from streams.core.operators.regex_filter import RegexFilter
from tests.core.random_events import events
from tests.core.verdicts import kept

PATTERNS = st.sampled_from(("cat", "^cat", "dog$", "[a-c]+t", "(cat|dog) .*", "x_[0-9]", "ü", "a{2,}", "[^ ]+ [^ ]+"))


@given(events(), PATTERNS, st.booleans(), st.booleans())
def test_events_whose_text_matches_are_kept_or_excluded(
    block: list[dict[str, Any]], pattern: str, case: bool, exclude: bool
) -> None:
    # Python's $ also matches before a last newline, RE2's does not
    search = re.compile(pattern.replace("$", r"\Z"), 0 if case else re.IGNORECASE).search

    def expected(event: dict[str, Any]) -> bool:
        text = event.get("input", {}).get("data")
        return (isinstance(text, str) and search(text) is not None) != exclude

    operator = RegexFilter(pattern=pattern, case_sensitive=case, exclude=exclude)
    assert kept(operator, block) == [expected(event) for event in block]


def test_an_input_that_is_not_a_text_is_dropped_and_with_exclude_kept() -> None:
    inputs: list[Any] = [{}, {"input": {"data": None}}, {"input": {"data": {"text": "cat"}}}]
    assert kept(RegexFilter(pattern="."), inputs) == [False, False, False]
    assert kept(RegexFilter(pattern=".", exclude=True), inputs) == [True, True, True]


@pytest.mark.parametrize("pattern", ["(", "[a", "(?=a)b", r"(a)\1", "a{1001}"])
def test_a_pattern_that_re2_does_not_take_is_refused_with_its_reason(pattern: str) -> None:
    with pytest.raises(ValidationError, match="not a regular expression of RE2"):
        RegexFilter(pattern=pattern)


def test_a_pattern_that_makes_backtracking_engines_explode_is_just_searched() -> None:
    text = "a" * 100_000
    assert kept(RegexFilter(pattern="^(a+)+$"), [{"input": {"data": text}}, {"input": {"data": text + "!"}}]) == [
        True,
        False,
    ]
