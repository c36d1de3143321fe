import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.collectors.parse import parse_collectors
from streams.core.collectors.problems import CollectorsInvalidError, Problem
from streams.core.operators.describe import describe

GOOD = """\
collectors:
  - id: unsure
    source: {model_id: animals}
    operators:
      - {type: random_sample, keep_fraction: 0.1}
    trigger: {type: interval, interval: 10m}
"""


def problems(text: str, name: str = "c.yaml", **environment: str) -> tuple[Problem, ...]:
    with pytest.raises(CollectorsInvalidError) as refused:
        parse_collectors(text, name, environment)
    return refused.value.problems


def the_problem(text: str, name: str = "c.yaml", **environment: str) -> str:
    (problem,) = problems(text, name, **environment)
    return str(problem)


def test_a_file_in_yaml_is_read() -> None:
    (one,) = parse_collectors(GOOD, "c.yaml")
    assert (one.id, one.source.model_id, one.operators[0].type) == ("unsure", "animals", "random_sample")


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_a_file_in_json_is_read_however_it_is_indented(indent: int | str | None) -> None:
    given = {
        "$schema": "https://x/s.json",
        "collectors": [{"id": "caf\u00e9 \U0001f600"[:4], "trigger": {"type": "rows", "rows": 5}}],
    }
    assert [one.id for one in parse_collectors(json.dumps(given, indent=indent), "c.json")] == ["café"]


def test_a_bare_list_of_collectors_is_a_file_too() -> None:
    listed = "\n".join(line[2:] for line in GOOD.splitlines()[1:])
    assert parse_collectors(listed, "c.yaml") == parse_collectors(GOOD, "c.yaml")


def test_every_operators_example_can_be_written_in_a_file() -> None:
    given = {
        "collectors": [
            {
                "id": "all",
                "trigger": {"type": "rows", "rows": 1},
                "operators": [dict(one.example) for one in describe()],
            }
        ]
    }
    (one,) = parse_collectors(json.dumps(given), "c.json")
    assert len(one.operators) == len(describe())


def test_a_problem_names_file_line_column_path_value_and_remedy() -> None:
    (problem,) = problems(GOOD.replace("0.1", "1.5"))
    assert (problem.file, problem.line, problem.column) == ("c.yaml", 5, 46)
    assert problem.path == ("collectors", 0, "operators", 0, "keep_fraction")
    assert str(problem) == (
        "c.yaml:5:46: collectors[0].operators[0].keep_fraction = 1.5: "
        "should be less than or equal to 1; write a number above 0 up to 1"
    )


def test_lines_are_known_in_json_as_well() -> None:
    text = '{\n"collectors": [\n\t{"id": "a",\n\t"trigger": {"type": "rows",\n\t\t"rows": 0}}]}'
    (problem,) = problems(text, "c.json")
    assert (problem.line, problem.path) == (5, ("collectors", 0, "trigger", "rows"))


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    text = GOOD.replace("0.1", "2").replace("10m", "soon").replace("source", "sorce") + "  - {id: b}\n"
    assert [one.line for one in problems(text)] == [3, 5, 6, 7]


@pytest.mark.parametrize(
    ("old", "new", "remedy"),
    [
        ("source:", "sorce:", "did you mean source? known are id, description"),
        ("model_id:", "modelid:", "did you mean model_id? known are user_id, app_id, model_id, version"),
        ("random_sample", "random_sampel", "did you mean random_sample? known are random_sample, caller_filter"),
        ("keep_fraction", "keepfraction", "did you mean keep_fraction?"),
        ("type: interval,", "type: intervall,", "did you mean interval?"),
        ("type: random_sample, ", "", "add type, one of caller_filter"),
        ("0.1", '"0.1"', "has to be a number; write a number"),
        ("animals", "3", "has to be a text; put it in quotes"),
        ("animals", "yes", None),
        ("{model_id: animals}", "animals", "has to be a mapping; write lines of `name: value`"),
        ("id: unsure", "id: un/sure", "does not have the form that is asked for; Names the collector everywhere"),
        ("trigger:", "order: backwards\n    trigger:", "write one of event_time, arrival"),
        ("10m", "10 parsecs", "is not a duration; write 30s, 10m, 1h, 1d"),
    ],
)
def test_each_kind_of_fault_has_its_remedy(old: str, new: str, remedy: str | None) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    if remedy is None:
        assert len(parse_collectors(text, "c.yaml")) == 1
    else:
        assert any(remedy in str(one) for one in problems(text))


