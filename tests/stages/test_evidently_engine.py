"""`engine: evidently`: with the library in an environment of its own, and without it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from streams.bootstrap import build_reporter
from streams.core.collectors.collector import Collector
from streams.metrics import create_metrics
from streams.settings import Settings
from tests.commands.running import run
from tests.servers.evidently_environment import CHECKOUT, evidently_environ, evidently_python
from tests.stages.evidently_engine_run import PRESETS, by_evidently, published

REMEDY = "engine: evidently needs Evidently, which is not installed; run: pip install 'streams[evidently]'"
COLLECTOR = {
    "id": "theirs",
    "trigger": {"type": "rows", "rows": 100},
    "report": {"engine": "evidently", "evidently": {"metrics": PRESETS}},
}


@pytest.mark.slow
@pytest.mark.timeout(600)  # it may have to build the environment
def test_the_real_library_computes_what_is_published() -> None:
    command = [evidently_python(), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [*command, *(f"tests/stages/evidently_engine_{each}.py" for each in ("cases", "model_cases"))],
        cwd=CHECKOUT,
        env=evidently_environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-2000:]
    assert " passed" in ran.stdout


def test_without_the_library_a_collector_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "collectors.json").write_text(json.dumps({"collectors": [COLLECTOR]}))
    ran = run("collectors", "validate", "collectors.json", folder=tmp_path)
    assert ran.code == 1
    assert f"collector theirs: {REMEDY}" in ran.err


def test_processes_that_compute_walk_through_sets_in_one_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    settings = Settings.model_validate({"store": {"uri": str(tmp_path)}})
    reporter = build_reporter(settings, [Collector.model_validate(COLLECTOR)], create_metrics())
    (found,) = reporter.processes.run(hash, ["some text"])
    reporter.processes.close()  # type: ignore[attr-defined]
    program = [sys.executable, "-c", "print(hash('some text'))"]
    alone = subprocess.run(program, env={"PYTHONHASHSEED": "0"}, capture_output=True, check=True)
    assert found == int(alone.stdout)


def test_without_the_library_a_report_fails_with_the_remedy_and_the_batch_is_intact(tmp_path: Path) -> None:
    assert published(tmp_path, by_evidently(*PRESETS)).snapshot.error == REMEDY
