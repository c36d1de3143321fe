"""Jobs in real processes: what they cost that hang, that die, and whose worker dies."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streams.kafka.errors import GivenUpError
from streams.stages.job_processes import JobProcessesState, Lost
from streams.stages.report_process import initialise
from streams.stores.errors import StoreUnavailableError
from tests.core.batches.closed_windows import collector_of
from tests.stages.labelling import LabelRun

_NEVER_S = 3_600.0
_ENDLESS = re.compile(r"(a+)+$")


def nothing() -> None:
    """What a process is made ready with."""


def double(number: int) -> int:
    return 2 * number


def process_id(number: int) -> int:
    time.sleep(0.2 * number)  # so that another process takes the next job
    return os.getpid()


def hang_at(number: int) -> int:
    """Hold the interpreter for ever, as a library may that is stuck in its own code."""
    if number == 1:
        _ENDLESS.match("a" * 64 + "b")
    return number


def stuck(number: int) -> None:
    os.write(1, b"ready\n")
    hang_at(number)
    time.sleep(_NEVER_S)


def die_at(number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_once(marker: Path) -> str:
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def begin_and_hang(marker: Path) -> None:
    marker.touch()
    signal.pause()


def fail_at(number: int) -> int:
    if number == 1:
        raise RuntimeError("the job is odd")
    return number


def no_store(number: int) -> int:
    raise StoreUnavailableError(f"away for {number}")


@pytest.fixture
def processes() -> Iterator[JobProcessesState]:
    made = JobProcessesState(2, _NEVER_S, nothing)
    yield made
    made.close()


def test_answers_come_in_the_order_of_jobs_and_processes_are_used_again(processes: JobProcessesState) -> None:
    assert processes.run(double, range(20)) == [2 * number for number in range(20)]
    used = set(processes.run(process_id, [1, 1]))
    assert len(used) == 2
    assert set(processes.run(process_id, [0])) <= used
    assert processes.run(double, []) == []


@pytest.mark.parametrize("count", [1, 2])
def test_a_job_that_hangs_is_ended_and_costs_itself_alone(count: int) -> None:
    processes = JobProcessesState(count, 3, nothing)
    first, hung, last = processes.run(hang_at, range(3))
    processes.close()
    assert (first, last) == (0, 2)
    assert isinstance(hung, Lost)
    assert "reports.timeout_s=3" in hung.reason
    assert "STREAMS_REPORTS_TIMEOUT_S" in hung.reason


@pytest.mark.parametrize("count", [1, 2])
def test_a_job_that_kills_its_process_costs_itself_alone(count: int) -> None:
    processes = JobProcessesState(count, _NEVER_S, nothing)
    first, dead, last = processes.run(die_at, range(3))
    processes.close()
    assert (first, last) == (0, 2)
    assert isinstance(dead, Lost)
    assert "more memory" in dead.reason


def test_a_job_whose_process_died_by_chance_is_computed_again(processes: JobProcessesState, tmp_path: Path) -> None:
    assert processes.run(die_once, [tmp_path / "marker"]) == ["done"]


def test_a_process_that_died_while_it_had_nothing_to_do_is_replaced(processes: JobProcessesState) -> None:
    (number,) = processes.run(process_id, [0])
    assert isinstance(number, int)
    os.kill(number, signal.SIGKILL)
    assert processes.run(double, [1]) == [2]


def test_a_job_that_raises_is_lost_with_its_reason(processes: JobProcessesState) -> None:
    assert processes.run(fail_at, range(3)) == [0, Lost("RuntimeError: the job is odd"), 2]


def test_jobs_that_are_given_up_end_at_once_and_others_can_follow(processes: JobProcessesState, tmp_path: Path) -> None:
    marker = tmp_path / "begun"
    with pytest.raises(GivenUpError):
        processes.run(begin_and_hang, [marker, marker], marker.exists)
    assert processes.run(double, [1]) == [2]


def test_a_store_that_is_away_is_no_fault_of_the_job(processes: JobProcessesState) -> None:
    with pytest.raises(StoreUnavailableError, match="away for 3"):
        processes.run(no_store, [3])


@pytest.mark.parametrize("number", [0, 1], ids=["one that sleeps", "one that holds the interpreter"])
def test_no_process_outlives_a_worker_that_is_killed(number: int) -> None:
    """Neither one that waits for a job, nor one that is at it."""
    program = (
        "from tests.stages.test_job_processes import *\n"
        "if __name__ == '__main__':\n"
        "    processes = JobProcessesState(2, 2, nothing)\n"
        "    processes.run(process_id, [1, 1])\n"
        f"    processes.run(stuck, [{number}])\n"
    )
    worker = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"ready\n"
    worker.kill()
    worker.wait()
    with worker.stdout as output:
        assert output.read() == b""  # it ends once the last process has gone that inherited it


def _events(first: int) -> list[dict[str, str]]:
    return [{"id": f"e{number}", "prediction": "ab"[number % 2]} for number in range(first, first + 4)]


def _labels(first: int) -> list[dict[str, str]]:
    return [{"id": f"e{number}", "target": "aabb"[number % 4]} for number in range(first, first + 4)]


def test_a_quality_that_hangs_is_published_as_an_error_and_other_batches_have_theirs(tmp_path: Path) -> None:
    """Reading from a pipe that nobody writes to takes for ever: as a file server may that is away."""
    os.mkfifo(tmp_path / "pipe.parquet")
    processes = JobProcessesState(1, 20.0, initialise, (str(tmp_path / "objects"), None, tmp_path))
    run = LabelRun(tmp_path / "objects", collector_of(id="scores", reference="pipe.parquet"), processes=processes)
    hung = run.batch(*_events(0))
    run.label(*_labels(0))
    run.settle()

    (tmp_path / "pipe.parquet").unlink()
    pq.write_table(pa.table({"prediction": ["a", "b"]}), tmp_path / "pipe.parquet")
    run.batch(*_events(4), hour=1)
    run.label(*_labels(4))
    run.settle()
    processes.close()

    failed, good = run.snapshots()
    assert (failed.batch_id, failed.kind, failed.labels_used and failed.labels_used.labelled) == (
        hung.batch_id,
        "quality",
        4,
    )
    assert failed.error is not None
    assert "reports.timeout_s=20" in failed.error
    assert "streams quality --publish" in failed.error
    assert good.error is None