def test_a_missing_field_is_named_at_the_mapping_that_lacks_it() -> None:
    assert the_problem("collectors:\n  - id: a\n") == (
        "c.yaml:2:5: collectors[0].trigger: is missing; add trigger: When a window closes."
    )


def test_a_fault_deep_in_a_nested_condition_is_found() -> None:
    where = "where: {any: [{field: k, equals: 1}, {not: {field: k, equls: 2}}]}"
    text = GOOD.replace("random_sample, keep_fraction: 0.1", f"metadata_filter, {where}")
    assert "collectors[0].operators[0].where.any[1].not.equls: is not a known name; did you mean equals?" in str(
        problems(text)[0]
    )


def test_two_collectors_of_one_id_are_told_with_both_lines() -> None:
    text = GOOD + GOOD.removeprefix("collectors:\n")
    assert the_problem(text) == (
        'c.yaml:7:9: collectors[1].id = "unsure": is also the id of the collector in line 2; '
        "give one of them another id"
    )


def test_a_key_that_occurs_twice_is_refused_in_both_languages() -> None:
    assert "collectors[0].id: occurs twice, first in line 2" in the_problem(GOOD + "    id: again\n")
    assert "a: occurs twice" in the_problem('{"a": 1, "a": 2}', "c.json")


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("collectors: [", "c.yaml", "c.yaml:1:14: is not YAML"),
        ("a: b: c", "c.yaml", "c.yaml:1:5: is not YAML"),
        ('{"collectors": [}', "c.json", "c.json:1:17: is not JSON"),
        ('{"collectors": [],}', "c.json", "is not JSON"),
        ('{"collectors": NaN}', "c.json", "NaN is not a number of JSON"),
        ("collectors: !!python/object:os.system []", "c.yaml", "has a tag, python/object:os.system, that"),
        ("collectors: !!int x", "c.yaml", "has a tag, int, that does not fit"),
        ("&a [*a]", "c.yaml", "holds itself"),
        ("[" * 5000, "c.yaml", "nested too deeply"),
        ("[" * 100_000, "c.json", "nested too deeply"),
        ("\x00", "c.yaml", "is not YAML"),
        ("", "c.yaml", "has to be a mapping"),
        ("just words", "c.yaml", "has to be a mapping"),
        ("{}", "c.json", "collectors: is missing"),
        ("9" * 5000, "c.json", "is not JSON"),
        ("? [a]\n: b", "c.yaml", "has a key that is not a text"),
    ],
)
def test_what_is_no_collector_file_at_all_is_told(text: str, name: str, words: str) -> None:
    assert words in "\n".join(map(str, problems(text, name)))


def test_aliases_that_would_unfold_without_end_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "too large" in the_problem("\n".join(lines))


@pytest.mark.parametrize(("written", "value"), [("1e-1", 0.1), ("0.5", 0.5), ("1", 1.0), ("1E0", 1.0)])
def test_numbers_mean_what_they_mean_in_json(written: str, value: float) -> None:
    (one,) = parse_collectors(GOOD.replace("0.1", written), "c.yaml")
    assert one.model_dump()["operators"][0]["keep_fraction"] == value


@pytest.mark.parametrize("written", ["no", "on", "2026-01-01", "0o17", "1_000", "12:30:45"])
def test_what_only_yaml_takes_for_something_else_is_text(written: str) -> None:
    (one,) = parse_collectors(GOOD.replace("animals", written), "c.yaml")
    assert one.source.model_id == written


