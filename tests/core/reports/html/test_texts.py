# ruff: noqa: RUF001 - dashes and multiplication signs are what the pages show
import pytest

from streams.core.reports.html.texts import moment, number, share, window


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (1234567, "1,234,567"),
        (2.0, "2"),
        (0.5, "0.5"),
        (1234.5678, "1,235"),
        (12.34567, "12.35"),
        (-0.012345, "-0.01235"),
        (0.1000004, "0.1"),
        (0.00012, "1.2×10⁻⁴"),
        (6.2e-12, "6.2×10⁻¹²"),
        (1.5e300, "1.5×10³⁰⁰"),
        (0.0, "0"),
        ("Infinity", "∞"),
        ("2026-11-21T10:00:00.000Z", "2026-11-21T10:00:00.000Z"),
    ],
)
def test_numbers_have_four_digits_and_powers_of_ten_where_they_need_them(value: object, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0, "0%"), (0.0004, "<0.1%"), (0.0312, "3.1%"), (0.0996, "10%"), (0.456, "46%"), (1, "100%")],
)
def test_shares_are_per_cent(value: float | None, text: str) -> None:
    assert share(value) == text


def test_moments_are_as_short_as_they_can_be() -> None:
    assert moment(1_795_255_200_000) == "2026-11-21 10:00"
    assert moment(1_795_255_201_000) == "2026-11-21 10:00:01"
    assert moment(1_795_255_200_005) == "2026-11-21 10:00:00.005"


def test_windows_show_the_date_once_and_their_number_where_they_have_one() -> None:
    start = 1_795_255_200_000
    assert window(start, start + 3_600_000, None) == "2026-11-21 10:00 – 11:00 UTC"
    assert window(start, start + 86_400_000, None) == "2026-11-21 10:00 – 2026-11-22 10:00 UTC"
    assert window(None, None, 1200) == "window 1,200"
    assert window(start, start + 3_600_000, 3) == "2026-11-21 10:00 – 11:00 UTC, window 3"
    assert window(None, None, None) == ""
