from tests.core.reports.testing.outcomes import of_value


def test_one_of_the_list_fails() -> None:
    assert of_value(3, not_in=[1, 3.0]) == "fail"


def test_what_is_not_listed_or_of_another_type_passes() -> None:
    assert of_value(2, not_in=[1, 3]) == "pass"
    assert of_value("1", not_in=[1, True]) == "pass"
