"""How often a global action would have fired lately, by the history that there is, before anybody saves it.

Status points are counted by the changes of tasks, monitors' points by the changes of monitors, and ends in a row as
they are counted when tasks end. Values and percentages leave no history, nor do events of tasks: of these it says so.
It looks at the newest tasks, so many and for so long that nobody waits. Where these are not all of a week, it looks for
older ones that have the status still: those that were retried since are not among them, so it says that there may be
more. So it does where monitors changed more often than it looks at.
"""

import datetime
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models.expressions import RawSQL

from dashboard.task_list import TaskList, one_of, together, values_of
from monitors.models import MonitorChange
from tasks.dialects import Condition
from tasks.firing import RECOVERED
from tasks.lifecycle import POINTS, hears
from tasks.models import StatusChange, Streak, Task
from tasks.name_filter import matches
from tasks.rules import ENDS, Rule
from tasks.statements import adapted
from tasks.statuses import TERMINAL, Status
from tasks.streaks import Verdict, judge
from tasks.triggers import Kind, MonitorEvent

SPAN = datetime.timedelta(days=7)
TASKS_MAX = 10_000
CHUNK = 2_000
CHANGES_MAX = 5_000  # of monitors
SECONDS_MAX = 0.5
LATEST_SHOWN = 5


class Firing(NamedTuple):
    """about: the name of a task or a monitor. task_id: of a task, the other is None."""

    at: datetime.datetime
    point: str
    about: str
    task_id: object = None
    monitor_id: object = None


@dataclass
class Preview:
    """since: what was looked at began then, seven days ago unless there was more than it can look at (`is_cut`).

    is_least: there may have been more, of older tasks (`by_status`) or of monitors (`most_changes`, how many changes it
    has looked at, where these were not all). untold: the points that leave no history.
    """

    since: datetime.datetime
    untold: Sequence[str]
    can_tell: bool
    is_cut: bool = False
    by_status: bool = False
    most_changes: int | None = None
    firings: list[Firing] = field(default_factory=list)

    @property
    def is_least(self) -> bool:
        return self.by_status or self.most_changes is not None

    @property
    def count(self) -> int:
        return len(self.firings)

    @property
    def by_point(self) -> list[tuple[str, int]]:
        return Counter(firing.point for firing in self.firings).most_common()

    @property
    def latest(self) -> list[Firing]:
        return self.firings[: -LATEST_SHOWN - 1 : -1]


class Move(NamedTuple):
    """A task got a status: of a change, or of its making (old: "")."""

    at: datetime.datetime
    order: int
    old: str
    new: str
    number: int


class Known(NamedTuple):
    """A task, as far as the preview goes."""

    number: int
    public_id: object
    name: str
    project_id: int
    status: str
    created: datetime.datetime


def preview_of(rule: Rule, project_ids: Sequence[int], now: datetime.datetime) -> Preview:
    """rule: one that is not snoozed, whatever was typed. project_ids: those that it applies to."""
    monitor_points = {str(event) for event in MonitorEvent}
    is_of_tasks = any(point.kind is Kind.STATUS for point in rule.points)
    is_of_monitors = any(point.text in monitor_points for point in rule.points)
    untold = [point.text for point in rule.points if point.kind is not Kind.STATUS and point.text not in monitor_points]
    week = now - SPAN
    preview = Preview(week, untold, is_of_tasks or is_of_monitors)
    firings: list[Firing] = []
    if is_of_tasks:
        tasks, preview.since, preview.is_cut = newest_tasks(rule, project_ids, week)
        if preview.is_cut and not rule.counts:  # a row of ends has no gaps
            statuses = [point.text for point in rule.points if point.kind is Kind.STATUS]
            older, preview.since, preview.is_cut = newest_tasks(rule, project_ids, week, statuses)
            tasks, preview.by_status = {**older, **tasks}, True
        firings += of_tasks(rule, tasks, preview.since)
    if is_of_monitors:
        changes = changes_of(rule, project_ids, preview.since)
        if len(changes) > CHANGES_MAX:
            preview.most_changes = CHANGES_MAX
        firings += of_monitors(rule, changes[:CHANGES_MAX])
    preview.firings = sorted(firings, key=lambda firing: firing.at)
    return preview


# -- Tasks -----------------------------------------------------------------------------------------------------------


