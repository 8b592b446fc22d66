"""When a run is next expected: every so many seconds, or at the times that a cron names in a time zone.

Clock changes are kept as Debian's cron keeps them. A cron whose minute and hour are named comes once on every such day:
a time that the clocks skip comes when they have moved on, one that they show twice comes the first time. A cron whose
minute or hour begins with a star comes whenever the clock on the wall shows its times: never in an hour that is
skipped, and in both of an hour that is repeated.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

CRON_MAX = 255
HORIZON = 50  # years: a 29th of February on a certain weekday comes within 40
CHECKED_FROM = datetime(2026, 1, 1, tzinfo=UTC)  # a cron that does not come within `HORIZON` of this never comes
MINUTE = timedelta(minutes=1)


class BadSchedule(ValueError):
    """Says what is wrong with which `field`: `interval`, `cron` or `timezone`."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")
        self.field = field
        self.text = text


@dataclass(frozen=True, slots=True)
class Interval:
    seconds: int


@dataclass(frozen=True, slots=True)
class Cron:
    text: str
    zone: ZoneInfo

    @property
    def comes_by_the_clock(self) -> bool:
        """Its minute or hour is open: it follows the clock on the wall, where others come once a day that is named."""
        minute, hour = self.text.split()[:2]
        return minute.startswith("*") or hour.startswith("*")


Schedule = Interval | Cron


@lru_cache(maxsize=1000)
def parse(interval: int | None, cron: str, timezone: str) -> Schedule:
    """The schedule of either `interval` (seconds) or `cron` (five fields; else "") with `timezone` (an IANA name).

    Raises `BadSchedule` for what is none, and for a cron that never comes.
    """
    zone = parse_zone(timezone)
    if (interval is None) == (not cron):
        raise BadSchedule("interval", "Either an interval or a cron is needed.")
    if interval is not None:
        if interval < 1:
            raise BadSchedule("interval", "At least one second is needed.")
        return Interval(interval)
    schedule = parse_cron(cron, zone)
    if next_due(schedule, CHECKED_FROM) is None:
        raise BadSchedule("cron", "This never comes.")
    return schedule


def parse_cron(text: str, zone: ZoneInfo) -> Cron:
    """Five fields, and no more than five: cronsim would take a sixth for seconds."""
    if len(text) > CRON_MAX or not text.isascii():
        raise BadSchedule("cron", f"A cron has at most {CRON_MAX} characters of ASCII.")
    if len(text.split()) != 5:
        raise BadSchedule("cron", "Five fields are needed: minute, hour, day of month, month, day of week.")
    try:
        CronSim(text, CHECKED_FROM)
    except CronSimError as error:
        raise BadSchedule("cron", f"{error}.") from None
    return Cron(text, zone)


def parse_zone(name: str) -> ZoneInfo:
    # Asked of the list, never of the file system: a name is a path to `ZoneInfo`.
    if name not in zone_names():
        raise BadSchedule("timezone", "There is no such time zone. IANA names are known: UTC, Europe/Berlin.")
    return ZoneInfo(name)


@cache
def zone_names() -> frozenset[str]:
    """Those that mean the same on every machine."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


def next_due(schedule: Schedule, after: datetime) -> datetime | None:
    """The first moment after `after` (aware) at which the schedule comes, in UTC; None: not within `HORIZON` years."""
    try:
        if isinstance(schedule, Interval):
            return after.astimezone(UTC) + timedelta(seconds=schedule.seconds)
        return next_of_cron(schedule, after)
    except (OverflowError, ValueError):  # beyond the year 9999
        return None


def next_of_cron(cron: Cron, after: datetime) -> datetime | None:
    """Goes through the times on the wall, which know no clock changes, and asks of each when it comes.

    cronsim's own way through the changes of a zone loses runs where they are not of a whole hour, or at midnight.
    """
    here = after.astimezone(cron.zone)
    wall = here.replace(tzinfo=None, fold=0)
    # While the clocks show an hour for the first time, its earlier times are yet to come once more.
    first, second = passes(wall, cron.zone)
    due: list[datetime] = []
    for time in CronSim(cron.text, wall - max(second - first, timedelta())):
        if time.year > wall.year + HORIZON:
            break
        comes = moments_of(time, cron)
        due += [moment for moment in comes if moment > after]
        if comes and comes[0] > after:  # all later times on the wall first come later
            break
    return min(due, default=None)


def moments_of(time: datetime, cron: Cron) -> list[datetime]:
    """When a time on the wall comes: once, twice where the clocks are set back, not at all where they are set ahead."""
    first, second = passes(time, cron.zone)
    if cron.comes_by_the_clock:
        return sorted({first, second}) if first <= second else []
    while first > second:  # skipped: it comes when the clocks show a time again
        time += MINUTE
        first, second = passes(time, cron.zone)
    return [first]


def passes(time: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments that a time on the wall may mean: the same twice, but where the clocks change.

    The second is the later one where they are set back, and the earlier one where they are set ahead: no moment then
    is shown as this time.
    """
    first, second = (time.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second
