import pytest

from streams.core.reports.html.demands import demand, subject
from streams.core.reports.testing.outcome import Outcome, Status


def _outcome(**changes: object) -> Outcome:
    known: dict[str, object] = {"metric": "accuracy", "field": "value", "condition": "gte", "status": Status.PASS}
    return Outcome(**(known | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"expected": 0.8}, "at least 0.8"),
        ({"condition": "eq", "expected": False}, "equal to false"),
        ({"condition": "in", "expected": ["de", 3, True]}, "one of de, 3, true"),
        (
            {"condition": "within", "expected": 0.782, "tolerance": 0.1564, "of_reference": True},
            "within 0.1564 of the reference's 0.782",
        ),
        ({"expected": 8.0, "tolerance": 8e-6, "of_reference": True}, "at least the reference's 8"),
        ({"expected": 8.0, "tolerance": 0.4, "of_reference": True}, "at least the reference's 8 ± 0.4"),
        ({"of_reference": True, "status": Status.ERROR}, "at least the reference's"),
        ({"status": Status.ERROR}, "at least"),
        ({"condition": "of a later version", "expected": 3}, "of a later version 3"),
    ],
)
def test_what_was_asked_for_in_words(changes: dict[str, object], words: str) -> None:
    assert demand(_outcome(**changes)) == words


def test_what_was_tested_names_column_and_field() -> None:
    assert subject(_outcome()) == "accuracy"
    assert subject(_outcome(metric="summary", column="amount", field="max")) == "summary of amount: max"
