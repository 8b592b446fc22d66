"""When recurring work is due next: periods, month ends, leap years, and where the calendar ends."""

import datetime
from itertools import pairwise

import pytest

from planning.recurrence import DAYS, MONTHS, next_date


def day(text):
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("date", "recurrence", "then"),
    [
        ("2026-02-28", "D", "2026-03-01"),
        ("2028-02-28", "D", "2028-02-29"),
        ("2026-12-31", "D", "2027-01-01"),
        ("2026-12-28", "W", "2027-01-04"),
        ("2026-01-15", "M", "2026-02-15"),
        ("2026-12-15", "M", "2027-01-15"),
        ("2033-01-31", "M", "2033-02-28"),
        ("2028-01-31", "M", "2028-02-29"),
        ("2026-03-31", "M", "2026-04-30"),
        ("2026-10-01", "Q", "2027-01-01"),
        ("2026-11-30", "Q", "2027-02-28"),
        ("2026-07-15", "S", "2027-01-15"),
        ("2026-08-31", "S", "2027-02-28"),
        ("2027-08-31", "S", "2028-02-29"),
        ("2026-06-30", "Y", "2027-06-30"),
        ("2028-02-29", "Y", "2029-02-28"),
        ("2100-02-28", "Y", "2101-02-28"),
    ],
)
def test_a_date_moves_on_by_one_period(date, recurrence, then):
    assert next_date(day(date), recurrence) == day(then)


@pytest.mark.parametrize(
    ("date", "recurrence", "month_day", "then"),
    [
        ("2026-02-28", "M", 31, "2026-03-31"),
        ("2026-02-28", "M", 30, "2026-03-30"),
        ("2026-02-28", "M", 29, "2026-03-29"),
        ("2026-02-28", "M", 28, "2026-03-28"),
        ("2026-04-30", "M", 31, "2026-05-31"),
        ("2026-04-30", "Q", 31, "2026-07-31"),
        ("2031-02-28", "Y", 29, "2032-02-29"),
        ("2027-02-28", "Y", 29, "2028-02-29"),
        # A day that the date can't have come from: it was set anew, or moved by days or weeks since.
        ("2026-02-27", "M", 31, "2026-03-27"),
        ("2026-04-05", "M", 31, "2026-05-05"),
        ("2026-01-30", "M", 15, "2026-02-28"),
        # Days and weeks know no months.
        ("2026-02-28", "D", 31, "2026-03-01"),
        ("2026-02-28", "W", 31, "2026-03-07"),
    ],
)
def test_a_month_end_comes_back_after_a_shorter_month(date, recurrence, month_day, then):
    assert next_date(day(date), recurrence, month_day) == day(then)


def test_a_year_of_month_ends_is_twelve_month_ends():
    dates = [day("2027-01-31")]
    while len(dates) < 14:
        dates.append(next_date(dates[-1], "M", 31))
    assert [date.day for date in dates] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 29]


@pytest.mark.parametrize("recurrence", [*DAYS, *MONTHS])
@pytest.mark.parametrize("month_day", range(1, 32))
def test_a_series_never_stands_still_and_never_drifts(recurrence, month_day):
    first = datetime.date(2024, 1, month_day)
    dates = [first]
    for _ in range(60):
        dates.append(next_date(dates[-1], recurrence, month_day))
    assert all(earlier < later for earlier, later in pairwise(dates))
    if recurrence in MONTHS:
        assert max(date.day for date in dates[1:]) == month_day or recurrence != "M"
        months = [date.year * 12 + date.month for date in dates]
        assert {later - earlier for earlier, later in pairwise(months)} == {MONTHS[recurrence]}
        assert all(date.day == month_day for date in dates if date.month == 1)


@pytest.mark.parametrize("recurrence", [*DAYS, *MONTHS])
def test_after_the_last_day_of_the_calendar_there_is_none(recurrence):
    assert next_date(datetime.date.max, recurrence) is None
    assert next_date(datetime.date.min, recurrence) is not None


@pytest.mark.parametrize(
    ("date", "recurrence", "then"),
    [
        ("9999-12-30", "D", "9999-12-31"),
        ("9999-12-24", "W", "9999-12-31"),
        ("9999-12-25", "W", None),
        ("9999-11-30", "M", "9999-12-30"),
        ("9999-12-01", "M", None),
        ("9999-10-01", "Q", None),
        ("9998-12-31", "Y", "9999-12-31"),
        ("9999-01-01", "Y", None),
    ],
)
def test_the_calendar_is_used_up_to_its_end(date, recurrence, then):
    assert next_date(day(date), recurrence) == (day(then) if then else None)
