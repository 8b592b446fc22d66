"""Figures over many tasks, for pages: what has ended, by time and by name, and what is under way now.

What has ended is read from the counts of `tasks.ends`, what is under way from the newest tasks of each status: neither
costs more where there are more tasks.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson
from django.db import connection
from django.db.models import Sum

from tasks.durations import percentile
from tasks.models import EndCount, EndsCounted
from tasks.statuses import RUNNING, Status

ACTIVE_MAX = 3000  # tasks of a status that are looked at, the newest first
GLANCE_MAX = 1000  # the same, where many projects are shown at once
ACTIVE = (Status.PENDING, *sorted(RUNNING), Status.STALE)

BY_QUEUE = (
    "SELECT status, queue, count(*) FROM (SELECT status, queue FROM tasks_task WHERE project_id = %s AND status = %s "
    "ORDER BY number DESC LIMIT %s) newest GROUP BY status, queue"
)
OF_STATUS = (
    "(SELECT count(*) FROM (SELECT 1 FROM tasks_task WHERE project_id = p.number AND status = %s "
    "ORDER BY number DESC LIMIT %s) newest)"
)


class Ends(NamedTuple):
    """How many tasks ended, and how."""

    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        return sum(self)

    @property
    def judged(self) -> int:
        return self.succeeded + self.failed

    @property
    def failure_rate(self) -> float | None:
        """Of those that succeeded or failed, 0..1: who cancels a task says nothing of how it would have gone."""
        return self.failed / self.judged if self.judged else None

    @classmethod
    def together(cls, all_of_them: Iterable["Ends"]) -> "Ends":
        return cls(*(sum(column) for column in zip(*all_of_them, strict=True)))


class NameFigures(NamedTuple):
    """One task name in a time; name "": all names beyond those that are counted one by one."""

    name: str
    ends: Ends
    timed: int  # runs that succeeded and whose start is known: what the percentiles are of
    p50: float | None  # seconds
    p95: float | None


class Active(NamedTuple):
    """How many tasks are under way, at most `limit` of each status looked at."""

    waiting: int
    running: int
    stale: int
    limit: int

    @property
    def more_waiting(self) -> bool:
        return self.waiting >= self.limit

    @property
    def more_running(self) -> bool:
        return self.running >= self.limit

    @property
    def more_stale(self) -> bool:
        return self.stale >= self.limit


class QueueFigures(NamedTuple):
    queue: str
    waiting: int
    running: int


def counted_until() -> datetime.datetime | None:
    """Until when ends are counted; None: they never were."""
    return EndsCounted.objects.values_list("until", flat=True).first()


def ends_by_time(
    project_ids: Sequence[int], hours: int, since: datetime.datetime
) -> dict[int, dict[datetime.datetime, Ends]]:
    """One statement: by project, and by the hour or day in which they were."""
    rows = EndCount.objects.filter(project__in=project_ids, hours=hours, since__gte=since).order_by()
    found: dict[int, dict[datetime.datetime, Ends]] = defaultdict(dict)
    for project_id, moment, *counts in rows.values_list("project_id", "since").annotate(
        Sum("succeeded"), Sum("failed"), Sum("cancelled")
    ):
        found[project_id][moment] = Ends(*counts)
    return found


def ends_by_name(project_id: int, hours: int, since: datetime.datetime) -> list[NameFigures]:
    """One statement: by name, those that ended most first."""
    rows = EndCount.objects.filter(project=project_id, hours=hours, since__gte=since).order_by()
    ends: dict[str, list[Ends]] = defaultdict(list)
    durations: dict[str, dict[str, int]] = defaultdict(dict)
    for name, text, *counts in rows.values_list("name", "durations", "succeeded", "failed", "cancelled"):
        ends[name].append(Ends(*counts))
        own = durations[name]
        for step, count in orjson.loads(text).items():
            own[step] = own.get(step, 0) + count
    found = []
    for name, parts in ends.items():
        steps = {int(step): count for step, count in durations[name].items()}
        p50, p95 = percentile(steps, 0.5), percentile(steps, 0.95)
        found.append(NameFigures(name, Ends.together(parts), sum(steps.values()), p50, p95))
    return sorted(found, key=lambda figures: (figures.name == "", -figures.ends.total, figures.name))


def active_by_queue(project_id: int) -> tuple[Active, list[QueueFigures]]:
    """One statement: what is under way in a project, and in which queues, the fullest first; "" is no queue."""
    params = [param for status in ACTIVE for param in (project_id, status.value, ACTIVE_MAX)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([BY_QUEUE] * len(ACTIVE)), params)
        rows = cursor.fetchall()
    by_status: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    running: Counter[str] = Counter()
    for status, queue, count in rows:
        by_status[status] += count
        if status != Status.STALE:
            (waiting if status == Status.PENDING else running)[queue] += count
    queues = [QueueFigures(queue, waiting[queue], running[queue]) for queue in waiting.keys() | running.keys()]
    queues.sort(key=lambda figures: (-figures.waiting - figures.running, figures.queue))
    return active_of(by_status, ACTIVE_MAX), queues


def active_of_projects(project_ids: Sequence[int]) -> dict[int, Active]:
    """One statement: what is under way in each of the projects."""
    if not project_ids:
        return {}
    holes = ", ".join(["%s"] * len(project_ids))
    counts = ", ".join([OF_STATUS] * len(ACTIVE))
    params = [param for status in ACTIVE for param in (status.value, GLANCE_MAX)]
    with connection.cursor() as cursor:
        sql = " ".join(("SELECT p.number,", counts, "FROM projects_project p WHERE p.number IN (", holes, ")"))
        cursor.execute(sql, [*params, *project_ids])
        rows = cursor.fetchall()
    return {row[0]: active_of(Counter(dict(zip(ACTIVE, row[1:], strict=True))), GLANCE_MAX) for row in rows}


def active_of(by_status: Counter[str], limit: int) -> Active:
    """Where one of the running statuses has reached the limit, their sum has."""
    return Active(
        waiting=by_status[Status.PENDING],
        running=sum(by_status[status] for status in RUNNING),
        stale=by_status[Status.STALE],
        limit=limit,
    )
