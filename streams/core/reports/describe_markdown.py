"""The page docs/reports.md, from the declarations of metrics and drift tests."""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from streams.core.reports.conditions.table import CONDITIONS
from streams.core.reports.drift.declaration import DriftTest
from streams.core.reports.drift.table import DRIFT_TESTS
from streams.core.reports.embeddings.declaration import EmbeddingMethod
from streams.core.reports.embeddings.table import EMBEDDING_METHODS
from streams.core.reports.metrics.declaration import ColumnMetric, Metric
from streams.core.reports.metrics.table import METRICS, PRESETS
from streams.core.reports.verdicts import VERDICTS

_INTRODUCTION: Final = """\
# Reports

What is computed on every batch. This page is written by `scripts/generate_docs.py` from the declarations that validate
a collector's `report`.

```yaml
report:
  metrics:                     # without it: data_summary, and data_drift where there is a reference
    - data_drift               # a preset or a metric by name
    - name: quantiles          # or with columns and parameters
      columns: [amount]
      parameters: {probabilities: [0.5, 0.99]}
  drift:
    numeric_method: psi        # for a kind: numeric_method, categorical_method; for all: method
    column_methods: {age: ks}  # for one column, before the others
    column_thresholds: {age: 0.01}
    share: 0.3                 # of drifted columns, from which the batch counts as drifted (0.5)
    uncompared_share: 0.2      # of the reference's columns, from which a batch that lacks them is not_comparable (0.5)
  columns:
    exclude: ["metadata.*"]    # or include: names and patterns
    kinds: {postcode: categorical}
  model:                       # for metrics of model quality; shown with what is looked for without it
    target: target             # the truth
    prediction: prediction     # the answer; without such a column, a batch's concepts
    probabilities: probability # of the positive label; or each label's column: {cat: p_cat, dog: p_dog}
    positive_label: spam       # without it 1 or true, where there are two labels
    threshold: 0.8             # probability from which on the positive label counts as predicted
    probability_scale: percent # where probabilities, those of concepts too, go to 100 (unit: to 1)
    least_labels: 100          # rows with the truth, from which on tests of quality are decided (30)
    least_labelled: 0.2        # and their share of all rows (0)
  default_tests: true          # the conditions that Evidently's presets bring (false)
  tests:                       # and one's own, on any metric; they replace its default ones
    - {metric: row_count, gte: 1000}
    - {metric: accuracy, within: 5%}     # of the reference's
    - {metric: missing_values, columns: [amount], field: share, lte: reference, tolerance: 20%}
    - {metric: quality_by_label, field: spam.recall, gt: 0.9}
  slices:                      # the same metrics and tests for parts of the rows
    - {by: metadata.region, most: 5}     # each value, the most common first (10)
    - {name: large, where: {field: amount, greater_than: 100}}
```

Columns are `numeric`, `categorical`, `text`, `datetime` or `other`, by Evidently's rules: integers of up to 10 values
and strings that repeat are categorical. The reference decides where there is one, so that a small batch changes
nothing. A metric that fails is an entry with its reason and costs only itself.

A batch's column may hold values of several types, as JSON lets it. It is read as what it is in the reference, else as
what most of its values are: numbers, texts or truths. The others are counted as `unreadable` and shown, and left out;
labels among them count where they say what another one says, as true does among 0 and 1.

Rows without target or prediction (or probability, where there are any) are left out of metrics of model quality, and
counted in `confusion_matrix`; blank text is no label. Values outside 0 to 1 (or 100) are no probabilities: metrics that
need them are errors that name the column and the values.
Numbers are labels by their value, whatever their type and however they are written: 1, 1.0, "1", "1.0" and a decimal
1.00 are one label, and a float of 32 bits is the number that it is written as. Texts count as numbers in plain digits
alone: "007", "+1" and "1e3" are texts. True is 1 and false is 0 beside labels of 0 and 1. This holds for labels that
come later too. Of more than two labels, precision, recall, F1 and ROC AUC are means over labels. A preset brings what
the data allow: no rates of more than two labels, no ROC AUC without probabilities.
"""

_TESTS: Final = """\
A test has one condition on one field of a metric's value (the metric's one number where no field is named), for every
column that the metric is computed on, or those named. A metric that only a test names is computed too. A test of a
model's quality is `undecided`, neither passed nor failed, while fewer rows than `least_labels` have the truth (of a
smaller batch: while any lacks it); metrics that need the truth, where no row has it yet, are listed under
`awaits_labels` and computed [as labels come](labels.md). A bound is a
number, or `reference`: the same field of the reference, more or less a `tolerance` (a share of its size; 0.000001
without it). A test passes, fails, or is an error where there is no value, or nothing to hold it against. With
`default_tests`, every metric without a test of its own brings the conditions of Evidently 0.7.23
(`streams/core/reports/testing/defaults.py`): close to the reference, or without one better than a model that only knows
how often each answer is right, and data without holes and duplicates. Where Evidently compares numeric labels with
texts (log loss), or errors with themselves (regression), the bound is the one that it means.
"""

