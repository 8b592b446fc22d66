"""Schedules in words: `every 15 minutes`, `at 02:30 on weekdays, Europe/Berlin`. Pure.

Of crons the common forms have words; all others are shown as their five fields, which say no less and never lie.
"""

from collections.abc import Sequence

from dashboard.span_field import in_words

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SHORT_DAYS = [name[:3].upper() for name in DAYS]
SHORT_MONTHS = [name[:3].upper() for name in MONTHS]
MOST_TIMES = 4  # times of a day: more are read faster in the fields


class NoWords(Exception):
    """This cron is none of the common forms."""


def schedule_in_words(interval: int | None, cron: str, timezone: str) -> str:
    """A schedule, as a monitor has it, in words."""
    if interval is not None:
        return every(in_words(interval))
    try:
        words, needs_zone = cron_in_words(cron)
    except NoWords:
        words, needs_zone = f"by the cron {' '.join(cron.split())}", True
    return f"{words}, {timezone}" if needs_zone else words


def every(span: str) -> str:
    """`1 hour` comes every hour."""
    number, _, unit = span.partition(" ")
    return f"every {unit}" if number == "1" and " " not in unit else f"every {span}"


def cron_in_words(cron: str) -> tuple[str, bool]:
    """The words, and whether they mean another moment in another zone; raises `NoWords`."""
    minute, hour, day, month, weekday = cron.upper().split()
    on = days_in_words(day, month, weekday)
    when = times_in_words(minute, hour)
    is_alike_everywhere = minute.startswith("*") and hour == "*" and not on
    if not on and when.startswith("at "):
        on = "every day"
    return f"{when} {on}".strip(), not is_alike_everywhere


# -- Times of the day ------------------------------------------------------------------------------------------------


def times_in_words(minute: str, hour: str) -> str:
    step = step_of(minute, 60)
    if step is not None:
        span = every(in_words(step * 60))
        if hour == "*":
            return span
        first, last = hours_between(hour)
        return f"{span} from {first:02}:00 to {last:02}:{60 - step:02}"
    minutes = numbers(minute, 0, 59)
    hours_step = step_of(hour, 24)
    if hours_step is not None:
        past = " and ".join(f"{one}" for one in minutes)
        if minutes == [0]:
            return every(in_words(hours_step * 3600))
        if len(minutes) > 2:
            raise NoWords
        return f"{past} minute{'s' if minutes != [1] else ''} past every {nth_hour(hours_step)}"
    if "-" in hour and minutes == [0]:
        first, last = hours_between(hour)
        return f"every hour from {first:02}:00 to {last:02}:00"
    times = [f"{one:02}:{other:02}" for one in numbers(hour, 0, 23) for other in minutes]
    if len(times) > MOST_TIMES:
        raise NoWords
    return f"at {listed(times)}"


def step_of(field: str, size: int) -> int | None:
    """1 for `*`, n for `*/n` where n goes evenly into the hour or day: others begin anew at its end."""
    if field in {"*", "*/1"}:
        return 1
    text = field.removeprefix("*/")
    if text == field or not text.isdigit():
        return None
    if not 0 < int(text) < size or size % int(text):
        raise NoWords
    return int(text)


def hours_between(field: str) -> tuple[int, int]:
    found = numbers(field, 0, 23)
    if found != list(range(found[0], found[-1] + 1)):
        raise NoWords
    return found[0], found[-1]


def nth_hour(step: int) -> str:
    return "hour" if step == 1 else f"{ordinal(step)} hour"


# -- Days ------------------------------------------------------------------------------------------------------------


def days_in_words(day: str, month: str, weekday: str) -> str:
    """Which days; "" for every day. A day of the month beside a weekday means one or the other: that has no words."""
    months = "" if month == "*" else listed([MONTHS[one - 1] for one in numbers(month, 1, 12, SHORT_MONTHS)])
    if day != "*" and weekday != "*":
        raise NoWords
    if weekday != "*":
        return " ".join(filter(None, (weekdays_in_words(weekday), months and f"in {months}")))
    if day == "L":
        return f"on the last day of {months or 'every month'}"
    if day != "*":
        return f"on the {listed([ordinal(one) for one in numbers(day, 1, 31)])} of {months or 'every month'}"
    return f"every day in {months}" if months else ""


def weekdays_in_words(field: str) -> str:
    days = sorted({one % 7 for one in numbers(field, 0, 7, SHORT_DAYS, first=0)})
    if days == [1, 2, 3, 4, 5]:
        return "on weekdays"
    if days == [0, 6]:
        return "at weekends"
    if len(days) == 7:
        return ""
    from_monday = sorted(days, key=lambda one: (one - 1) % 7)
    return f"on {listed([f'{DAYS[one]}s' for one in from_monday])}"


# -- Parts of fields -------------------------------------------------------------------------------------------------


def numbers(field: str, least: int, most: int, names: Sequence[str] = (), first: int = 1) -> list[int]:
    """The numbers of a field of single ones and ranges, in order; raises `NoWords` for what else a field can hold.

    first: the number of the first of the names.
    """
    found: set[int] = set()
    for part in field.split(","):
        begin, dash, end = part.partition("-")
        lowest = number_of(begin, names, first)
        found.update(range(lowest, (number_of(end, names, first) if dash else lowest) + 1))
    if not found or min(found) < least or max(found) > most:
        raise NoWords
    return sorted(found)


def number_of(text: str, names: Sequence[str], first: int) -> int:
    if text in names:
        return names.index(text) + first
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise NoWords
    return int(text)


def listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number in {11, 12, 13} else endings.get(number % 10, 'th')}"
