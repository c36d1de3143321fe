from pathlib import Path
from typing import Any

import pytest

import streams.core.reports.drift as package
from streams.core.reports.drift.declaration import DriftTest
from streams.core.reports.drift.table import DRIFT_TESTS, NAMES
from streams.core.reports.kinds import Kind
from tests.core.reports.columns import pair

NO_TESTS = {"__init__", "cdf", "decision", "declaration", "default_rules", "options", "shares", "table"}


def test_every_file_of_a_drift_test_is_in_the_table() -> None:
    files = {file.stem for file in Path(next(iter(package.__path__))).glob("*.py")} - NO_TESTS
    assert files == set(DRIFT_TESTS)


def test_every_drift_test_has_a_test_file() -> None:
    assert {f"test_{name}.py" for name in DRIFT_TESTS} <= {file.name for file in Path(__file__).parent.iterdir()}


def test_every_declaration_says_what_it_means_and_where_it_applies() -> None:
    for test in DRIFT_TESTS.values():
        assert isinstance(test, DriftTest)
        assert test.title
        assert test.semantics.endswith((".", ")"))
        assert test.kinds
        assert test.threshold > 0


def test_p_values_are_small_where_there_is_drift_and_distances_large() -> None:
    distances = {name for name, test in DRIFT_TESTS.items() if not test.small_score_means_drift}
    assert distances == {"wasserstein", "jensen_shannon", "psi", "kl_divergence", "hellinger", "energy_distance"}


def test_evidentlys_names_stand_for_ours() -> None:
    assert NAMES["jensenshannon"] == "jensen_shannon"
    assert all(NAMES[name] == name for name in DRIFT_TESTS)


@pytest.mark.parametrize("test", DRIFT_TESTS.values(), ids=list(DRIFT_TESTS))
@pytest.mark.parametrize("rows", [1, 5, 50])
def test_two_sides_of_the_same_single_value_do_not_differ(test: DriftTest, rows: int) -> None:
    for kind in test.kinds:
        values: list[list[Any]] = [[1.5], [0.0], [7], [True], *([["a"]] if kind is Kind.CATEGORICAL else [])]
        for value in values:
            score = test.measure(pair(value * 40, value * rows, kind))
            assert score == (1.0 if test.small_score_means_drift else 0.0)
            assert not test.drifted(score, test.threshold)
