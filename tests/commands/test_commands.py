"""What commands say and return, where no broker is needed."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args

import pytest

import streams
from streams.cli.event_sources import lines
from streams.cli.exits import CommandError
from streams.cli.main import COMMANDS
from streams.core.operators.describe import describe
from streams.kafka.topic_roles import Role
from tests.commands.running import run

CHECKOUT = Path(__file__).parents[2]
COLLECTORS = """\
collectors:
  - id: hourly
    trigger: {type: interval, interval: 1h}
"""
NAMES = [" ".join(part for part in (each.group, each.name) if part) for each in COMMANDS]
NOWHERE = "127.0.0.1:9"
PACKAGES = {
    "confluent_kafka": "confluent-kafka",
    "faust": "faust-streaming",
    "mode": "mode-streaming",
    "prometheus_client": "prometheus-client",
    "pydantic_core": "pydantic",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}  # by the name they are imported by, where that is another


@pytest.mark.parametrize("name", NAMES)
def test_help_teaches_by_examples_and_the_page_has_every_option(name: str, tmp_path: Path) -> None:
    ran = run(*name.split(), "--help", folder=tmp_path)

    assert ran.code == 0
    assert f"Examples:\n    streams {name}" in ran.out or f"streams {name} " in ran.out.split("Examples:")[1]
    assert "--output" in ran.out
    assert "--bootstrap-server" in ran.out
    page = (CHECKOUT / "docs/commands.md").read_text(encoding="utf-8")
    section = page.split(f"## streams {name}\n")[1].split("\n## ")[0]
    options = [word for word in ran.out.split() if word.startswith("--")]
    assert [option for option in options if option.strip(",.;:)") not in section] == [], "run scripts/generate_docs.py"


def test_help_imports_nothing_that_only_running_needs() -> None:
    heavy = ("pyarrow", "confluent_kafka", "faust", "pandas", "numpy", "duckdb", "rich", "pydantic")
    code = f"import sys, streams.cli.main as m; m.build_app(); print([n for n in {heavy!r} if n in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_without_a_command_help_comes(tmp_path: Path) -> None:
    ran = run(folder=tmp_path)

    assert all(name.split()[0] in ran.everything for name in NAMES)


def test_config_shows_where_settings_come_out(tmp_path: Path) -> None:
    (tmp_path / "streams.yaml").write_text("topics: {predictions: mine}\n")

    ran = run("config", "-b", "a:1", "-X", "linger.ms=7", "--output", "json", folder=tmp_path)

    assert ran.json["topics"]["predictions"] == "mine"
    assert ran.json["kafka"]["properties"] == {"bootstrap.servers": "a:1", "linger.ms": "7"}
    assert "topics.predictions" in run("config", folder=tmp_path).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["config", "-X", "nonsense"], "-X takes property=value"),
        (["config", "--config", "none.yaml"], "none.yaml"),
        (["worker", "--stages", "bake"], "choose from collect, window, report, label, outlets"),
        (["worker", "--collectors", "none.yaml"], "none.yaml"),
        (["worker", "--log-level", "loud"], "debug"),
        (["dev", "--collectors", "none.yaml"], "streams demo"),
        (["operators", "bake"], "random_sample"),
        (["produce"], "--sample"),
        (["produce", "--sample", "1", "events.jsonl"], "one of them"),
        (["produce", "none.jsonl"], "none.jsonl"),
        (["produce", "events.txt"], "--format"),
        (["produce", "events.txt", "--format", "xml"], "parquet"),
        (["produce", "-", "--format", "parquet"], "name the file"),
        (["produce", "--sample", "1", "--drift-from", "2"], "fraction"),
        (["produce", "--sample", "1", "--drift-from", "noon"], "2026-11-21T12:00:00Z"),
        (["produce", "--sample", "1", "--until", "noon"], "2026-11-21T12:00:00Z"),
        (["no-such-command"], "No such command"),
    ],
)
def test_wrong_use_is_exit_code_2_and_a_line_that_says_what_would_be_right(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    ran = run(*arguments, folder=tmp_path, environ={"KAFKA_BOOTSTRAP_SERVERS": NOWHERE})

    assert ran.code == 2
    assert said in ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "name", ["topics create", "topics check", "snapshots list", "snapshots tail", "produce --sample 1"]
)
def test_a_cluster_that_does_not_answer_is_exit_code_1_and_says_where_to_look(name: str, tmp_path: Path) -> None:
    ran = run(*name.split(), "-b", NOWHERE, folder=tmp_path)

    assert ran.code == 1
    assert "KAFKA_BOOTSTRAP_SERVERS" in ran.err
    assert "Traceback" not in ran.err


def test_a_property_that_librdkafka_does_not_know_is_named(tmp_path: Path) -> None:
    ran = run("topics", "create", "-X", "no.such.thing=1", "-b", NOWHERE, folder=tmp_path)

    assert ran.code == 1
    assert "no.such.thing" in ran.err


def test_a_property_that_would_break_exactly_once_is_refused(tmp_path: Path) -> None:
    ran = run("snapshots", "list", "-X", "isolation.level=read_uncommitted", "-b", NOWHERE, folder=tmp_path)

    assert ran.code == 2
    assert "records of aborted transactions would be counted" in ran.err


def test_create_commands_are_printed_and_nothing_is_contacted(tmp_path: Path) -> None:
    ran = run("topics", "create", "--dry-run", "-b", NOWHERE, "--partitions", "3", folder=tmp_path)

    assert ran.code == 0
    lines = ran.out.splitlines()
    assert len(lines) == len(get_args(Role))
    assert lines[0].startswith(
        f"kafka-topics.sh --bootstrap-server {NOWHERE} --create --topic predictions --partitions 3 "
    )
    as_json = run("topics", "create", "--dry-run", "-b", NOWHERE, "--partitions", "3", "-o", "json", folder=tmp_path)
    assert as_json.json == lines


def test_a_good_collectors_file_is_summed_up(tmp_path: Path) -> None:
    (tmp_path / "collectors.yaml").write_text(COLLECTORS)

    ran = run("collectors", "validate", "collectors.yaml", folder=tmp_path)
    assert ran.code == 0
    assert "hourly" in ran.out

    as_json = run("collectors", "validate", "collectors.yaml", "--output", "json", folder=tmp_path).json
    assert as_json["valid"] is True
    assert [each["id"] for each in as_json["collectors"]] == ["hourly"]


def test_a_bad_collectors_file_is_exit_code_3_with_every_problem(tmp_path: Path) -> None:
    (tmp_path / "collectors.yaml").write_text(COLLECTORS.replace("1h", "soon") + "  - {id: hourly}\n")

    ran = run("collectors", "validate", "collectors.yaml", folder=tmp_path)
    assert ran.code == 3
    assert "collectors.yaml:3" in ran.err
    assert "collectors[1].trigger" in ran.err

    as_json = run("collectors", "validate", "collectors.yaml", "--output", "json", folder=tmp_path)
    assert as_json.code == 3
    assert as_json.json["valid"] is False
    assert {problem["line"] for problem in as_json.json["problems"]} >= {3}
    assert all(problem["file"] == "collectors.yaml" for problem in as_json.json["problems"])


def test_a_collectors_file_may_name_variables_of_the_environment(tmp_path: Path) -> None:
    (tmp_path / "collectors.yaml").write_text(COLLECTORS.replace("hourly", "${NAME_OF_IT}"))

    ran = run(
        "collectors", "validate", "collectors.yaml", "-o", "json", folder=tmp_path, environ={"NAME_OF_IT": "mine"}
    )

    assert [each["id"] for each in ran.json["collectors"]] == ["mine"]


def test_the_collectors_of_the_demonstration_and_of_compose_are_valid(tmp_path: Path) -> None:
    for file in ("streams/cli/demo/collectors.yaml", "scripts/compose/collectors.yaml"):
        assert run("collectors", "validate", str(CHECKOUT / file), folder=tmp_path).code == 0


def test_operators_lists_every_operator_and_shows_one_in_full(tmp_path: Path) -> None:
    names = [each.name for each in describe()]

    assert [each["name"] for each in run("operators", "--output", "json", folder=tmp_path).json] == names
    table = run("operators", folder=tmp_path).out
    assert all(name in table for name in names)
    full = run("operators", "random_sample", folder=tmp_path).out
    assert "keep_fraction (" in full
    assert "type: random_sample" in full


def test_a_file_that_breaks_half_way_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text('{"id": 1}\n\n[{"id": 2}]\n7\n')

    with pytest.raises(CommandError, match=r"events.jsonl, line 4 holds int"):
        list(lines(tmp_path / "events.jsonl", raw=False))
    raw = list(lines(tmp_path / "events.jsonl", raw=True))
    assert [line.value for line in raw[0]] == [b'{"id": 1}', b'[{"id": 2}]', b"7"]


def test_an_event_goes_where_its_id_says(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text('{"id": 1}\n{"id": "a"}\n{"x": 1}\n[]\n')

    (block,) = lines(tmp_path / "events.jsonl", raw=False)

    assert [line.id for line in block] == ["1", "a", None, None]


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    assert run("--version", folder=tmp_path).out == f"streams {streams.__version__}\n"


def test_h_is_help_everywhere_and_shells_can_complete(tmp_path: Path) -> None:
    assert (
        run("snapshots", "list", "-h", folder=tmp_path).out == run("snapshots", "list", "--help", folder=tmp_path).out
    )
    completion = run("--show-completion", "bash", folder=tmp_path)
    assert completion.code == 0
    assert "complete" in completion.out


@pytest.mark.parametrize("name", ["isolation.level=read_uncommitted", "enable.idempotence=false", "group.id=mine"])
def test_config_refuses_what_a_worker_refuses(name: str, tmp_path: Path) -> None:
    ran = run("config", "-X", name, folder=tmp_path)

    assert ran.code == 2
    assert "would break exactly-once" in ran.err


def test_an_unknown_verdict_is_an_error_with_the_known_ones(tmp_path: Path) -> None:
    ran = run("snapshots", "list", "--verdict", "drift", "-b", NOWHERE, folder=tmp_path)

    assert ran.code == 2
    assert "choose from drifted, not_drifted" in ran.err


@pytest.mark.parametrize("name", ["snapshots list --from-store", "snapshots show 4f1c", "references list"])
def test_a_store_that_does_not_exist_is_an_error(name: str, tmp_path: Path) -> None:
    ran = run(*name.split(), folder=tmp_path, environ={"STREAMS_STORE_URI": "nowhere/objects"})

    assert ran.code == 1
    assert "there is no folder nowhere/objects" in ran.err


def test_every_imported_package_is_declared() -> None:
    declared = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = declared["optional-dependencies"]
    requirements = [*declared["dependencies"], *extras["text"], *extras["evidently"]]
    named = {re.split(r"[\[<>=;]", each)[0].strip().lower() for each in requirements}
    imported: set[str] = set()
    for file in (CHECKOUT / "streams").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                imported.add(node.module.split(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - {"streams"}
    assert {PACKAGES.get(name, name).lower() for name in foreign} <= named
