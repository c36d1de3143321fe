from tests.core.reports.preset_cases import check
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    check("recall", "Recall")


def test_the_positive_label_can_be_named() -> None:
    rows = {"target": ["ham", "spam", "spam"], "prediction": ["ham", "ham", "spam"]}
    assert entry_of("recall", rows, model={"positive_label": "spam"}).current == {"value": 0.5}
    assert entry_of("recall", rows, model={"positive_label": "ham"}).current == {"value": 1.0}


def test_a_positive_label_that_does_not_occur_beside_two_others_is_refused() -> None:
    entry = entry_of("recall", {"target": ["a", "b"], "prediction": ["a", "b"]}, model={"positive_label": "c"})
    assert entry.error == "positive_label 'c' is not among the labels: a, b"
