import pytest

from streams.core.reports.testing.values import value_at

VALUES = {"share": 0.1, "0.5": 3, "a.b": {"recall": 0.7}, "a": {"b": {"f1": 0.2}}}


@pytest.mark.parametrize(("path", "value"), [("share", 0.1), ("0.5", 3), ("a.b.recall", 0.7), ("a.b.f1", 0.2)])
def test_a_path_leads_down_also_through_names_with_dots(path: str, value: float) -> None:
    assert value_at(VALUES, path) == value


def test_a_path_to_nowhere_names_what_there_is() -> None:
    with pytest.raises(ValueError, match=r"no field 'mean': test one of share, 0.5, a.b, a"):
        value_at(VALUES, "mean")
