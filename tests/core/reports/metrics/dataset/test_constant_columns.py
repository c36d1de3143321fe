from tests.core.reports.preset_cases import ours, theirs
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    assert ours("untidy", "constant_columns")["count"] == theirs("untidy", "ConstantColumnsCount")


def test_columns_of_every_type_can_be_constant() -> None:
    columns = {"a": [1, 1], "b": ["x", None], "c": [True, True], "d": [None, None], "e": [1, 2], "f": ["x", "y"]}
    assert entry_of("constant_columns", columns).current == {"count": 4}
