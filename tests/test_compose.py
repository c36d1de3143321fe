"""docker-compose.yml and what it mounts fit together, and fit the program."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.core.collectors.file_schema import CollectorFile
from streams.metrics import create_metrics
from streams.settings.sources import environment_variables
from tests.servers.s3 import VERSITYGW

CHECKOUT = Path(__file__).parents[1]
COMPOSE = CHECKOUT / "scripts" / "compose"


@pytest.fixture(scope="module")
def composed() -> dict[str, Any]:
    return yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def queries() -> list[str]:
    dashboard = json.loads((COMPOSE / "grafana" / "dashboards" / "streams.json").read_text(encoding="utf-8"))
    return [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]


def metric_labels() -> dict[str, set[str]]:
    """Every name that the worker exposes, with its labels."""
    metrics = create_metrics()
    fields = (getattr(metrics, name) for name in metrics.__dataclass_fields__ if name != "registry")
    labels = {field.describe()[0].name: set(field._labelnames) for field in fields}
    suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "gauge": [""]}
    kinds = {family.name: family.type for family in metrics.registry.collect()}
    return {name + suffix: known for name, known in labels.items() for suffix in suffixes[kinds[name]]}


def test_what_a_service_waits_for_exists_and_can_be_waited_for(composed: dict[str, Any]) -> None:
    services = composed["services"]
    for service in services.values():
        for name, wait in service.get("depends_on", {}).items():
            assert wait["condition"] in ("service_healthy", "service_completed_successfully")
            assert wait["condition"] != "service_healthy" or "healthcheck" in services[name]


def test_every_service_that_stays_has_a_health_check(composed: dict[str, Any]) -> None:
    one_shot = {
        name
        for service in composed["services"].values()
        for name, wait in service.get("depends_on", {}).items()
        if wait["condition"] == "service_completed_successfully"
    }
    lacking = {name for name, service in composed["services"].items() if "healthcheck" not in service}
    assert lacking == one_shot


def test_everything_mounted_or_built_is_there(composed: dict[str, Any]) -> None:
    for service in composed["services"].values():
        mounts = [volume.split(":")[0] for volume in service.get("volumes", [])]
        files = [CHECKOUT / mount for mount in mounts if mount.startswith(".")]
        if build := service.get("build"):
            files.append(CHECKOUT / build["context"] / build["dockerfile"])
        assert [str(path) for path in files if not path.exists()] == []
        assert {mount for mount in mounts if not mount.startswith(".")} <= set(composed["volumes"])


def test_ports_are_open_to_this_machine_only(composed: dict[str, Any]) -> None:
    ports = [port for service in composed["services"].values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_images_are_pinned_to_the_versions_that_tests_use(composed: dict[str, Any]) -> None:
    images = {name: service["image"] for name, service in composed["services"].items()}
    assert all(":" in image and not image.endswith(":latest") for image in images.values())
    assert images["s3"].endswith(f":{VERSITYGW}")
    pom = (CHECKOUT / "scripts" / "pom.xml").read_text(encoding="utf-8")
    assert f"<kafka.version>{images['kafka'].split(':')[1]}</kafka.version>" in pom


def test_the_worker_is_told_only_what_it_knows(composed: dict[str, Any]) -> None:
    told = {name for name in composed["services"]["worker"]["environment"] if name.startswith("STREAMS_")}
    assert told <= set(environment_variables())


def test_the_collectors_are_valid() -> None:
    given = yaml.safe_load((COMPOSE / "collectors.yaml").read_text(encoding="utf-8"))
    assert len(CollectorFile.model_validate(given).collectors) == 2


def test_the_dashboard_asks_for_every_metric_and_for_no_other(queries: list[str]) -> None:
    asked = {name for query in queries for name in re.findall(r"\bstreams_\w+", query)}
    known = set(metric_labels())
    assert asked <= known
    bases = {re.sub(r"_(bucket|sum|count)$", "", name) for name in asked}
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in known} == bases


def test_the_dashboard_groups_by_labels_that_a_metric_has(queries: list[str]) -> None:
    labels = metric_labels()
    for query in queries:
        grouped = {label for names in re.findall(r"by \(([^)]*)\)", query) for label in names.split(", ")} - {"le"}
        for name in re.findall(r"\bstreams_\w+", query):
            assert grouped <= labels[name], query
