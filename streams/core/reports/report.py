"""Reports: every chosen metric of a batch, each with its value or the reason why it has none."""

from streams.core.reports.config import REPORT_FORMAT, ReportConfig
from streams.core.reports.dataset import Dataset
from streams.core.reports.measure import measure_entries, measure_tests
from streams.core.reports.results import Report, judge
from streams.core.reports.scope import ReportScope
from streams.core.reports.selection import select_columns
from streams.core.reports.slicing.run import sliced


def compute_report(batch: Dataset, reference: Dataset | None, config: ReportConfig) -> Report:
    """Compute every chosen metric. A metric that fails becomes an entry with its reason and costs only itself.

    Deterministic: equal rows, configuration and reference give an equal report, whatever the order of the rows
    (but for the drift test ``tvd`` and the dummy of default tests) and however the tables are chunked.
    """
    columns, absent = select_columns(batch, reference, config.columns)
    scope = ReportScope(batch, reference, columns, absent, config.drift, config.model)
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
    )
