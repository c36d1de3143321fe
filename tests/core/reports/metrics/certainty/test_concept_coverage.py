from tests.core.reports.concept_rows import concept_batch, concept_entry
from tests.core.reports.scopes import entry_of

ROWS = concept_batch([{"cat": 0.9, "dog": 0.1}, {"dog": 0.4}, None, {"cat": 0.5}])


def test_rows_are_counted_by_their_strongest_concept() -> None:
    assert concept_entry("concept_coverage", ROWS).current == {
        "share": 0.5,
        "with_concepts": 0.75,
        "mean_concepts": 1.0,
        "labels": 2,
        "strongest": {"cat": 0.5, "dog": 0.25},
    }


def test_the_threshold_and_how_many_labels_are_listed_can_be_chosen() -> None:
    metric = {"name": "concept_coverage", "parameters": {"threshold": 0.4, "labels": 1}}
    entry = concept_entry(metric, ROWS)
    assert entry.current is not None
    assert (entry.current["share"], entry.current["strongest"]) == (0.75, {"cat": 0.5})


def test_rows_without_concepts_are_refused_and_a_reference_without_them_has_no_value() -> None:
    entry = entry_of("concept_coverage", {"x": [1]})
    assert entry.error == "the rows have no concepts: this metric is one of batches of concept predictions"
    assert concept_entry("concept_coverage", ROWS, concept_batch([None])).reference is None
