"""Delivery to real Evidently UIs of both generations."""

import json
import logging
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import msgspec
import pytest

from streams.core.collectors.outlets import EvidentlyUi
from streams.core.reports.config import ReportConfig
from streams.core.reports.report import compute_report
from streams.core.snapshots import BatchFacts, Snapshot, failed_snapshot, report_snapshot
from streams.outlets.errors import OutletRefusedError, OutletUnavailableError
from streams.outlets.evidently_ui import EvidentlyUiOutlet
from streams.outlets.http import open_http
from tests.core.reports.columns import dataset, normal
from tests.core.test_snapshots import FACTS, REFERENCE, make_snapshot
from tests.servers.evidently_environment import CHECKOUT, evidently_environ, evidently_python
from tests.servers.evidently_ui import SECRET, EvidentlyUiServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # a UI takes its time on a busy machine


@pytest.fixture(scope="module", params=["ui", "legacy_ui"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EvidentlyUiServer]:
    running = EvidentlyUiServer(tmp_path_factory.mktemp("evidently"), request.param)
    yield running
    running.stop()


@pytest.fixture
def project(server: EvidentlyUiServer) -> EvidentlyUi:
    """A fresh one, with its secret."""
    return EvidentlyUi.model_validate(
        {"api_url": server.url, "project_id": server.create_project(), "api_secret": SECRET}
    )


@pytest.fixture
def outlet() -> EvidentlyUiOutlet:
    return EvidentlyUiOutlet(open_http())


def snapshot_with_tests() -> Snapshot:
    config = ReportConfig.model_validate({"default_tests": True, "tests": [{"metric": "row_count", "gte": 1_000}]})
    sides = dataset(amount=normal(100, 9, seed=1)), dataset(amount=normal(100))
    return report_snapshot(FACTS, compute_report(*sides, config), REFERENCE)


def test_a_snapshot_is_there_once_however_often_it_is_delivered_and_the_ui_restarted(
    server: EvidentlyUiServer, project: EvidentlyUi, outlet: EvidentlyUiOutlet
) -> None:
    snapshot = make_snapshot(mean=9)
    assert outlet.deliver(project, snapshot)
    server.stop()
    with pytest.raises(OutletUnavailableError):
        outlet.deliver(project, snapshot)
    server.start()

    assert not outlet.deliver(project, snapshot)
    assert not EvidentlyUiOutlet(open_http()).deliver(project, snapshot)

    (there,) = server.snapshots(project.project_id)
    assert there["metadata"]["batch"] == snapshot.batch_id
    assert there["metadata"]["verdict"] == "drifted"
    assert there["timestamp"] == "2025-11-21T11:00:00"


def test_what_is_read_back_has_the_snapshots_values(
    server: EvidentlyUiServer, project: EvidentlyUi, outlet: EvidentlyUiOutlet
) -> None:
    snapshot = make_snapshot(mean=9)
    outlet.deliver(project, snapshot)
    (there,) = server.snapshots(project.project_id)
    entry = snapshot.report and snapshot.report.of("value_drift", "amount")
    assert entry is not None
    assert entry.current is not None

    said = server.download(project.project_id, there["id"])["metrics"]

    if "metric" in said[0]:  # the generation before
        drift = {one["result"].get("column_name"): one["result"] for one in said}
        assert drift[None]["share_of_drifted_columns"] == snapshot.drift["share"]
        assert drift["amount"]["drift_score"] == entry.current["score"]
    else:
        values = {one["metric_name"]: one["value"] for one in said}
        assert values["ValueDrift(column=amount)"] == entry.current["score"]
        assert values["RowCount()"] == 100
        assert values["DriftedColumnsCount()"] == {"count": 1.0, "share": snapshot.drift["share"]}
        assert "quantiles(column=amount,field=0.5)" in values
    assert server.ask("GET", f"/api/projects/{project.project_id}/{there['id']}/data")["widgets"]


def test_a_window_that_was_reported_on_anew_replaces_what_was_there(
    server: EvidentlyUiServer, project: EvidentlyUi, outlet: EvidentlyUiOutlet
) -> None:
    first = make_snapshot(mean=9)
    revised = msgspec.structs.replace(first, late_rows=4)
    outlet.deliver(project, first)

    assert outlet.deliver(project, revised)

    (there,) = server.snapshots(project.project_id)
    assert there["metadata"]["late_rows"] == "4"


def test_several_workers_that_deliver_at_once_leave_one_snapshot(
    server: EvidentlyUiServer, project: EvidentlyUi
) -> None:
    snapshot, together = make_snapshot(mean=9), Barrier(4)

    def deliver() -> None:
        outlet = EvidentlyUiOutlet(open_http())
        together.wait()
        outlet.deliver(project, snapshot)

    workers = [Thread(target=deliver) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()

    assert len(server.snapshots(project.project_id)) == 1


def test_failed_and_snapshot_with_testss_are_taken_by_the_ui_of_today(
    server: EvidentlyUiServer, project: EvidentlyUi, outlet: EvidentlyUiOutlet
) -> None:
    failed = failed_snapshot(BatchFacts(collector_id="fraud", batch_id="e" * 32), "f" * 64, None, "no reference")
    outlet.deliver(project, snapshot_with_tests())
    (there,) = server.snapshots(project.project_id)
    said = server.download(project.project_id, there["id"])
    if "metric" in said["metrics"][0]:  # the generation before has no place for what has no drift
        with pytest.raises(OutletRefusedError, match="only told of drift"):
            outlet.deliver(project, failed)
        return
    assert {"SUCCESS", "FAIL"} <= {one["status"] for one in said["tests"]}

    outlet.deliver(project, failed)

    assert "no reference" in {one["metadata"].get("error") for one in server.snapshots(project.project_id)}


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"api_secret": "not-the-secret"}, "see the outlet's api_secret"),
        ({"project_id": "00000000-0000-0000-0000-000000000000"}, "has the project"),
    ],
)
def test_what_is_refused_is_said_with_its_remedy_and_without_the_secret(
    project: EvidentlyUi,
    outlet: EvidentlyUiOutlet,
    wrong: dict[str, str],
    remedy: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = wrong.get("api_secret", SECRET)
    given = {**project.model_dump(), "api_secret": SECRET, **wrong}

    with caplog.at_level(logging.DEBUG), pytest.raises(OutletRefusedError, match=remedy) as refused:
        outlet.deliver(EvidentlyUi.model_validate(given), make_snapshot())

    assert secret not in f"{refused.value}{caplog.text}"


@pytest.mark.parametrize("server", ["ui"], indirect=True)
def test_what_evidently_computed_is_there_as_evidently_wrote_it(
    server: EvidentlyUiServer, project: EvidentlyUi, tmp_path: Path
) -> None:
    program = [evidently_python(), "tests/stages/evidently_engine_run.py", tmp_path]
    subprocess.run(program, cwd=CHECKOUT, env=evidently_environ(), check=True)
    snapshot = Snapshot.from_json_bytes((tmp_path / "snapshot.json").read_bytes())
    own = (tmp_path / "evidently.json").read_bytes()
    outlet = EvidentlyUiOutlet(open_http(), lambda _snapshot: own)

    assert [outlet.deliver(project, snapshot) for _ in range(2)] == [True, False]

    (there,) = server.snapshots(project.project_id)
    assert there["metadata"]["batch"] == snapshot.batch_id
    written = json.loads(own)
    shown = server.ask("GET", f"/api/projects/{project.project_id}/{there['id']}/data")["widgets"]
    assert [each["type"] for each in shown][: len(written["widgets"])] == [each["type"] for each in written["widgets"]]
    said = {one["metric_name"]: one["value"] for one in server.download(project.project_id, there["id"])["metrics"]}
    entry = snapshot.report and snapshot.report.of("value_drift", "amount")
    assert entry is not None
    assert entry.current is not None
    drift = next(value for name, value in said.items() if name.startswith("ValueDrift(column=amount"))
    assert drift == entry.current["score"]
    assert len(said) == len(written["metric_results"])
