from pathlib import Path

import pytest
from pydantic import TypeAdapter

from streams.core.operators.describe import Description, describe
from streams.core.operators.describe_markdown import page
from streams.core.operators.table import Operator

CHECKOUT = Path(__file__).parents[3]
DESCRIBED = {one.name: one for one in describe()}


def test_every_operator_that_validates_is_described() -> None:
    schema = TypeAdapter(Operator).json_schema()
    assert set(DESCRIBED) == set(schema["discriminator"]["mapping"])


def test_every_operator_is_a_file_with_a_test_of_its_name() -> None:
    for name in DESCRIBED:
        assert (CHECKOUT / f"streams/core/operators/{name}.py").exists()
        assert (CHECKOUT / f"tests/core/operators/test_{name}.py").exists()


@pytest.mark.parametrize("one", describe(), ids=lambda one: one.name)
def test_an_example_is_valid_as_it_is(one: Description) -> None:
    assert TypeAdapter(Operator).validate_python(dict(one.example)).type == one.name


@pytest.mark.parametrize("one", describe(), ids=lambda one: one.name)
def test_semantics_say_what_happens_to_what_and_each_parameter_has_a_meaning(one: Description) -> None:
    assert one.semantics.startswith(("Keeps", "Replaces"))
    assert one.parameters
    assert all(parameter.description for parameter in one.parameters)


def test_parameters_come_with_type_default_and_bounds() -> None:
    (fraction,) = DESCRIBED["random_sample"].parameters
    assert (fraction.name, fraction.type, fraction.required, fraction.bounds) == (
        "keep_fraction",
        "number",
        True,
        "> 0, <= 1",
    )
    match = next(one for one in DESCRIBED["keyword_filter"].parameters if one.name == "match")
    assert (match.type, match.required, match.default) == ("one of any, all", False, "any")


def test_the_parts_of_a_parameter_are_described_too() -> None:
    names = [one.name for one in DESCRIBED["concept_threshold"].parameters]
    assert names == ["concepts", "concepts[].id", "concepts[].comparison", "concepts[].threshold"]


def test_the_page_in_docs_is_what_the_declarations_say() -> None:
    written = (CHECKOUT / "docs/operators.md").read_text(encoding="utf-8")
    assert written == page(), "run scripts/generate_docs.py"
