"""Files and functions stay small enough to be read at a glance."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

CHECKOUT = Path(__file__).parents[1]
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
MEDIAN_FUNCTION_LINES = 10


@dataclass(frozen=True, slots=True)
class Function:
    place: str
    lines: int


def python_files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((CHECKOUT / folder).rglob("*.py"))]
    assert found, f"no Python below {folders}"
    return found


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            place = f"{path.relative_to(CHECKOUT)}:{node.lineno} {node.name}"
            yield Function(place, (node.end_lineno or node.lineno) - node.lineno + 1)


def test_no_file_is_longer_than_300_lines() -> None:
    lines = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files("streams", "scripts", "tests")
    }
    assert {str(path): count for path, count in lines.items() if count > MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    everything = [one for path in python_files("streams", "scripts", "tests") for one in functions(path)]
    assert [f"{one.place}: {one.lines}" for one in everything if one.lines > MAX_FUNCTION_LINES] == []


def test_half_of_all_functions_are_shorter_than_10_lines() -> None:
    assert median(one.lines for path in python_files("streams") for one in functions(path)) < MEDIAN_FUNCTION_LINES
