import pytest

from tests.core.reports.concept_rows import concept_batch, concept_entry
from tests.core.reports.scopes import entry_of


def test_concepts_say_how_sure_a_model_is_and_by_how_much_the_strongest_leads() -> None:
    rows = concept_batch([{"cat": 0.9, "dog": 0.1}, {"dog": 0.6}, None])
    metric = {"name": "confidence_distribution", "parameters": {"bins": 2}}
    assert concept_entry(metric, rows).current == {
        "rows": 2,
        "mean": pytest.approx(0.75),
        "0.25": pytest.approx(0.675),
        "0.5": pytest.approx(0.75),
        "0.75": pytest.approx(0.825),
        "lead": pytest.approx(0.7),
        "edges": [0.0, 0.5, 1.0],
        "counts": [0, 2],
    }


def test_of_two_labels_the_likelier_counts() -> None:
    entry = entry_of("confidence_distribution", {"probability": [0.1, 0.9, None]}, {"probability": [0.5]})
    assert entry.current is not None
    assert entry.reference is not None
    assert (entry.current["rows"], entry.current["mean"]) == (2, pytest.approx(0.9))
    assert entry.current["lead"] == pytest.approx(0.8)
    assert entry.reference["mean"] == 0.5


def test_without_probabilities_it_says_what_to_do() -> None:
    entry = entry_of("confidence_distribution", {"prediction": [1, 0]})
    assert (
        entry.error == "the rows have no probabilities, or of too many labels: name their columns in the report's model"
    )
