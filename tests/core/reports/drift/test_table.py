from pathlib import Path

import streams.core.reports.drift as package
from streams.core.reports.drift.declaration import DriftTest
from streams.core.reports.drift.table import DRIFT_TESTS, NAMES

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
