"""What Evidently 0.7 computed, as a report of ours: values under our names where there are such, else under its own."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from streams.core.reports.config import REPORT_FORMAT, ReportConfig
from streams.core.reports.drift.declaration import DriftedWhen
from streams.core.reports.drift.table import DRIFT_TESTS
from streams.core.reports.json_values import json_ready
from streams.core.reports.results import Entry, Report, judge
from streams.core.reports.testing.outcome import Outcome, Status

Body = Mapping[str, Any]
"""Evidently's snapshot as JSON, or a part of it."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_STATUS = {"SUCCESS": Status.PASS, "FAIL": Status.FAIL, "WARNING": Status.FAIL}
_CONDITION = {"le": "lte", "ge": "gte", "not_eq": "not eq", "in": "is_in"}
_METHODS = {
    "Anderson-Darling": "anderson",
    "chi-square p_value": "chi_square",
    "chisquare": "chi_square",
    "Cramer-von Mises": "cramer_von_mises",
    "Energy-distance": "energy_distance",
    "ed": "energy_distance",
    "Epps-Singleton": "epps_singleton",
    "es": "epps_singleton",
    "Fisher's Exact test": "fisher_exact",
    "Hellinger distance": "hellinger",
    "Jensen-Shannon distance": "jensen_shannon",
    "jensenshannon": "jensen_shannon",
    "Kullback-Leibler divergence": "kl_divergence",
    "kl_div": "kl_divergence",
    "K-S p_value": "ks",
    "Mann-Whitney U-rank test": "mann_whitney",
    "mannw": "mann_whitney",
    "PSI": "psi",
    "Total-Variation-Distance": "tvd",
    "TVD": "tvd",
    "Wasserstein distance (normed)": "wasserstein",
    "Z-test p_value": "z",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What Evidently was given: the kind of each column, why others were left out, and whether there is a reference.

    ``not_compared`` are the reference's columns that the batch has no values of.
    """

    columns: dict[str, str]
    left_out: dict[str, str]
    compares: bool
    not_compared: dict[str, str] = field(default_factory=dict)


def engine_report(body: Body | None, config: ReportConfig, seen: Seen) -> Report:
    """The report that a snapshot of Evidently's amounts to; without one (no rows) there is nothing to say."""
    results = [] if body is None else [body["metric_results"][name] for name in body["top_level_metrics"]]
    found = [_Result(each).entry for each in results]
    entries = tuple(_completed(entry, found, seen) for entry in found)
    asked = [each["metric_value_location"]["metric"]["params"] for each in results]
    share = next((each["drift_share"] for each in asked if "drift_share" in each), 0.5)
    verdict, reason = judge(entries, share, config.drift.uncompared_share, has_reference=seen.compares)
    return Report(
        format=REPORT_FORMAT,
        config_hash=config.hash,
        columns=seen.columns,
        entries=entries,
        verdict=verdict,
        reason=reason,
        tests=tuple(outcome for each in results for outcome in _Result(each).outcomes()),
    )


def settled(body: Body, seed: str) -> bytes:
    """The snapshot as JSON that is the same for the same values: the ids of widgets, which Evidently draws from clock
    and chance, are made from the seed and their order.
    """
    text = json.dumps(json_ready(body), sort_keys=True, allow_nan=False, separators=(",", ":"))
    made: dict[str, str] = {}
    for found in _UUID.findall(text):
        made.setdefault(found, str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed} {len(made)}")))
    return _UUID.sub(lambda found: made[found[0]], text).encode()


class _Result:
    """One metric's result."""

    def __init__(self, result: Body) -> None:
        self._result = result
        where = result["metric_value_location"]["metric"]["params"]
        self._kind = re.split(r"[:.]", where["type"])[-1]
        self._column = where.get("column")
        self._parameters = {name: each for name, each in where.items() if name not in ("type", "column", "tests")}

    @property
    def entry(self) -> Entry:
        name, values = self._named()
        return Entry(metric=name, column=self._column, parameters=json_ready(self._parameters), current=values)

    def outcomes(self) -> Iterator[Outcome]:
        """Its tests."""
        metric, values = self._named()
        field = next(iter(values), "value")
        for test in self._result["tests"]:
            bound = _bound(test.get("test_config") or {})
            status = _STATUS.get(test["status"], Status.ERROR)
            yield Outcome(
                metric=metric,
                column=self._column,
                field=field,
                condition=_CONDITION.get(test["id"], test["id"]),
                expected=None if isinstance(bound, dict) else json_ready(bound),
                of_reference=isinstance(bound, dict),
                value=values.get(field),
                status=status,
                reason=None if status is Status.PASS else test["description"],
            )

    def _named(self) -> tuple[str, dict[str, Any]]:
        values = _values(self._result)
        match self._kind:
            case "ValueDrift":
                return "value_drift", self._drift(values["value"])
            case "DriftedColumnsCount":
                return "dataset_drift", {**values, "threshold": self._parameters.get("drift_share", 0.5)}
            case "RowCount":
                return "row_count", {"rows": values["value"]}
            case "MissingValueCount":
                return "missing_values", values
        return f"evidently:{self._kind}", values

    def _drift(self, score: float | None) -> dict[str, Any]:
        method, threshold = self._parameters.get("method"), self._parameters.get("threshold")
        decided = [test["status"] == "FAIL" for test in self._result["tests"] if test["id"] == "drift"]
        said = json.dumps(self._result.get("widget") or [])
        drifted = decided[0] if decided else "Data drift detected" in said
        ours = _METHODS.get(str(method), str(method))
        known = DRIFT_TESTS[ours].drifted_when if ours in DRIFT_TESTS else DriftedWhen.AT_LEAST
        return {
            "score": score,
            "method": ours,
            "threshold": threshold,
            "drifted": drifted,
            "drifted_when": known.value,
        }


def _values(result: Body) -> dict[str, Any]:
    """A result's numbers: one under `value`, or several under the names of its parts and labels."""
    if "value" in result:
        return {"value": json_ready(result["value"])}
    parts = {name: part for name, part in result.items() if name in ("count", "share", "mean", "std")}
    by_label = {name: part for name, part in result.items() if name in ("counts", "shares", "values")}
    found = {name: json_ready(part["value"]) for name, part in parts.items()}
    for name, labels in by_label.items():
        listed = dict(labels) if isinstance(labels, Mapping) else {each["label"]: each["value"] for each in labels}
        found[name] = {str(label): json_ready(listed[label]["value"]) for label in sorted(listed, key=str)}
    return found


def _bound(test: Body) -> Any:
    return next((test[name] for name in ("threshold", "expected", "values") if name in test), None)


def _completed(entry: Entry, found: list[Entry], seen: Seen) -> Entry:
    """The dataset's drift with the columns that drifted."""
    if entry.metric != "dataset_drift" or entry.current is None:
        return entry
    count, share = entry.current["count"] or 0, entry.current["share"] or 0.0
    compared = [each for each in found if each.metric == "value_drift" and each.current is not None]
    decisions = {each.column or "": (each.current or {})["drifted"] for each in compared}
    values = {
        "columns": round(count / share) if share else len(decisions),
        "drifted_columns": [name for name, drifted in decisions.items() if drifted],
        "count": round(count),
        "share": share,
        "threshold": entry.current["threshold"],
        "drifted": share >= entry.current["threshold"],
        "left_out": seen.left_out,
        "not_compared": seen.not_compared,
    }
    return Entry(metric=entry.metric, parameters=entry.parameters, current=values)