_VERDICTS: Final = """\
Columns of the reference that the batch lacks, or holds no readable value in, are errors of `value_drift` and listed
under `not_compared` of `dataset_drift`; columns without a value in the reference itself are not counted. A verdict that
is no answer has a `reason` in the report, the tables, the page and the alert.
"""

_SLICES: Final = """\
A slice is reported on like the whole batch: the same metrics, tests and verdict, over the rows of one value of a
column, or those where a condition holds (as in [filters](operators.md)). It is compared with the same part of the
reference, with the whole of it where the reference lacks the column, and with nothing where the reference has no such
rows. What a column is, and what the model decides between, stays as in the whole batch. Values that are not listed are
counted.
"""

_RULES: Final = """\
## Which test by default

n: usable rows of the reference; u: distinct values of both sides together. Missing and infinite values are left out.

| column | n up to 1,000 | n above 1,000 |
|---|---|---|
| numeric, u > 5 | `ks` | `wasserstein` |
| numeric, u up to 5; categorical | `chi_square`, `z` where u is at most 2 | `jensen_shannon` |

## Where Evidently's values differ

Scores, decisions and model quality are those of Evidently 0.7.23 to 1e-9 (`tests/core/reports`), but for this:

- Two sides of one and the same value do not differ: 1 by every test of chance, 0 by every distance. Evidently gives NaN
  by some, and drift by `cramer_von_mises`.
- A column whose score is undefined (one row and a t-test, say) could not be compared. To Evidently it is stable.
- -0.0 and 0.0 are one value everywhere.
- Whole numbers of 64 bits are exact, those beyond 2^53 too, and beyond 2^63: their distinct values, bins, quantiles and
  scores. Instants keep their nanoseconds.
- Floats of 32 bits are computed on as doubles; a side of 64 bits is rounded to theirs, so that 0.1 is 0.1. Bins of
  floats near 1e15 depend on how the bins' edges are rounded: a value may fall on the other side of one.
- `tvd` counts splits at the observed distance as at least as far, whatever the rounding. Above 20,000 rows of both
  sides together it draws counts instead of rows: the same distribution, other random numbers.
- `cramer_von_mises` is exact up to 20 rows a side as scipy has it, ties included.
- `g_test` and `fisher_exact` take sides of different size, and `fisher_exact` refuses more than two values.
- A column's kind comes from the reference. `mape` takes negative targets by their size. `std`, `mean` and the like
  leave infinite numbers out.
"""


def page() -> str:
    """The page as Markdown."""
    return "\n".join(
        [
            _INTRODUCTION,
            *_metrics(),
            "## Tests",
            "",
            _TESTS,
            *_table(("condition", "holds"), ((f"`{one.name}`", one.semantics) for one in CONDITIONS.values())),
            "",
            "## Verdicts",
            "",
            _VERDICTS,
            *_table(("verdict", "means"), ((f"`{name}`", one.semantics) for name, one in VERDICTS.items())),
            "",
            "## Slices",
            "",
            _SLICES,
            *_drift_tests(),
            _RULES,
        ]
    )


def _metrics() -> Iterator[str]:
    yield from ("## Metrics", "")
    yield from _table(("metric", "columns", "parameters", "meaning"), map(_metric, METRICS.values()))
    yield from ("", "Presets stand for several:", "")
    yield from (f"- `{name}`: {', '.join(names)}" for name, names in PRESETS.items())
    yield ""


def _drift_tests() -> Iterator[str]:
    yield from ("## Drift tests", "")
    heads = ("test", "in Evidently", "columns", "drift if", "meaning of the score")
    yield from _table(heads, map(_test, DRIFT_TESTS.values()))
    yield from ("", "## Embeddings", "")
    yield "`embedding_drift` compares by one of these, with Evidently's values (`mmd`: of up to 1,000 rows a side)."
    yield ""
    yield from _table(("method", "drift if", "meaning of the score"), map(_method, EMBEDDING_METHODS.values()))
    yield ""


def _metric(metric: Metric) -> tuple[str, ...]:
    kinds = _kinds(metric.kinds) if isinstance(metric, ColumnMetric) else "dataset"
    defaults = metric.parameters().model_dump(mode="json")
    parameters = ", ".join(f"`{name}` ({json.dumps(value)})" for name, value in defaults.items())
    return f"`{metric.name}`", kinds, parameters or "none", metric.semantics


def _method(method: EmbeddingMethod) -> tuple[str, ...]:
    return f"`{method.name}`", f"> {method.threshold}", method.semantics


def _test(test: DriftTest) -> tuple[str, ...]:
    rule = f"{test.drifted_when.value} {test.threshold}"
    return f"`{test.name}`", f"`{test.evidently_name}`", _kinds(test.kinds), rule, test.semantics


def _kinds(kinds: Iterable[str]) -> str:
    return ", ".join(sorted(kinds))


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
