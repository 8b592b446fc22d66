"""The tasks that a list shows: of one project or of several, by the filters that the API's lists have, page by page.

What is asked for is read in arms, one for each project, status and name, each along an index and no longer than the
page; so several projects cost little more than one, and a million tasks no more than a thousand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from django.db import connection
from django.http import QueryDict

from projects.models import Project
from taskapi.rest.pages import Cursor
from taskapi.rest.params import conditions_of
from tasks import statements
from tasks.dialects import Condition
from tasks.filters import FILTERS, REPEATABLE
from tasks.row import TaskRow
from tasks.statements import adapted, is_one_of
from tasks.statuses import Status

COUNT_MAX = 10_000  # of a status: beyond that, "10 000+"
MOST_ARMS = 200  # SQLite takes no more than 500
MOST_NAMES = 500  # who puts ids into names has more, and is read row by row
# What a page knows beside the filters.
BESIDE = frozenset({"project", "page_size", "cursor", "here", "part"})
IN_ARMS = frozenset({"status", "name_contains"})
NAMES = (
    "WITH RECURSIVE names(name) AS (SELECT (SELECT min(name) FROM tasks_task WHERE project_id = %s) UNION ALL "
    "SELECT (SELECT min(name) FROM tasks_task WHERE project_id = %s AND name > names.name) FROM names "
    "WHERE names.name IS NOT NULL) SELECT name FROM names WHERE name IS NOT NULL LIMIT %s"
)
Arm = Sequence[Condition]


class Count(NamedTuple):
    """How many there are; more: at least so many."""

    number: int
    more: bool

    def __str__(self) -> str:
        return f"{self.number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") + ("+" if self.more else "")


@dataclass(frozen=True)
class TaskList:
    """Tasks that a page asks for. names: those that a part of a name stands for; None: it is among the conditions."""

    project_ids: Sequence[int]
    statuses: Sequence[str]
    names: Sequence[str] | None
    conditions: Sequence[Condition]

    def newest(self, limit: int, before: int | None = None) -> list[TaskRow]:
        """One statement: the `limit` newest, or the newest of those older than number `before`, newest first."""
        older = [Condition("number < %s", (before,))] if before is not None else []
        return self.read(older, "DESC", limit)

    def next_newer(self, limit: int, after: int) -> list[TaskRow]:
        """One statement: the `limit` oldest of those newer than number `after`, newest first."""
        return self.read([Condition("number > %s", (after,))], "ASC", limit)

    def read(self, place: Arm, order: str, limit: int) -> list[TaskRow]:
        parts = [
            one_of(arm, "number", f"ORDER BY number {order} LIMIT %s", limit, index)
            for index, arm in enumerate(self.arms(self.statuses, place))
        ]
        if not parts:
            return []
        found = f"SELECT number FROM ({together(parts)}) found ORDER BY number {order} LIMIT %s"
        numbers = Condition(f"number IN ({found})", (*values_of(parts), limit))
        return statements.select([numbers], "ORDER BY number DESC")

    def counts(self) -> dict[str, Count]:
        """One statement: how many there are of each status, whichever are asked for; at most `COUNT_MAX` are counted.

        Without other filters each status is counted by itself. With them the newest that they leave are looked at, all
        statuses together: for so many an index over the filters is enough.
        """
        if self.conditions or self.names is not None:
            windows = [self.window((), "together")]
        else:
            windows = [self.window((status,), status) for status in Status]
        windows = [window for window in windows if window.sql]
        if not windows:
            return {status: Count(0, more=False) for status in Status}
        with connection.cursor() as cursor:
            cursor.execute(together(windows), adapted(values_of(windows)))
            rows = cursor.fetchall()
        is_full = {window: sum(count for own, _, count in rows if own == window) > COUNT_MAX for window, _, _ in rows}
        found = {status: Count(min(count, COUNT_MAX), more=is_full[window]) for window, status, count in rows}
        others = Count(0, more=is_full.get("together", False))
        return {status: found.get(status, others) for status in Status}

    def window(self, statuses: Sequence[str], name: str) -> Condition:
        """SQL that counts, by status, the newest of these statuses."""
        limit, rest = COUNT_MAX + 1, "ORDER BY number DESC LIMIT %s"
        arms = enumerate(self.arms(statuses, ()))
        parts = [one_of(arm, "status", rest, limit, index) for index, arm in arms]
        if not parts:
            return Condition("", ())
        sql = (
            f"SELECT '{name}' AS of_window, status, count(*) FROM "
            f"(SELECT status FROM ({together(parts)}) arms LIMIT %s) counted GROUP BY status"
        )
        return Condition(sql, (*values_of(parts), limit))

    def arms(self, statuses: Sequence[str], more: Arm) -> list[Arm]:
        """Conditions that no task meets twice, and that together stand for all that is asked for."""
        columns = {"project_id": self.project_ids, "status": statuses or None, "name": self.names}
        asked = {column: values for column, values in columns.items() if values is not None}
        choices = [[Condition(f"{column} = %s", (value,)) for value in values] for column, values in asked.items()]
        ways = 1
        for choice in choices:
            ways *= len(choice)
        if ways > MOST_ARMS:
            choices = [[is_one_of(column, list(values))] for column, values in asked.items()]
        return [(*arm, *self.conditions, *more) for arm in product(*choices)]


def asked_for(projects: Sequence[Project], params: QueryDict) -> TaskList:
    """Raises Django's `ValidationError({parameter: error})` that names each bad one, as the API does."""
    conditions_of(params, FILTERS, beside=BESIDE, repeatable=REPEATABLE)
    beyond = sorted(FILTERS.keys() - IN_ARMS)
    conditions = [condition for name in beyond for condition in conditions_by(params, name)]
    numbers = [project.pk for project in projects]
    names = names_with(params.getlist("name_contains")[0], numbers) if "name_contains" in params else None
    if names is None:
        conditions += conditions_by(params, "name_contains")
    return TaskList(numbers, sorted(set(params.getlist("status"))), names, conditions)


