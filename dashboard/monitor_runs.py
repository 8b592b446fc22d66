"""When the next runs of a schedule come, and what was heard of the last ones."""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Case, IntegerField, Value, When

from dashboard.task_rows import duration_of
from monitors.models import Monitor, MonitorChange
from monitors.schedules import next_due, parse
from monitors.states import State
from tasks import statements
from tasks.dialects import Condition
from tasks.row import TaskRow

NEXT_SHOWN = 5
TASKS_SHOWN = 10
CHANGES_SHOWN = 30
BAD_FIRST = Case(
    *(When(status=status, then=Value(place)) for place, status in enumerate((State.DOWN, State.LATE))),
    default=Value(2),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class Run:
    """here: what clocks in the schedule's own zone show then."""

    at: datetime.datetime
    here: str


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A task that was a run."""

    task: TaskRow
    duration: datetime.timedelta | None


def next_runs(
    interval: int | None, cron: str, timezone: str, now: datetime.datetime, first: datetime.datetime | None = None
) -> list[Run]:
    """The next five of a schedule that is right. first: when an interval is due next, if it is known."""
    schedule, zone = parse(interval, cron, timezone), ZoneInfo(timezone)
    moments: list[datetime.datetime] = []
    if interval is not None and first is not None and first > now:
        moments.append(first)
    while len(moments) < NEXT_SHOWN:
        at = next_due(schedule, moments[-1] if moments else now)
        if at is None:
            break
        moments.append(at)
    return [Run(at, f"{at.astimezone(zone):%a %d %b %Y, {'%H:%M' if cron else '%H:%M:%S'}}") for at in moments]


def check_ins(monitor: Monitor) -> list[CheckIn]:
    """The newest tasks that said that they are runs of it. One statement."""
    mine = [Condition("project_id = %s", (monitor.project_id,)), Condition("monitor_id = %s", (monitor.pk,))]
    tasks = statements.select(mine, f"ORDER BY number DESC LIMIT {TASKS_SHOWN}")
    return [CheckIn(task, duration_of(task)) for task in tasks]


def changes_of(monitor: Monitor) -> list[MonitorChange]:
    return list(MonitorChange.objects.filter(monitor=monitor).defer("shown").order_by("-id")[:CHANGES_SHOWN])


def crontab_line(monitor: Monitor, ping_url: str) -> str:
    """What a crontab runs: the job, and its exit code told. An interval has a line only where a crontab knows it."""
    command = f"/path/to/job; curl -fsS -m 10 --retry 3 -o /dev/null {ping_url}/$?"
    when = monitor.cron or interval_as_cron(monitor.interval or 0)
    return f"{' '.join(when.split())} {command}" if when else command


def interval_as_cron(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if rest or not minutes:
        return ""
    if minutes < 60:
        return "" if 60 % minutes else "* * * * *" if minutes == 1 else f"*/{minutes} * * * *"
    hours, rest = divmod(minutes, 60)
    if rest or 24 % hours:
        return ""
    return {1: "0 * * * *", 24: "0 0 * * *"}.get(hours, f"0 */{hours} * * *")