WITH_UI = (
    GOOD
    + "    outlets:\n      - {type: evidently_ui, project_id: p, api_url: 'http://${HOST}', api_secret: '${SECRET}'}\n"
)


def test_a_secret_comes_from_the_environment() -> None:
    (one,) = parse_collectors(WITH_UI, "c.yaml", {"HOST": "ui:8000", "SECRET": "hunter2"})
    assert one.outlets[0].api_url == "http://ui:8000"
    assert one.outlets[0].api_secret is not None
    assert one.outlets[0].api_secret.get_secret_value() == "hunter2"


def test_a_variable_that_is_not_set_is_named_and_nothing_else_is_said_of_its_value() -> None:
    assert "the environment has no variable SECRET; set it, or write $${SECRET}" in the_problem(WITH_UI, HOST="x")
    assert [one.path[-1] for one in problems(WITH_UI)] == ["api_url", "api_secret"]


def test_a_doubled_dollar_stands_for_itself() -> None:
    (one,) = parse_collectors(GOOD.replace("animals", "'a$${B}c$'"), "c.yaml")
    assert one.source.model_id == "a${B}c$"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'${SECRET}'", "hunter2, api_url2: x"),
        ("api_secret: '${SECRET}'", "api_secrt: hunter2"),
        ("api_secret: '${SECRET}'", "api_secret: [hunter2]"),
        ("'${SECRET}'", "{x: hunter2}"),
        ("'http://${HOST}'", "'http://me:hunter2@ui'"),
        ("project_id: p", "project_id: []"),
        ("'http://${HOST}'", "'${SECRET}'"),
    ],
)
def test_a_secret_is_in_no_error(old: str, new: str) -> None:
    text = WITH_UI.replace(old, new)
    assert text != WITH_UI
    found = problems(text, HOST="ui", SECRET="hunter2")
    assert "hunter2" not in "".join(str(one) + repr(one) for one in found)


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(("${X}", "interval"))
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
WHOLE: dict[str, Any] = {
    "collectors": [
        {
            "id": "all",
            "source": {"model_id": "m"},
            "operators": [dict(one.example) for one in describe()],
            "trigger": {"type": "cron", "expression": "0 0 * * *"},
            "report": {"metrics": ["row_count", {"name": "quantiles", "columns": ["a"]}], "drift": {"share": 0.5}},
            "outlets": [{"type": "evidently_ui", "api_url": "http://ui", "project_id": "p", "api_secret": "s"}],
        }
    ]
}


def spots(value: object) -> list[tuple[Any, Any]]:
    """List every (container, key) in a value."""
    pairs = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    return [(value, key) for key, _ in pairs] + [spot for _, part in pairs for spot in spots(part)]


def refusals(text: str, name: str) -> tuple[Problem, ...]:
    """Return the problems that a text is refused with, none where it is read. Anything else is raised."""
    try:
        parse_collectors(text, name)
    except CollectorsInvalidError as error:
        return error.problems or pytest.fail("refused without a problem")
    return ()


@given(st.data(), JSON)
def test_a_file_with_any_value_anywhere_is_read_or_refused_with_problems(data: st.DataObject, value: object) -> None:
    whole = json.loads(json.dumps(WHOLE))
    container, key = data.draw(st.sampled_from(spots(whole)))
    container[key] = value
    assert all(one.message and str(one).startswith("c.json:") for one in refusals(json.dumps(whole), "c.json"))


@given(
    st.one_of(st.text(), st.text(alphabet="[]{}:,-&*!|>'\"%@`#? \n\tab1")), st.sampled_from(("c.yaml", "c.json", "c"))
)
def test_any_text_is_read_or_refused_with_problems(text: str, name: str) -> None:
    assert all(one.message for one in refusals(text, name))
