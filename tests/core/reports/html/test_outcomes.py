from streams.core.reports.html.outcomes import counted, outcomes_view
from streams.core.reports.testing.outcome import Outcome, Status


def _outcomes(*statuses: Status) -> list[Outcome]:
    return [
        Outcome(metric=f"m{place}", field="value", condition="gt", expected=1.0, value=2.0, status=status)
        for place, status in enumerate(statuses)
    ]


def test_what_failed_comes_first_then_errors_and_what_passed_apart() -> None:
    view = outcomes_view(_outcomes(Status.PASS, Status.ERROR, Status.FAIL, Status.PASS))
    assert view is not None
    assert [one.subject for one in view.wrong] == ["m2", "m1"]
    assert [one.subject for one in view.passed] == ["m0", "m3"]
    assert (view.summary, view.tone) == ("1 failed, 1 in error, 2 passed", "bad")


def test_an_error_alone_is_no_failure() -> None:
    view = outcomes_view(_outcomes(Status.ERROR))
    assert view is not None
    assert view.tone == "broken"


def test_without_tests_there_is_nothing_to_show() -> None:
    assert outcomes_view([]) is None
    assert counted([]) == "–"  # noqa: RUF001 - an en dash on purpose
