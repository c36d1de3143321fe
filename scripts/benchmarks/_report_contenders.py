"""Drift reports by one contender: `python _report_contenders.py ours|evidently FOLDER RUNS` prints JSON.

Reads reference.parquet and current.parquet of FOLDER before the clock starts. Imports nothing of this project for
Evidently, which lives in an environment of its own.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

Scores = dict[str, float]


def ours(folder: Path) -> dict[str, Callable[[], Scores]]:
    """Drift alone, drift against a reference that is kept between batches, and the whole default report."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    import pyarrow.parquet as pq

    from streams.core.reports.config import ReportConfig
    from streams.core.reports.dataset import Dataset
    from streams.core.reports.report import compute_report

    reference, current = (pq.read_table(folder / f"{side}.parquet") for side in ("reference", "current"))
    drift = ReportConfig.model_validate({"metrics": ["data_drift"]})
    kept = Dataset(reference)

    def scores(config: ReportConfig, compared: Dataset) -> Scores:
        report = compute_report(Dataset(current), compared, config)
        found = [entry for entry in report.entries if entry.metric == "value_drift"]
        return {str(entry.column): entry.current["score"] for entry in found if entry.current}

    return {
        "drift": lambda: scores(drift, Dataset(reference)),
        "drift, kept reference": lambda: scores(drift, kept),
        "drift and summary": lambda: scores(ReportConfig(), Dataset(reference)),
    }


def evidently(folder: Path) -> dict[str, Callable[[], Scores]]:
    """Evidently's own drift preset."""
    import pandas as pd
    from evidently import Report
    from evidently.presets import DataDriftPreset

    reference, current = (pd.read_parquet(folder / f"{side}.parquet") for side in ("reference", "current"))

    def scores() -> Scores:
        metrics = Report([DataDriftPreset()]).run(current, reference).dict()["metrics"]
        drifts = [metric for metric in metrics if "ValueDrift" in metric["metric_name"]]
        return {metric["metric_name"].split("column=")[1].split(",")[0]: float(metric["value"]) for metric in drifts}

    return {"drift": scores}


def measure(compute: Callable[[], Scores], runs: int) -> dict[str, Any]:
    """Scores, and the median of several runs after one to warm up."""
    found, taken = compute(), []
    for _ in range(runs):
        began = time.perf_counter()
        compute()
        taken.append(time.perf_counter() - began)
    return {"seconds": sorted(taken)[len(taken) // 2], "scores": found}


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    contender = {"ours": ours, "evidently": evidently}[sys.argv[1]]
    measured = {name: measure(run, int(sys.argv[3])) for name, run in contender(Path(sys.argv[2])).items()}
    print(json.dumps(measured))
