"""Reports: every chosen metric of a batch, each with its value or the reason why it has none."""

from collections.abc import Iterator

import pyarrow as pa

from streams.core.reports.config import REPORT_FORMAT, MetricChoice, ReportConfig
from streams.core.reports.dataset import Dataset
from streams.core.reports.measure import awaiting_labels, measure_entries, measure_tests, too_few_labels
from streams.core.reports.results import Report, judge
from streams.core.reports.scope import ReportScope
from streams.core.reports.selection import select_columns
from streams.core.reports.slicing.run import sliced
from streams.core.reports.testing.outcome import Outcome
from streams.core.reports.testing.run import undecided
from streams.core.reports.verdicts import Verdict


def compute_report(
    batch: Dataset, reference: Dataset | None, config: ReportConfig, *, of_rows: int | None = None
) -> Report:
    """Compute every chosen metric. A metric that fails becomes an entry with its reason and costs only itself.

    Deterministic: equal rows, configuration and reference give an equal report, whatever the order of the rows
    (but for the drift test ``tvd`` and the dummy of default tests) and however the tables are chunked. Where a batch
    holds the labelled rows alone, ``of_rows`` is how many there are in all.
    """
    columns, absent = select_columns(batch, reference, config.columns)
    scope = ReportScope(batch, reference, columns, absent, config.drift, config.model, of_rows=of_rows)
    entries = measure_entries(scope, config)
    drift, has_reference = config.drift, reference is not None
    verdict, reason = judge(entries, drift.share, drift.uncompared_share, has_reference=has_reference)
    return Report(
        format=REPORT_FORMAT,
        config_hash=config.hash,
        columns={column.name: column.kind.value for column in columns},
        entries=entries,
        verdict=verdict,
        reason=reason,
        tests=measure_tests(scope, entries, config),
        slices=tuple(sliced(scope, choice, config) for choice in config.slices),
        awaits_labels=awaiting_labels(scope, config),
        too_few_labels=too_few_labels(scope, config),
    )


def report_without_rows(config: ReportConfig, reference: Dataset | None, late_rows: int) -> Report:
    """What there is to say of a window of which no row came in time: its count of rows. Other tests are undecided."""
    empty = Dataset(pa.table({}))
    counted = tuple(test for test in config.tests if test.metric == "row_count")
    rows = ReportConfig(metrics=(MetricChoice(name="row_count"),), tests=counted)
    scope = ReportScope(empty, reference, (), {}, config.drift, config.model)
    entries = measure_entries(scope, rows)
    reason = _no_rows(late_rows)
    return Report(
        format=REPORT_FORMAT,
        config_hash=config.hash,
        columns={},
        entries=entries,
        verdict=Verdict.NO_ROWS,
        reason=reason,
        tests=(*measure_tests(scope, entries, rows), *_undecided(config, reason)),
    )


def _undecided(config: ReportConfig, reason: str) -> Iterator[Outcome]:
    for test in config.tests:
        if test.metric != "row_count":
            yield from undecided(test, reason)


def _no_rows(late_rows: int) -> str:
    if not late_rows:
        return "the window has no rows"
    rows = "the only row" if late_rows == 1 else f"all {late_rows:,} rows"
    return f"{rows} of the window came late, none in time: raise allowed_lateness, or find what holds events back"
