"""What the text of a parameter stands for: tables of cases."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from compat.goodday.moments import in_offset, in_utc
from compat.goodday.values import (
    as_days,
    as_integer,
    as_integers,
    as_moments,
    as_position,
    as_stored_integer,
    as_truth,
    moments_of,
)

UTC = datetime.UTC


def at(*parts):
    return datetime.datetime(*parts, tzinfo=UTC)


def day(number):
    return datetime.date(2026, 1, number)


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (as_integer, "5", 5),
        (as_integer, "-5", -5),
        (as_integer, "007", 7),
        (as_integer, "0", 0),
        (as_integer, "9" * 24, int("9" * 24)),
        (as_integer, "9" * 25, None),
        (as_integer, "0" * 10_000 + "1", 1),
        (as_integer, "1" + "0" * 10_000, None),
        (as_stored_integer, str(2**63 - 1), 2**63 - 1),
        (as_stored_integer, str(2**63), None),
        (as_stored_integer, str(-(2**63)), -(2**63)),
        (as_stored_integer, str(-(2**63) - 1), None),
        (as_integers, "3,1, 2,1", [1, 2, 3]),
        (as_integers, f"1,{2**63}", [1]),
        (as_integers, "9" * 99, []),
        (as_position, "1", 1),
        (as_truth, "true", True),
        (as_truth, "1", True),
        (as_truth, "false", False),
        (as_truth, "0", False),
        (as_days, "2026-01-31", (day(31), day(31))),
        (as_days, "2026-01-01..2026-01-31", (day(1), day(31))),
        (as_days, "2026-01-01..", (day(1), None)),
        (as_days, "..2026-01-31", (None, day(31))),
        (as_days, "2026-01-31..2026-01-01", (day(31), day(1))),
        (as_moments, "2026-01-31", (at(2026, 1, 31), at(2026, 1, 31, 23, 59, 59, 999999))),
        (as_moments, "2026-01-31T12:00:00Z", (at(2026, 1, 31, 12), at(2026, 1, 31, 12, 0, 0, 999999))),
        (as_moments, "2026-01-31T12:00:00+0100", (at(2026, 1, 31, 11), at(2026, 1, 31, 11, 0, 0, 999999))),
        (as_moments, "2026-01-31T12:00:00 0100", (at(2026, 1, 31, 11), at(2026, 1, 31, 11, 0, 0, 999999))),
        (as_moments, "2026-01-31T12:00:00.5Z", (at(2026, 1, 31, 12, 0, 0, 500000),) * 2),
        (as_moments, "2026-01-01..2026-01-31T12:00:00Z", (at(2026, 1, 1), at(2026, 1, 31, 12, 0, 0, 999999))),
        (as_moments, "2026-01-31T12:00:00Z..", (at(2026, 1, 31, 12), None)),
        (as_moments, "..9999-12-31", (None, at(9999, 12, 31, 23, 59, 59, 999999))),
        (as_moments, "..9999-12-31T23:59:59Z", (None, at(9999, 12, 31, 23, 59, 59, 999999))),
    ],
)
def test_a_text_is_read(read, text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        *((as_integer, text) for text in ("", " ", "x", "1.0", "+1", "1e3", "--1", "-", "0x1", "١", "1_0", "1\n")),
        *((as_integers, text) for text in ("", ",", "1,", "1,x", "1;2")),
        *((as_position, text) for text in ("", "0", "-1", "x", "1.5", str(2**63), "9" * 5000)),
        *((as_truth, text) for text in ("", "True", "yes", "2", "null")),
        *((as_days, text) for text in ("", "..", "2026-02-30", "2026-1-1", "20260101", "x", "2026-01-01..x", "x..")),
        *((as_days, text) for text in ("2026-01-01T00:00:00Z", "a..b..c", "2026-01-01..2026-01-02..", "0000-01-01")),
        *((as_moments, text) for text in ("", "..", "x", "2026-02-30", "2026-01-31T25:00:00Z", "2026-01-01..x")),
        *((as_moments, text) for text in ("0001-01-01T00:00:00+0100", "9999-12-31T23:59:59-0100")),
    ],
)
def test_a_text_is_refused(read, text):
    with pytest.raises(ValidationError):
        read(text)


def test_a_day_is_of_utc_and_ends_with_its_last_microsecond():
    assert moments_of(as_days("2026-01-31")) == as_moments("2026-01-31")
    assert moments_of(as_days("9999-12-31..")) == (at(9999, 12, 31), None)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (None, None),
        (at(2022, 11, 23, 15, 6, 56), "2022-11-23T15:06:56+0000"),
        (at(2022, 11, 23, 15, 6, 56, 999999), "2022-11-23T15:06:56+0000"),
        (at(1, 1, 1), "0001-01-01T00:00:00+0000"),
    ],
)
def test_a_moment_in_utc(moment, text):
    assert in_utc(moment) == text


@pytest.mark.parametrize(
    ("moment", "minutes", "text"),
    [
        (None, 60, None),
        (at(2021, 7, 8, 8, 40, 3, 5), 120, "2021-07-08T10:40:03+0200"),
        (at(2021, 7, 8, 8, 40, 3), -210, "2021-07-08T05:10:03-0330"),
        (at(2021, 7, 8, 8, 40, 3), 0, "2021-07-08T08:40:03+0000"),
        (at(9999, 12, 31, 23, 59, 59), 60, "9999-12-31T23:59:59+0000"),
        (at(1, 1, 1), -60, "0001-01-01T00:00:00+0000"),
    ],
)
def test_a_moment_in_its_own_offset(moment, minutes, text):
    assert in_offset(moment, minutes) == text
