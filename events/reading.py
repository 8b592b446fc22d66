"""The statements behind the events: what changed since a place in the history, which tasks are new, which move.

Each reads through an index and no further than a page; where nothing happened, none of them finds a row.
"""

import datetime
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection

from events.horizon import Horizon
from events.positions import Mark
from tasks.dialects import Condition, dialect, moment
from tasks.row import TaskRow
from tasks.statements import adapted, is_one_of
from tasks.statuses import TERMINAL, Status

PAGE = 1000  # changes that are read at once
NEW_TASKS = 5000  # that are looked at in one round
RUNNING = 500  # tasks of each status whose progress is followed, the newest
CHUNK = 500

ON_POSTGRESQL = (
    "SELECT c.xact::text, c.id, c.task_id, t.project_id, c.old, c.new, c.at "
    "FROM tasks_statuschange c JOIN tasks_task t ON t.number = c.task_id "
    "WHERE c.xact IS NOT NULL AND c.xact >= %s::xid8 AND (c.xact, c.id) > (%s::xid8, %s) AND c.xact < %s::xid8 "
    "ORDER BY c.xact, c.id LIMIT %s"
)
ON_SQLITE = (
    "SELECT 0, c.id, c.task_id, t.project_id, c.old, c.new, +c.at "
    "FROM tasks_statuschange c JOIN tasks_task t ON t.number = c.task_id "
    "WHERE c.id > %s AND c.id <= %s ORDER BY c.id LIMIT %s"
)


class Change(NamedTuple):
    """A status that moved."""

    mark: Mark
    number: int
    project_id: int
    old: str
    new: str
    at: datetime.datetime


class Found(NamedTuple):
    """A task as it is now, and which of the filters it meets."""

    task: TaskRow
    meets: Sequence[Any]


def changes(after: Mark, until: Horizon, limit: int = PAGE) -> list[Change]:
    """One statement: the changes of all projects, in the order in which they are final."""
    if after >= until.final:
        return []
    if connection.vendor == "postgresql":
        xact = str(after[0])
        rows = fetch(ON_POSTGRESQL, [xact, xact, after[1], str(until.final[0]), limit])
    else:
        rows = fetch(ON_SQLITE, [after[1], until.final[1], limit])
    return [
        Change((int(xact), change), number, project, old, new, as_moment(at))
        for xact, change, number, project, old, new, at in rows
    ]


def as_moment(value: datetime.datetime | str) -> datetime.datetime:
    return moment(value) if isinstance(value, str) else value


def new_numbers(above: int, limit: int = NEW_TASKS) -> list[tuple[int, int]]:
    """One statement: number and project of the tasks above a number, the lowest first."""
    return fetch("SELECT number, project_id FROM tasks_task WHERE number > %s ORDER BY number LIMIT %s", [above, limit])


def new_numbers_of(project_id: int, above: int, limit: int) -> list[int]:
    sql = "SELECT number FROM tasks_task WHERE project_id = %s AND number > %s ORDER BY number LIMIT %s"
    return [row[0] for row in fetch(sql, [project_id, above, limit])]


def newest_number() -> int:
    return fetch("SELECT coalesce(max(number), 0) FROM tasks_task", [])[0][0]  # type: ignore[no-any-return]


def moving(project_id: int, since: datetime.datetime) -> list[tuple[int, Any]]:
    """One statement: number and last update of the tasks that are not over and were updated since a moment.

    The update is as the database gives it: it is only told from another.
    """
    statuses = sorted(set(Status) - TERMINAL)
    updated = "updated" if connection.vendor == "postgresql" else "+updated AS updated"
    of_one = (
        f"SELECT * FROM (SELECT number, {updated} FROM tasks_task WHERE project_id = %s AND status = %s "  # noqa: S608
        f"ORDER BY number DESC LIMIT {RUNNING}) AS newest WHERE updated > %s"
    )
    params = [value for status in statuses for value in (project_id, status.value, since)]
    return fetch(" UNION ALL ".join([of_one] * len(statuses)), params)


def found(numbers: Collection[int], filters: Sequence[Sequence[Condition]]) -> Iterator[Found]:
    """Those of the numbered tasks that meet any of the filters, each with what it is to all of them."""
    own = dialect()
    names = [f"meets_{number}" for number in range(len(filters))]
    meets = ", ".join(
        f"({' AND '.join(condition.sql for condition in one) or '1 = 1'}) AS {name}"
        for one, name in zip(filters, names, strict=True)
    )
    values = [value for one in filters for condition in one for value in condition.params]
    width = len(TaskRow._fields)
    ordered = sorted(numbers)
    for start in range(0, len(ordered), CHUNK):
        known = is_one_of("number", ordered[start : start + CHUNK])
        asked = f"SELECT {own.columns}, {meets} FROM tasks_task WHERE {known.sql}"  # noqa: S608
        any_of_them = f"SELECT * FROM ({asked}) AS task WHERE {' OR '.join(names)}"  # noqa: S608
        for row in fetch(any_of_them, [*values, *known.params]):
            yield Found(own.row(row[:width]), row[width:])


def fetch(sql: str, params: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, adapted(params))
        rows: list[Any] = cursor.fetchall()
    return rows
