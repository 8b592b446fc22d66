"""What a parameter's text stands for; each raises Django's `ValidationError` for a text that it can't take."""

import datetime
import re
from typing import NamedTuple

from taskapi.rest.params import as_moment, bad_value, listed

INTEGER = re.compile(r"-?[0-9]+")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
IDS_MAX = 10_000  # of one list
MOST_DIGITS = 24  # more than any number here has
INT64 = range(-(2**63), 2**63)
TRUTHS = {"true": True, "1": True, "false": False, "0": False}
SECOND = datetime.timedelta(microseconds=999_999)


def as_integer(text: str) -> int | None:
    """None for one with more digits than any number that there is."""
    if not INTEGER.fullmatch(text):
        raise bad_value("A whole number is expected.")
    digits = text.removeprefix("-").lstrip("0") or "0"
    if len(digits) > MOST_DIGITS:
        return None
    return -int(digits) if text.startswith("-") else int(digits)


def as_stored_integer(text: str) -> int | None:
    """None for one that no column can hold."""
    number = as_integer(text)
    return number if number is not None and number in INT64 else None


def as_integers(text: str) -> list[int]:
    """Of a list with commas, those that a column can hold."""
    numbers = [as_stored_integer(part) for part in listed(text, IDS_MAX)]
    return sorted({number for number in numbers if number is not None})


def as_position(text: str) -> int:
    """A number from 1 upward."""
    number = as_stored_integer(text)
    if number is None or number < 1:
        raise bad_value("A whole number from 1 upward is expected.")
    return number


def as_truth(text: str) -> bool:
    if text not in TRUTHS:
        raise bad_value("Either true or false is expected.")
    return TRUTHS[text]


class Days(NamedTuple):
    """Both ends are included; None where it is open."""

    first: datetime.date | None
    last: datetime.date | None


class Moments(NamedTuple):
    """Both ends are included; None where it is open."""

    first: datetime.datetime | None
    last: datetime.datetime | None


def as_days(text: str) -> Days:
    """A day, or `from..to`."""
    first, last = ends_of(text)
    return Days(as_day(first) if first else None, as_day(last) if last else None)


def as_moments(text: str) -> Moments:
    """A day, an instant or `from..to` of either. A day is all of it, an instant its second, as answers show it."""
    first, last = ends_of(text)
    return Moments(
        as_moment(first, end_of_day=False) if first else None,
        end_of(last) if last else None,
    )


def moments_of(days: Days) -> Moments:
    """From the first moment of the first day, in UTC, to the last of the last."""
    utc, time = datetime.UTC, datetime.time
    return Moments(
        datetime.datetime.combine(days.first, time.min, utc) if days.first else None,
        datetime.datetime.combine(days.last, time.max, utc) if days.last else None,
    )


def ends_of(text: str) -> tuple[str, str]:
    """Both ends, "" where one is open."""
    first, dots, last = text.partition("..")
    if not (first or last):
        raise bad_value("A day, or a range of days from..to, is expected.")
    return first, last if dots else first


def as_day(text: str) -> datetime.date:
    try:
        if DAY.fullmatch(text):
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    raise bad_value("A day is expected: 2026-01-31.")


def end_of(text: str) -> datetime.datetime:
    moment = as_moment(text, end_of_day=True)
    return moment if moment.microsecond else moment + SECOND
