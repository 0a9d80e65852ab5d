"""Legal clocks: first day not counted, last day moves to a working day, unknown years say so."""

from __future__ import annotations

import datetime as dt

import pytest

from checks.workdays import deadline, is_working_day

D = dt.date.fromisoformat


@pytest.mark.parametrize(
    ("start", "days", "kind", "last"),
    [
        ("2026-11-20", 1, "working", "2026-11-23"),  # Friday: the weekend does not count
        ("2026-11-20", 1, "calendar", "2026-11-23"),  # ends on Saturday, so on Monday
        ("2026-11-20", 7, "calendar", "2026-11-27"),
        ("2026-11-20", 7, "working", "2026-12-01"),
        ("2026-09-30", 1, "working", "2026-10-08"),  # over the October holiday
        ("2026-10-08", 2, "working", "2026-10-10"),  # 10 October 2026 is a worked Saturday
        ("2025-03-28", 1, "working", "2025-04-02"),  # 三月三 in Guangxi
    ],
)
def test_last_day(start: str, days: int, kind: str, last: str) -> None:
    answer = deadline(D(start), days, kind)  # type: ignore[arg-type]
    assert (answer.day, answer.estimated) == (D(last), False)


def test_beyond_the_known_years_it_says_estimated() -> None:
    assert deadline(D("2026-12-25"), 20, "working").estimated
    assert not deadline(D("2026-11-02"), 5, "working").estimated


def test_a_worked_saturday_counts_and_a_holiday_does_not() -> None:
    assert is_working_day(D("2026-10-10")) == (True, False)
    assert is_working_day(D("2026-10-01")) == (False, False)
    assert is_working_day(D("2030-01-05")) == (False, True)