def conditions_by(params: QueryDict, name: str) -> list[Condition]:
    return FILTERS[name](params.getlist(name)) if name in params else []


def names_with(part: str, project_ids: Iterable[int]) -> list[str] | None:
    """The names of tasks that have the part, or None where there are too many names to tell.

    Each name is one step along an index, however many tasks have it. One statement a project.
    """
    found: set[str] = set()
    for project_id in project_ids:
        with connection.cursor() as cursor:
            cursor.execute(NAMES, [project_id, project_id, MOST_NAMES + 1])
            found.update(name for (name,) in cursor.fetchall())
        if len(found) > MOST_NAMES:
            return None
    return sorted(name for name in found if part in name)


def one_of(arm: Arm, column: str, rest: str, limit: int, index: int) -> Condition:
    where = " AND ".join(condition.sql for condition in arm)
    values = [value for condition in arm for value in condition.params]
    sql = f"SELECT {column} FROM (SELECT {column} FROM tasks_task WHERE {where} {rest}) arm{index}"
    return Condition(sql, (*values, limit))


def together(parts: Sequence[Condition]) -> str:
    return " UNION ALL ".join(part.sql for part in parts)


def values_of(parts: Sequence[Condition]) -> list[object]:
    return [value for part in parts for value in part.params]


class Page(NamedTuple):
    """Rows of a list, and the cursors of the pages beside it. here: of this one, when newer tasks have come."""

    rows: list[TaskRow]
    newer: Cursor | None
    older: Cursor | None
    here: Cursor | None


def page_of(tasks: TaskList, cursor: Cursor | None, size: int) -> Page:
    """One statement: it asks for one row more than the page holds, to know whether there is a next one."""
    if cursor and cursor.backward:
        rows = tasks.next_newer(size + 1, after=cursor.position)
        has_newer, has_older = len(rows) > size, True
        rows = rows[-size:]
    else:
        rows = tasks.newest(size + 1, before=cursor.position if cursor else None)
        has_newer, has_older = cursor is not None, len(rows) > size
        rows = rows[:size]
    if not rows:
        return Page(rows, None, None, None)
    first, last = rows[0].number, rows[-1].number
    newer = Cursor(first, backward=True) if has_newer else None
    return Page(rows, newer, Cursor(last) if has_older else None, Cursor(first + 1))
