"""How long tasks of one name take usually: what a run is held against."""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db import connection

from tasks.row import TaskRow
from tasks.statuses import Status

RUNS_MAX = 300
NEWEST_MAX = 2000  # tasks of the name that are looked through for them: most may still wait
LEAST = 3  # of fewer nothing can be said
WIDTH = 240  # of the picture's viewBox
SQL = (
    "SELECT start_time, end_time FROM (SELECT number, status, start_time, end_time FROM tasks_task "
    "WHERE project_id = %s AND name = %s ORDER BY number DESC LIMIT %s) newest WHERE status = %s AND number <> %s "
    "AND start_time IS NOT NULL AND end_time IS NOT NULL ORDER BY number DESC LIMIT %s"
)


@dataclass(frozen=True, slots=True)
class Usual:
    """Of the newest runs that succeeded, in seconds."""

    runs: int
    p50: float
    p95: float

    def verdict(self, seconds: float) -> str:
        if seconds > self.p95:
            return "longer than 95 % of them"
        return "longer than most" if seconds > self.p50 else "no longer than most"

    def picture(self, seconds: float) -> "Picture":
        scale = WIDTH / (max(self.p95, seconds) * 1.12 or 1)
        begin, end = round(self.p50 * scale, 1), round(self.p95 * scale, 1)
        return Picture(WIDTH, begin, max(round(end - begin, 1), 2), round(seconds * scale, 1))


@dataclass(frozen=True, slots=True)
class Picture:
    """A bar as long as the run, above the range from the median to the 95th percentile."""

    width: int
    range_x: float
    range_width: float
    run: float


def usual_of(task: TaskRow) -> Usual | None:
    """One statement, along the index of names; None where there are too few runs to speak of."""
    params: list[Any] = [task.project_id, task.name, NEWEST_MAX, Status.SUCCESS.value, task.number, RUNS_MAX]
    with connection.cursor() as cursor:
        cursor.execute(SQL, params)
        rows = cursor.fetchall()
    taken = sorted(seconds for start, end in rows if (seconds := seconds_between(start, end)) >= 0)
    if len(taken) < LEAST:
        return None
    return Usual(len(taken), median(taken), percentile(taken, 0.95))


def percentile(ordered: Sequence[float], fraction: float) -> float:
    return ordered[max(math.ceil(fraction * len(ordered)), 1) - 1]


def seconds_between(start: Any, end: Any) -> float:
    return (moment(end) - moment(start)).total_seconds()


def moment(value: Any) -> datetime.datetime:
    """SQLite gives text."""
    return datetime.datetime.fromisoformat(value) if isinstance(value, str) else value
