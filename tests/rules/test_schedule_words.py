"""Schedules in words, and spans of time as people write them."""

import pytest

from dashboard.schedule_words import schedule_in_words
from dashboard.span_field import in_words, seconds_of

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "every second"),
        (900, "every 15 minutes"),
        (3600, "every hour"),
        (5400, "every 1 hour 30 minutes"),
        (86400, "every day"),
        (172800, "every 2 days"),
        (1209600, "every 2 weeks"),
        (61, "every 1 minute 1 second"),
    ],
)
def test_intervals(seconds, words):
    assert schedule_in_words(seconds, "", "UTC") == words


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("* * * * *", "every minute"),
        ("*/15 * * * *", "every 15 minutes"),
        ("*/1 * * * *", "every minute"),
        ("*/15 8-17 * * 1-5", f"every 15 minutes from 08:00 to 17:45 on weekdays, {BERLIN}"),
        ("*/15 8 * * *", f"every 15 minutes from 08:00 to 08:45, {BERLIN}"),
        ("* 8-9 * * *", f"every minute from 08:00 to 09:59, {BERLIN}"),
        ("0 * * * *", f"every hour, {BERLIN}"),
        ("5 * * * *", f"5 minutes past every hour, {BERLIN}"),
        ("1 * * * *", f"1 minute past every hour, {BERLIN}"),
        ("15,45 * * * *", f"15 and 45 minutes past every hour, {BERLIN}"),
        ("0 */6 * * *", f"every 6 hours, {BERLIN}"),
        ("10 */2 * * *", f"10 minutes past every 2nd hour, {BERLIN}"),
        ("0 8-17 * * MON-FRI", f"every hour from 08:00 to 17:00 on weekdays, {BERLIN}"),
        ("30 2 * * *", f"at 02:30 every day, {BERLIN}"),
        ("30  2 *\t* *", f"at 02:30 every day, {BERLIN}"),
        ("30 2 * * 1-5", f"at 02:30 on weekdays, {BERLIN}"),
        ("30 2 * * mon,tue,wed,thu,fri", f"at 02:30 on weekdays, {BERLIN}"),
        ("0 9 * * 6,0", f"at 09:00 at weekends, {BERLIN}"),
        ("0 9 * * 6-7", f"at 09:00 at weekends, {BERLIN}"),
        ("0 9 * * 0-6", f"at 09:00 every day, {BERLIN}"),
        ("0 9 * * 0", f"at 09:00 on Sundays, {BERLIN}"),
        ("0 9 * * 7,1,3", f"at 09:00 on Mondays, Wednesdays and Sundays, {BERLIN}"),
        ("0 6,18 * * *", f"at 06:00 and 18:00 every day, {BERLIN}"),
        ("0,30 6 * * *", f"at 06:00 and 06:30 every day, {BERLIN}"),
        ("0 4 1 * *", f"at 04:00 on the 1st of every month, {BERLIN}"),
        ("0 4 1,11,22 * *", f"at 04:00 on the 1st, 11th and 22nd of every month, {BERLIN}"),
        ("0 4 L * *", f"at 04:00 on the last day of every month, {BERLIN}"),
        ("0 4 1 1,JUL *", f"at 04:00 on the 1st of January and July, {BERLIN}"),
        ("0 4 * 12 *", f"at 04:00 every day in December, {BERLIN}"),
        ("0 4 * 12 1", f"at 04:00 on Mondays in December, {BERLIN}"),
    ],
)
def test_common_crons_have_words(cron, words):
    assert schedule_in_words(None, cron, BERLIN) == words


@pytest.mark.parametrize(
    "cron",
    [
        "*/7 * * * *",  # begins anew with each hour
        "0 */5 * * *",
        "0 4 13 * 5",  # the 13th, or a Friday
        "0 4 * * 5L",
        "0 4 * * 1#2",
        "0 4 LW * *",
        "3/5 * * * *",
        "1,2,3 * * * *",
        "0-30/10 2 * * *",
        "0 1,2,3,4,5 * * *",
        "*/10 8,12 * * *",
    ],
)
def test_others_are_shown_as_they_are(cron):
    assert schedule_in_words(None, cron, "UTC") == f"by the cron {cron}, UTC"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15 min", 900),
        ("15min", 900),
        ("1 h 30 min", 5400),
        ("1 hour and 30 minutes", 5400),
        ("2 Days, 1 hour", 176400),
        ("90s", 90),
        ("0", 0),
        ("15", None),
        ("min", None),
        ("15 moons", None),
        ("15 min later", None),
        ("-5 min", None),
        ("1.5 h", None),
        ("٣ min", None),
        ("", None),
    ],
)
def test_spans_are_read(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("seconds", [0, 1, 59, 60, 61, 3599, 90_061, 2**31 - 1])
def test_spans_are_read_back_as_they_are_shown(seconds):
    assert seconds_of(in_words(seconds)) == seconds