def newest_tasks(
    rule: Rule, project_ids: Sequence[int], since: datetime.datetime, statuses: Sequence[str] = ()
) -> tuple[dict[int, Known], datetime.datetime, bool]:
    """The newest tasks that the rule applies to, of these statuses, or of all.

    And since when all that were made are among them, and whether that is later than `since`.
    """
    monitor = [Condition("monitor_id = %s", (rule.monitor_id,))] if rule.monitor_id else []
    source, found = TaskList(project_ids, statuses, None, monitor), dict[int, Known]()
    seen, before, until = 0, None, time.monotonic() + SECONDS_MAX
    while seen < TASKS_MAX:
        chunk = chunk_of(source, before)
        seen += len(chunk)
        found.update({task.number: task for task in chunk if matches(rule.name_filter, task.name)})
        if len(chunk) < CHUNK:
            return found, since, False
        before = chunk[-1].number
        if time.monotonic() > until:
            break
    oldest = chunk[-1].created
    return found, max(since, oldest), oldest > since


def chunk_of(source: TaskList, before: int | None) -> list[Known]:
    """One statement."""
    older = [Condition("number < %s", (before,))] if before is not None else []
    arms = enumerate(source.arms(source.statuses, older))
    parts = [one_of(arm, "number", "ORDER BY number DESC LIMIT %s", CHUNK, index) for index, arm in arms]
    if not parts:
        return []
    sql = f"SELECT number FROM ({together(parts)}) found ORDER BY number DESC LIMIT %s"  # noqa: S608 - its parts are ours
    newest = RawSQL(sql, adapted([*values_of(parts), CHUNK]))  # noqa: S611
    rows = Task.objects.filter(number__in=newest).order_by("-number")
    return [Known(*row) for row in rows.values_list(*Known._fields)]


def of_tasks(rule: Rule, tasks: Mapping[int, Known], since: datetime.datetime) -> Iterator[Firing]:
    """Goes through what happened, the oldest first, as the rule would have heard it."""
    streaks: dict[tuple[int, str], Streak] = defaultdict(Streak)
    points = {point.text for point in rule.points if point.kind is Kind.STATUS}
    for move in moves_of(tasks, since):
        task = tasks[move.number]
        point = move.new if move.new in points else ""
        counts = rule.counts and move.new in ENDS and (move.new != Status.STALE or move.new in rule.ends)
        if counts:
            streak = streaks[task.project_id, task.name]
            verdict = judge(rule, streak, move.old or None, move.new, move.at)
            if verdict is Verdict.RECOVERED:
                point = RECOVERED
            elif verdict is Verdict.NOTHING and point in rule.ends:
                point = ""
        if point:
            yield Firing(move.at, point, task.name, task_id=task.public_id)


def moves_of(tasks: Mapping[int, Known], since: datetime.datetime) -> list[Move]:
    """One statement for each `CHUNK` tasks."""
    moves: list[Move] = []
    first_status = {task.number: task.status for task in tasks.values()}
    numbers = list(tasks)
    for start in range(0, len(numbers), CHUNK):
        changes = StatusChange.objects.filter(task__in=numbers[start : start + CHUNK], at__gte=since).order_by("-id")
        for order, number, old, new, at in changes.values_list("id", "task_id", "old", "new", "at"):
            first_status[number] = old
            # Heard of again, it is what it was before it went stale: that fires nothing.
            if old != Status.STALE or new in TERMINAL:
                moves.append(Move(at, order, old, new, number))
    made = [
        Move(task.created, 0, "", first_status[task.number], task.number)
        for task in tasks.values()
        if task.created >= since
    ]
    return sorted([*moves, *made])


# -- Monitors --------------------------------------------------------------------------------------------------------


class Change(NamedTuple):
    """Of a monitor's status."""

    at: datetime.datetime
    old: str
    new: str
    name: str
    monitor_id: object


def changes_of(rule: Rule, project_ids: Sequence[int], since: datetime.datetime) -> list[Change]:
    """The newest, and one more than `CHANGES_MAX` where there are more. One statement."""
    changes = MonitorChange.objects.filter(monitor__project__in=project_ids, at__gte=since)
    if rule.monitor_id:
        changes = changes.filter(monitor=rule.monitor_id)
    rows = changes.order_by("-id").values_list("at", "old", "new", "monitor__name", "monitor_id")
    return [Change(*row) for row in rows[: CHANGES_MAX + 1]]


def of_monitors(rule: Rule, changes: Iterable[Change]) -> Iterator[Firing]:
    for change in changes:
        point = POINTS.get((change.old, change.new))
        if point is not None and matches(rule.name_filter, change.name) and hears(rule, point, change.old):
            yield Firing(change.at, str(point), change.name, monitor_id=change.monitor_id)
