"""Time that people have worked, as they write it and as it is shown."""

import pytest

from dashboard.work_time import in_words, minutes_of


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        *[("0", 0), ("90", 90), ("-30", -30), ("1:30", 90), ("0:05", 5), ("100:00", 6000), ("1.5 h", 90), ("1,5h", 90)],
        *[("0.33 h", 20), ("1 h 30 min", 90), ("1h30m", 90), ("2 hours", 120), ("1 hour 5 minutes", 65)],
        *[("45 MIN", 45), (" 7 m ", 7)],
    ],
)
def test_what_people_write_is_understood(text, minutes):
    assert minutes_of(text) == minutes


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x",
        "1:60",
        "1:5",
        "1.5",
        "-1:30",
        "1 d",
        "1 week",
        "30 min 1 h",
        "1e3",
        "٣",
        "1 h 30",
        "9" * 30,
        "h",
        "--1",
    ],
)
def test_what_is_no_time_is_none(text):
    assert minutes_of(text) is None


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h"), (90, "1 h 30 min"), (6001, "100 h 1 min"), (-75, "−1 h 15 min")],
)
def test_it_is_shown_in_hours_and_minutes(minutes, words):
    assert in_words(minutes) == words
    assert minutes < 0 or minutes_of(words) == minutes
