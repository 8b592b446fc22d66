"""When work that recurs is due next. Pure."""

import datetime
from calendar import monthrange
from collections.abc import Mapping

DAYS: Mapping[str, int] = {"D": 1, "W": 7}
MONTHS: Mapping[str, int] = {"M": 1, "Q": 3, "S": 6, "Y": 12}


def next_date(date: datetime.date, recurrence: str, month_day: int | None = None) -> datetime.date | None:
    """The date one period later; None where the calendar ends before it.

    recurrence: D, W, M, Q, S (half a year) or Y. month_day: the day of the month that the series began with; a month
    that has no such day has its last one instead, and the next that has it, has it again: 31 January, 28 February,
    31 March. It counts only where `date` may have come from it.
    """
    if recurrence in DAYS:
        days = DAYS[recurrence]
        return date + datetime.timedelta(days) if date <= datetime.date.max - datetime.timedelta(days) else None
    years, month = divmod(date.month - 1 + MONTHS[recurrence], 12)
    year, month = date.year + years, month + 1
    if year > datetime.MAXYEAR:
        return None
    is_shortened = month_day is not None and date.day == last_day(date.year, date.month) < month_day
    wanted = month_day if is_shortened and month_day else date.day
    return datetime.date(year, month, min(wanted, last_day(year, month)))


def last_day(year: int, month: int) -> int:
    return monthrange(year, month)[1]
