"""A model's quality as a page shows it: figures beside the reference's, labels, confusions, certainty."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from streams.core.reports.html.charts import HEIGHT, WIDTH, Steps, steps
from streams.core.reports.html.columns import Figure
from streams.core.reports.html.texts import NOTHING, number, share
from streams.core.reports.results import Entry

SHOWN_LABELS: Final = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """Rows of a true label that were predicted as another, and how dark to draw them (0 to 4)."""

    rows: str
    level: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """A confusion matrix: a row of cells for each true label."""

    labels: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left_out: str


@dataclass(frozen=True, slots=True)
class Reliability:
    """Accuracy by confidence as a path and dots in a box of WIDTH by HEIGHT; the diagonal would be perfect."""

    path: str
    dots: tuple[tuple[float, float], ...]
    error: str


@dataclass(frozen=True, slots=True)
class QualityView:
    """Everything that a page says of a model. Parts that there is nothing to say of are empty or None."""

    figures: tuple[Figure, ...]
    estimated: tuple[Figure, ...]
    by_label: tuple[tuple[str, ...], ...]
    hidden_labels: int
    matrix: Matrix | None
    confidence: Steps | None
    reliability: Reliability | None


def quality_view(entries: Sequence[Entry]) -> QualityView | None:
    """What a report says of a model; None where it says nothing."""
    found = {entry.metric: entry for entry in entries if entry.column is None and entry.current is not None}
    labels = _current(found, "quality_by_label")
    view = QualityView(
        figures=tuple(
            figure for metric, field, name, show in _FIGURES for figure in _figure(found.get(metric), field, name, show)
        ),
        estimated=tuple(
            figure
            for field, name in _ESTIMATED
            for figure in _figure(found.get("estimated_quality"), field, name, number)
        ),
        by_label=tuple(_label_row(label, values) for label, values in list(labels.items())[:SHOWN_LABELS]),
        hidden_labels=max(0, len(labels) - SHOWN_LABELS),
        matrix=_matrix(_current(found, "confusion_matrix")),
        confidence=_confidence(found.get("confidence_distribution")),
        reliability=_reliability(_current(found, "calibration")),
    )
    return view if any((view.figures, view.estimated, view.by_label, view.matrix, view.confidence)) else None


def _current(found: dict[str, Entry], metric: str) -> dict[str, Any]:
    entry = found.get(metric)
    return {} if entry is None or entry.current is None else entry.current


def _figure(entry: Entry | None, field: str, name: str, show: Callable[[Any], str]) -> list[Figure]:
    if entry is None or entry.current is None or entry.current.get(field) is None:
        return []
    theirs = None if entry.reference is None else entry.reference.get(field)
    return [Figure(name, show(entry.current[field]), NOTHING if theirs is None else show(theirs))]


def _label_row(label: str, values: dict[str, Any]) -> tuple[str, ...]:
    columns = ("rows", "precision", "recall", "f1", "roc_auc")
    return label, *(number(values[column]) if values.get(column) is not None else NOTHING for column in columns)


def _matrix(values: dict[str, Any]) -> Matrix | None:
    if not values or len(values["labels"]) > SHOWN_LABELS:
        return None
    left_out = values.get("left_out")
    rows = tuple(_cells(counts) for counts in values["counts"])
    return Matrix(tuple(values["labels"]), rows, number(left_out) if left_out else "")


def _cells(counts: Sequence[int]) -> tuple[Cell, ...]:
    total = sum(counts) or 1
    return tuple(Cell(number(count), -(-4 * count // total)) for count in counts)


def _confidence(entry: Entry | None) -> Steps | None:
    return None if entry is None or entry.current is None else steps(entry.current, entry.reference)


def _reliability(values: dict[str, Any]) -> Reliability | None:
    if not values:
        return None
    known = [
        (said, were) for said, were in zip(values["confidence"], values["accuracy"], strict=True) if said is not None
    ]
    dots = tuple((round(said * WIDTH, 1), round(HEIGHT - were * HEIGHT, 1)) for said, were in known)
    return Reliability("M" + "L".join(f"{x} {y}" for x, y in dots), dots, number(values["error"]))


_FIGURES: Final[tuple[tuple[str, str, str, Callable[[Any], str]], ...]] = (
    ("accuracy", "value", "accuracy", number),
    ("precision", "value", "precision", number),
    ("recall", "value", "recall", number),
    ("f1", "value", "F1", number),
    ("roc_auc", "value", "ROC AUC", number),
    ("log_loss", "value", "log loss", number),
    ("tpr", "value", "true positive rate", number),
    ("tnr", "value", "true negative rate", number),
    ("fpr", "value", "false positive rate", number),
    ("fnr", "value", "false negative rate", number),
    ("calibration", "error", "calibration error", number),
    ("mean_error", "mean", "mean error", number),
    ("mae", "mean", "mean absolute error", number),
    ("mape", "mean", "mean absolute error, per cent", number),
    ("rmse", "value", "root mean squared error", number),
    ("r2", "value", "R²", number),
    ("max_error", "value", "largest error", number),
    ("concept_coverage", "share", "rows recognised", share),
    ("concept_coverage", "mean_concepts", "concepts by row", number),
    ("confidence_distribution", "mean", "mean confidence", number),
    ("confidence_distribution", "lead", "mean lead over the second", number),
)
_ESTIMATED: Final = (
    ("accuracy", "accuracy"),
    ("precision", "precision"),
    ("recall", "recall"),
    ("f1", "F1"),
    ("roc_auc", "ROC AUC"),
)
