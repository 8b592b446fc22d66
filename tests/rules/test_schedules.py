"""When a run is next due: `monitors.schedules`."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.schedules import BadSchedule, next_due, parse

BERLIN, NEW_YORK, SYDNEY = "Europe/Berlin", "America/New_York", "Australia/Sydney"
LORD_HOWE, CHATHAM, CAIRO = "Australia/Lord_Howe", "Pacific/Chatham", "Africa/Cairo"


def moment(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def runs(cron, zone, after, count):
    """The next runs after a moment, as the clock on the wall shows them, with its offset."""
    schedule, now, found = parse(None, cron, zone), moment(after), []
    for _ in range(count):
        now = next_due(schedule, now)
        found.append(f"{now.astimezone(ZoneInfo(zone)):%m-%dT%H:%M%z}")
    return found


# -- Ordinary days ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [1, 60, 86400, 2**31 - 1])
def test_an_interval_counts_from_what_was_heard(seconds):
    now = moment("2026-03-29T00:59:59.5+01:00")
    assert next_due(parse(seconds, "", BERLIN), now) == now + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        pytest.param("30 2 * * *", "UTC", "2026-01-31T02:29:59Z", "2026-01-31T02:30Z", id="a second before"),
        pytest.param("30 2 * * *", "UTC", "2026-01-31T02:29:59.999999Z", "2026-01-31T02:30Z", id="just before"),
        pytest.param("30 2 * * *", "UTC", "2026-01-31T02:30:00Z", "2026-02-01T02:30Z", id="at the moment"),
        pytest.param("30 2 * * *", "UTC", "2026-01-31T02:30:00.000001Z", "2026-02-01T02:30Z", id="just after"),
        pytest.param("30 2 * * *", BERLIN, "2026-01-31T00:00Z", "2026-01-31T01:30Z", id="winter in Berlin"),
        pytest.param("30 2 * * *", BERLIN, "2026-07-31T00:00Z", "2026-07-31T00:30Z", id="summer in Berlin"),
        pytest.param("0 9 * * *", "Asia/Kolkata", "2026-01-31T00:00Z", "2026-01-31T03:30Z", id="half an hour"),
        pytest.param("0 9 * * *", "Asia/Kathmandu", "2026-01-31T00:00Z", "2026-01-31T03:15Z", id="three quarters"),
        pytest.param("0 9 * * *", "Pacific/Kiritimati", "2026-01-31T20:00Z", "2026-02-01T19:00Z", id="a day ahead"),
        pytest.param("*/15 * * * *", "UTC", "2026-12-31T23:59Z", "2027-01-01T00:00Z", id="over the year"),
        pytest.param("0 0 29 2 *", "UTC", "2026-01-01T00:00Z", "2028-02-29T00:00Z", id="leap day"),
        pytest.param("0 0 29 2 *", "UTC", "2096-03-01T00:00Z", "2104-02-29T00:00Z", id="leap day over 2100"),
        pytest.param("0 0 31 * *", "UTC", "2026-01-31T00:00Z", "2026-03-31T00:00Z", id="months without a 31st"),
        pytest.param("0 0 L * *", "UTC", "2026-01-31T00:00Z", "2026-02-28T00:00Z", id="last of the month"),
        pytest.param("0 0 LW * *", "UTC", "2026-01-30T00:00Z", "2026-02-27T00:00Z", id="last working day"),
        pytest.param("0 0 * * MON#1", "UTC", "2026-02-03T00:00Z", "2026-03-02T00:00Z", id="first Monday"),
        pytest.param("0 0 * feb sun", "UTC", "2026-03-01T00:00Z", "2027-02-07T00:00Z", id="names"),
        pytest.param("0 0 13 * 5", "UTC", "2026-01-03T00:00Z", "2026-01-09T00:00Z", id="the 13th or a Friday"),
        pytest.param("0 0 * * 7", "UTC", "2026-01-01T00:00Z", "2026-01-04T00:00Z", id="seven is Sunday"),
        pytest.param("\t0  12\t* * * ", "UTC", "2026-01-01T00:00Z", "2026-01-01T12:00Z", id="much white space"),
    ],
)
def test_a_cron_comes_next(cron, zone, after, expected):
    assert next_due(parse(None, cron, zone), moment(after)) == moment(expected)


# -- Clock changes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        pytest.param(
            "30 2 * * *",
            BERLIN,
            "2026-03-28T00:00+01:00",
            ["03-28T02:30+0100", "03-29T03:00+0200", "03-30T02:30+0200"],
            id="a skipped time comes when the clocks have moved on",
        ),
        pytest.param(
            "0,15,30,45 2 * * *",
            BERLIN,
            "2026-03-28T02:44+01:00",
            ["03-28T02:45+0100", "03-29T03:00+0200", "03-30T02:00+0200"],
            id="several skipped times come as one",
        ),
        pytest.param(
            "0 3 * * *",
            BERLIN,
            "2026-03-28T12:00+01:00",
            ["03-29T03:00+0200", "03-30T03:00+0200"],
            id="the first time after the skipped hour",
        ),
        pytest.param(
            "30 2,3 * * *",
            BERLIN,
            "2026-03-29T00:00+01:00",
            ["03-29T03:00+0200", "03-29T03:30+0200", "03-30T02:30+0200"],
            id="a skipped time beside another",
        ),
        pytest.param(
            "*/30 2 * * *",
            BERLIN,
            "2026-03-28T00:00+01:00",
            ["03-28T02:00+0100", "03-28T02:30+0100", "03-30T02:00+0200"],
            id="an open minute never comes in a skipped hour",
        ),
        pytest.param(
            "30 * * * *",
            BERLIN,
            "2026-03-29T00:45+01:00",
            ["03-29T01:30+0100", "03-29T03:30+0200", "03-29T04:30+0200"],
            id="each hour, in spring",
        ),
        pytest.param(
            "*/15 * * * *",
            BERLIN,
            "2026-03-29T01:30+01:00",
            ["03-29T01:45+0100", "03-29T03:00+0200", "03-29T03:15+0200"],
            id="each quarter, in spring",
        ),
        pytest.param(
            "30 2 * * *",
            BERLIN,
            "2026-10-24T12:00+02:00",
            ["10-25T02:30+0200", "10-26T02:30+0100"],
            id="a time that is shown twice comes the first time",
        ),
        pytest.param(
            "30 2 * * *",
            BERLIN,
            "2026-10-25T02:15+01:00",
            ["10-26T02:30+0100"],
            id="and not again, asked between the two",
        ),
        pytest.param(
            "0 3 * * *", BERLIN, "2026-10-25T02:30+01:00", ["10-25T03:00+0100"], id="the first time after both"
        ),
        pytest.param(
            "30 * * * *",
            BERLIN,
            "2026-10-25T01:00+02:00",
            ["10-25T01:30+0200", "10-25T02:30+0200", "10-25T02:30+0100", "10-25T03:30+0100"],
            id="each hour, in autumn",
        ),
        pytest.param(
            "*/30 2 * * *",
            BERLIN,
            "2026-10-25T02:10+02:00",
            ["10-25T02:30+0200", "10-25T02:00+0100", "10-25T02:30+0100", "10-26T02:00+0100"],
            id="an open minute comes in both hours",
        ),
        pytest.param(
            "30 1 * * *",
            NEW_YORK,
            "2026-10-31T12:00-04:00",
            ["11-01T01:30-0400", "11-02T01:30-0500"],
            id="autumn in New York",
        ),
        pytest.param(
            "30 2 * * *",
            NEW_YORK,
            "2026-03-07T12:00-05:00",
            ["03-08T03:00-0400", "03-09T02:30-0400"],
            id="spring in New York",
        ),
        pytest.param(
            "30 2 * * *",
            SYDNEY,
            "2026-10-03T12:00+10:00",
            ["10-04T03:00+1100", "10-05T02:30+1100"],
            id="spring in Sydney",
        ),
        pytest.param(
            "30 2 * * *",
            SYDNEY,
            "2026-04-04T12:00+11:00",
            ["04-05T02:30+1100", "04-06T02:30+1000"],
            id="autumn in Sydney",
        ),
        pytest.param(
            "*/15 2 * * *",
            LORD_HOWE,
            "2026-10-04T01:00+10:30",
            ["10-04T02:30+1100", "10-04T02:45+1100", "10-05T02:00+1100"],
            id="half an hour is skipped",
        ),
        pytest.param(
            "*/15 3 * * *",
            LORD_HOWE,
            "2026-10-04T01:00+10:30",
            ["10-04T03:00+1100", "10-04T03:15+1100", "10-04T03:30+1100"],
            id="the hour after half an hour is skipped",
        ),
        pytest.param(
            "15 2 * * *",
            LORD_HOWE,
            "2026-10-03T12:00+10:30",
            ["10-04T02:30+1100", "10-05T02:15+1100"],
            id="a time in the half hour that is skipped",
        ),
        pytest.param(
            "*/15 1 * * *",
            LORD_HOWE,
            "2026-04-05T01:00+11:00",
            ["04-05T01:15+1100", "04-05T01:30+1100", "04-05T01:45+1100", "04-05T01:30+1030", "04-05T01:45+1030"],
            id="half an hour is repeated",
        ),
        pytest.param(
            "*/15 3 * * *",
            CHATHAM,
            "2026-09-27T00:00+12:45",
            ["09-27T03:45+1345", "09-28T03:00+1345"],
            id="the clocks move at a quarter to three",
        ),
        pytest.param(
            "*/30 0 * * *",
            CAIRO,
            "2026-04-23T12:00+02:00",
            ["04-25T00:00+0300", "04-25T00:30+0300"],
            id="midnight is skipped",
        ),
        pytest.param(
            "0 0 * * *",
            CAIRO,
            "2026-04-23T12:00+02:00",
            ["04-24T01:00+0300", "04-25T00:00+0300"],
            id="a run at the midnight that is skipped",
        ),
        pytest.param(
            "0 0 30 12 *",
            "Pacific/Apia",
            "2011-12-29T00:00-10:00",
            ["12-31T00:00+1400", "12-30T00:00+1400"],
            id="a whole day is skipped",
        ),
    ],
)
def test_clock_changes_are_those_of_debian(cron, zone, after, expected):
    assert runs(cron, zone, after, len(expected)) == expected


# -- What is no schedule ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cron",
    [
        *("@daily", "@reboot", "@every 5m", "daily", "*", "* * * *", "0 * * * * *", "* * * * * *", "* * * * * * *"),
        *("60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * 0 *", "* * * * 8"),
        *("-1 * * * *", "5-1 * * * *", "*/0 * * * *", "1/ * * * *", ", * * * *", "1,,2 * * * *", "1.5 * * * *"),
        *("a * * * *", "* * * foo *", "* * * * MON#6", "* * * * MON#0", "* * * * XL", "٣ * * * *", "* * * * ſun"),
        *("1" * 255, "1" * 200 + " * * * *", "*," * 200 + "* * * * *", "* * * * *" + " " * 300, "* * * *\x00*"),
    ],
)
def test_what_is_no_cron_is_refused(cron):
    with pytest.raises(BadSchedule) as refusal:
        parse(None, cron, "UTC")
    assert refusal.value.field == "cron"
    assert refusal.value.text


@pytest.mark.parametrize(
    ("cron", "zone"),
    [
        pytest.param("0 0 30 2 *", "UTC", id="30 February"),
        pytest.param("0 0 31 2,4,6,9,11 *", "UTC", id="31 April"),
        pytest.param("0 0 */31 * 1#5", "UTC", id="the first, a fifth Monday"),
        pytest.param("* * */31 * " + ",".join(["1#5"] * 60), BERLIN, id="the same at length"),
        pytest.param("* 2 * 3 0L", BERLIN, id="an hour that is skipped each year"),
    ],
)
def test_a_cron_that_never_comes_is_refused_and_soon(cron, zone):
    started = time.process_time()
    with pytest.raises(BadSchedule):
        parse(None, cron, zone)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "zone",
    [
        *(
            "",
            " ",
            "Europe/Nowhere",
            "europe/berlin",
            "Europe",
            "Europe/",
            "Europe/Berlin ",
            "Europe/Berlin\x00",
            "\x00",
        ),
        *("../etc/passwd", "/etc/passwd", "Europe/../Europe/Berlin", "posix/Europe/Berlin", "right/UTC", "posixrules"),
        *("zone.tab", "tzdata.zi", "localtime", "Factory", "UTC+1", "+01:00", "CEST", "x" * 5000, "Europe\\Berlin"),
    ],
)
def test_what_is_no_time_zone_is_refused(zone):
    for interval, cron in ((60, ""), (None, "* * * * *")):
        with pytest.raises(BadSchedule) as refusal:
            parse(interval, cron, zone)
        assert refusal.value.field == "timezone"


@pytest.mark.parametrize(("interval", "cron"), [(None, ""), (60, "* * * * *"), (0, ""), (-1, "")])
def test_a_schedule_is_an_interval_or_a_cron(interval, cron):
    with pytest.raises(ValueError, match=r"^interval: "):
        parse(interval, cron, "UTC")


@pytest.mark.parametrize("year", [9940, 9999])
@pytest.mark.parametrize(("interval", "cron"), [(2**31 - 1, ""), (None, "0 0 29 2 1"), (None, "59 23 31 12 *")])
def test_the_end_of_time_is_no_error(year, interval, cron):
    after = datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)
    due = next_due(parse(interval, cron, BERLIN), after)
    assert due is None or due > after


# -- Properties ------------------------------------------------------------------------------------------------------

ZONES = st.sampled_from(
    ["UTC", BERLIN, NEW_YORK, SYDNEY, LORD_HOWE, CHATHAM, CAIRO, "America/Santiago", "Asia/Kathmandu", "Asia/Tehran"]
)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
# Within two days of where the clocks of one of the zones change.
CHANGES = st.sampled_from(
    ["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-10-04", "2026-04-05", "2026-09-27", "2026-04-24"]
)
NEAR_A_CHANGE = st.builds(
    lambda day, seconds: moment(day) + timedelta(seconds=seconds), CHANGES, st.integers(-172800, 172800)
)


def field(low, high, *more):
    number = st.integers(low, high)
    return st.one_of(
        st.just("*"),
        st.builds("*/{}".format, st.integers(1, high)),
        st.builds(str, number),
        st.builds(lambda a, b: f"{min(a, b)}-{max(a, b)}", number, number),
        st.lists(number, min_size=1, max_size=4).map(lambda numbers: ",".join(map(str, numbers))),
        *more,
    )


DAYS = st.builds("{} {} {}".format, field(1, 28, st.just("L")), field(1, 12), field(0, 7, st.just("MON#2")))
NAMED = st.lists(st.integers(0, 59), min_size=1, max_size=4).map(lambda numbers: ",".join(map(str, numbers)))
HOURS = st.lists(st.integers(0, 4), min_size=1, max_size=3).map(lambda numbers: ",".join(map(str, numbers)))
CRONS = st.one_of(
    st.builds("{} {} {}".format, field(0, 59), field(0, 23), DAYS),
    st.builds("{} {} * * *".format, field(0, 59), field(0, 4)),
)


@given(st.integers(1, 2**31 - 1), MOMENTS, ZONES)
def test_an_interval_is_arithmetic_in_utc(seconds, after, zone):
    assert next_due(parse(seconds, "", zone), after.astimezone(ZoneInfo(zone))) == after + timedelta(seconds=seconds)


@settings(max_examples=300, deadline=None)
@given(CRONS, ZONES, st.one_of(MOMENTS, NEAR_A_CHANGE), st.integers(0, 7200))
def test_the_next_run_is_after_now_and_never_before_that_of_an_earlier_now(cron, zone, after, seconds):
    try:
        schedule = parse(None, cron, zone)
    except BadSchedule:
        return  # the fifth Monday of a week that has none
    due, later = next_due(schedule, after), after + timedelta(seconds=seconds)
    assert due > after
    assert due.tzinfo is UTC
    assert (due.second, due.microsecond) == (0, 0)
    assert next_due(schedule, later) == due if later < due else next_due(schedule, later) > later
    # The hour and the zone in which one asks make no difference.
    assert next_due(schedule, after.astimezone(ZoneInfo("Asia/Tokyo"))) == due


@settings(max_examples=300, deadline=None)
@given(CRONS, ZONES, st.one_of(MOMENTS, NEAR_A_CHANGE))
def test_the_clock_on_the_wall_shows_a_time_of_the_cron_save_after_a_skipped_one(cron, zone, after):
    try:
        due = next_due(parse(None, cron, zone), after).astimezone(ZoneInfo(zone))
    except BadSchedule:
        return
    minute = timedelta(minutes=1)
    before = (due.astimezone(UTC) - minute).astimezone(due.tzinfo)
    skipped = due.replace(tzinfo=None) - before.replace(tzinfo=None) - minute
    # The cron names this very minute; or, where it names its times, one of those that the clocks have just skipped.
    wall, is_open = due.replace(tzinfo=None), "*" in (cron[0], cron.split()[1][0])
    assert next(CronSim(cron, wall - minute - (timedelta() if is_open else max(skipped, timedelta())))) <= wall


@settings(max_examples=200, deadline=None)
@given(NAMED, HOURS, ZONES, st.sampled_from([2026, 2027, 2031]))
def test_over_a_year_each_named_time_comes_once_on_each_day(minutes, hours, zone, year):
    """Both clock changes included: as many runs as times on the wall, less those that were skipped together."""
    schedule, cron = parse(None, f"{minutes} {hours} * * *", zone), f"{minutes} {hours} * * *"
    place = ZoneInfo(zone)
    for day in clock_changes(place, year):
        start = datetime(day.year, day.month, day.day, 12, tzinfo=place) - timedelta(days=2)
        end = start + timedelta(days=3)
        walls = []
        for wall in CronSim(cron, start.replace(tzinfo=None)):
            if wall > end.replace(tzinfo=None):
                break
            walls.append(wall)
        came, now = [], start.astimezone(UTC)
        while (now := next_due(schedule, now)) <= end.astimezone(UTC):
            came.append(now.astimezone(place).replace(tzinfo=None))
        assert len(set(came)) == len(came)
        skipped = [wall for wall in walls if is_skipped(wall, place)]
        assert [wall for wall in walls if wall in came] == [wall for wall in walls if wall not in skipped]
        extra = set(came) - set(walls)
        assert len(extra) <= (1 if skipped else 0)


def clock_changes(zone, year):
    """The days of a year on which the offset of a zone is another at noon than the day before."""
    days = [datetime(year, 1, 2, 12, tzinfo=zone) + timedelta(days=index) for index in range(363)]
    return [day for day in days if day.utcoffset() != (day - timedelta(days=1)).utcoffset()]


def is_skipped(wall, zone):
    there = wall.replace(tzinfo=zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=40) | st.text("0123456789*/,-#LW @?\t\nMONJAN", max_size=300), st.text(max_size=30))
def test_no_text_is_anything_but_a_schedule_or_refused(cron, zone):
    for name in ("UTC", zone):
        try:
            schedule = parse(None, cron, name)
        except BadSchedule:
            continue
        assert next_due(schedule, datetime(2026, 1, 1, tzinfo=UTC))
