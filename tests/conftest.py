"""What tests share: one real broker, one S3 server, a schema registry each."""

import os
import re
from collections.abc import Generator, Iterator
from itertools import chain, groupby, islice
from typing import TypeVar
from uuid import uuid4

import pytest

from streams.kafka.local_broker import Broker, LocalBrokerError, broker_from_environment
from tests.servers.registry import RegistryServer
from tests.servers.s3 import S3Bucket, S3Server, S3ServerProcess, choose

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_report_header() -> list[str]:
    """Which servers this run is against."""
    return [f"broker: {_chosen_broker()}", f"s3: {_chosen_s3()}"]


def _chosen_broker() -> str:
    try:
        return type(broker_from_environment()).__name__
    except LocalBrokerError as error:
        return f"none ({error})"


def _chosen_s3() -> str:
    try:
        return f"{choose(os.environ)} (built or fetched on first use)"
    except RuntimeError as error:
        return f"none ({error})"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every process begins with some of the files that wait a lot, and ends with tests that compute.

    Processes start with equal stretches of this list, and who is done takes tests from the end of another's.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [list(tests) for _, tests in groupby(filter(_is_slow, items), lambda each: each.path)]
    rest = iter([each for each in items if not _is_slow(each)])
    dealt: list[pytest.Item] = []
    for number in range(processes):
        dealt += chain.from_iterable(slow[number::processes])
        dealt += islice(rest, max(0, len(items) * (number + 1) // processes - len(dealt)))
    items[:] = dealt


def _is_slow(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """A real broker, shared by the whole session: keep to topics below `topic_prefix`."""
    with broker_from_environment() as running:
        yield running


@pytest.fixture
def topic_prefix(request: pytest.FixtureRequest) -> str:
    """Begins the names of this test's topics, groups and transactional ids: no two tests share it."""
    test = re.sub(r"[^a-z0-9]+", "-", request.node.originalname.removeprefix("test_").lower())
    return f"{test[:40]}-{uuid4().hex[:8]}."


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server, shared by the whole session."""
    running = S3ServerProcess(tmp_path_factory.mktemp("s3"))
    yield running.server
    running.stop()


@pytest.fixture
def s3(s3_server: S3Server) -> S3Bucket:
    """A fresh bucket on a real S3 server."""
    return s3_server.fresh_bucket()


@pytest.fixture
def registry() -> Iterator[RegistryServer]:
    """An empty schema registry (a stand-in, see docs/schema-registry.md)."""
    running = RegistryServer()
    yield running
    running.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI=true, a skipped test is a failed one: what guards the guarantees must run."""
    return _without_skips((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """As above, for whole files."""
    return _without_skips((yield))


def _without_skips(report: Report) -> Report:
    expected_failure = hasattr(report, "wasxfail")
    if report.skipped and not expected_failure and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped although CI=true: {report.longrepr}"
    return report
