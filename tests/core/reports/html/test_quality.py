import numpy as np

from streams.core.reports.config import ReportConfig
from streams.core.reports.html.quality import SHOWN_LABELS, QualityView, quality_view
from streams.core.reports.report import compute_report
from tests.core.reports.columns import dataset, normal


def _view(metrics: list[str], **rows: object) -> QualityView | None:
    sides = dataset(**rows), dataset(**rows)  # type: ignore[arg-type]
    return quality_view(compute_report(*sides, ReportConfig.model_validate({"metrics": metrics})).entries)


def test_figures_stand_beside_those_of_the_reference() -> None:
    view = _view(["regression"], target=[1.0, 2.0, 4.0], prediction=[1.0, 2.0, 3.0])
    assert view is not None
    figures = {figure.name: (figure.current, figure.reference) for figure in view.figures}
    assert figures["largest error"] == ("1", "1")
    assert figures["mean error"] == ("-0.3333", "-0.3333")
    assert view.matrix is None


def test_a_confusion_matrix_is_shaded_by_the_share_of_its_row() -> None:
    view = _view(["classification"], target=[1] * 10 + [0], prediction=[1] * 9 + [0, 0])
    assert view is not None
    assert view.matrix is not None
    assert view.matrix.labels == ("0", "1")
    assert [[(cell.rows, cell.level) for cell in row] for row in view.matrix.rows] == [
        [("1", 4), ("0", 0)],
        [("1", 1), ("9", 4)],
    ]


def test_of_many_labels_only_the_first_are_listed_and_the_rest_is_counted() -> None:
    labels = [f"l{place:02}" for place in range(SHOWN_LABELS + 3)]
    view = _view(["classification"], target=labels, prediction=labels)
    assert view is not None
    assert (len(view.by_label), view.hidden_labels, view.matrix) == (SHOWN_LABELS, 3, None)


def test_certainty_is_drawn() -> None:
    likely = np.linspace(0.01, 0.99, 99)
    view = _view(["certainty"], target=(likely > 0.4) * 1, probability=likely)
    assert view is not None
    assert view.confidence is not None
    assert view.reliability is not None
    assert len(view.reliability.dots) == 5
    assert [figure.name for figure in view.estimated] == ["accuracy", "precision", "recall", "F1", "ROC AUC"]


def test_a_report_without_a_model_says_nothing_of_one() -> None:
    assert _view(["data_summary"], x=normal(9)) is None
