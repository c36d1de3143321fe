from pathlib import Path

import streams.core.reports.conditions as package
from streams.core.reports.conditions.table import CONDITIONS


def test_every_file_of_a_condition_is_in_the_table_and_has_a_test_file() -> None:
    files = {file.stem for file in Path(next(iter(package.__path__))).glob("*.py")} - {
        "__init__",
        "declaration",
        "table",
    }
    assert {"is_in" if name == "in" else name for name in CONDITIONS} == files
    assert {f"test_{name}.py" for name in files} <= {file.name for file in Path(__file__).parent.iterdir()}


def test_every_condition_says_what_it_means() -> None:
    for name, condition in CONDITIONS.items():
        assert condition.name == name
        assert condition.semantics.endswith((".", "10%."))
