from tests.core.reports.testing.outcomes import of_value


def test_one_of_the_list_passes() -> None:
    assert of_value(3, **{"in": [1, 3.0]}) == "pass"
    assert of_value("b", **{"in": ["a", "b"]}) == "pass"


def test_what_is_not_listed_or_of_another_type_fails() -> None:
    assert of_value(2, **{"in": [1, 3]}) == "fail"
    assert of_value("1", **{"in": [1, True]}) == "fail"
