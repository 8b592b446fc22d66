"""The statements that every request of a worker fleet makes, each written once, with the rows they give and take.

A model instance costs more to make, and its statement more to compile, than PostgreSQL takes to answer it; so tasks are
read and written here as tuples. Whoever has time (the admin, filters, sweeps) uses the model. `tasks.changes` alone
calls those that write.
"""

import datetime
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import orjson
from django.db import connection

from tasks.triggers import Progress


class TaskRow(NamedTuple):
    """A task as it is, or was, stored. The fields are the columns; `data` and `tags` are JSON text."""

    number: int
    public_id: uuid.UUID
    project_id: int
    name: str
    status: str
    value: int | None
    value_max: int
    data: str
    tags: str
    queue: str
    external_id: str
    parent_id: uuid.UUID | None
    monitor_id: uuid.UUID | None
    max_runtime: int | None
    stale_timeout: int | None
    stall_timeout: int | None
    start_time: datetime.datetime | None
    end_time: datetime.datetime | None
    time_to_start: datetime.timedelta | None
    created: datetime.datetime
    updated: datetime.datetime
    status_before_stale: str
    wake_at: datetime.datetime | None
    is_overrun: bool
    still_since: datetime.datetime | None
    has_actions: bool
    public_token: str

    def progress(self) -> Progress:
        """What triggers compare before and after a change."""
        return Progress(self.status, self.value, self.value_max)


PUBLIC_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
JSON_COLUMNS = frozenset({"tags"})


def find(project_id: int, public_id: uuid.UUID) -> TaskRow | None:
    """One statement: the task of that id, where it is in the project."""
    rows = fetch("FROM tasks_task WHERE public_id = %s AND project_id = %s", [public_id, project_id])
    return rows[0] if rows else None


def lock(project_id: int, public_ids: Sequence[uuid.UUID]) -> list[TaskRow]:
    """One statement: those of the tasks that are in the project, held until the transaction ends.

    They are locked in the order of their numbers, so that no two callers wait for each other in a ring. SQLite's
    transactions are immediate, and need no locks of rows.
    """
    conditions = [is_one_of("public_id", public_ids), Condition("project_id = %s", (project_id,))]
    return select(conditions, f"ORDER BY number{dialect().lock}")


def public_id_of(text: str) -> uuid.UUID | None:
    """A task's id as it stands in a path or a parameter; None for what can't be one."""
    return uuid.UUID(text) if PUBLIC_ID.fullmatch(text) else None


class Condition(NamedTuple):
    """A part of a WHERE, and the values of its holes."""

    sql: str
    params: Sequence[Any]


class Selection(NamedTuple):
    """Tasks that meet all of the conditions, page by page: what `taskapi.rest.pages` asks."""

    conditions: Sequence[Condition]

    def newest(self, limit: int, before: int | None = None) -> list[TaskRow]:
        """One statement: the `limit` newest, or the newest of those older than number `before`, newest first."""
        older = [Condition("number < %s", (before,))] if before is not None else []
        return select([*self.conditions, *older], "ORDER BY number DESC LIMIT %s", limit)

    def next_newer(self, limit: int, after: int) -> list[TaskRow]:
        """One statement: the `limit` oldest of those newer than number `after`, newest first."""
        newer = Condition("number > %s", (after,))
        return select([*self.conditions, newer], "ORDER BY number LIMIT %s", limit)[::-1]


def children(parents: Sequence[uuid.UUID]) -> list[TaskRow]:
    """One statement: all parts of these tasks, newest first."""
    return select([is_one_of("parent_id", parents)], "ORDER BY number DESC")


def select(conditions: Iterable[Condition], rest: str, *params: Any) -> list[TaskRow]:
    where = " AND ".join(condition.sql for condition in conditions)
    values = [value for condition in conditions for value in condition.params]
    return fetch(f"FROM tasks_task WHERE {where} {rest}", [*values, *params])


def is_one_of(column: str, values: Sequence[Any]) -> Condition:
    return Condition(f"{column} IN ({', '.join(['%s'] * len(values))})", values)


def is_tagged(name: str, value: str) -> Condition:
    """Only PostgreSQL has JSON containment, and an index for it."""
    return dialect().tagged(name, value)


def has_in_name(part: str) -> Condition:
    """Case counts, on SQLite too, whose LIKE would not heed it."""
    return Condition(f"{dialect().position}(name, %s) > 0", (part,))


def insert(task: TaskRow) -> TaskRow:
    """The task as it is stored, with its number."""
    names = TaskRow._fields[1:]
    sql = f"INSERT INTO tasks_task ({', '.join(names)}) VALUES ({', '.join(map(hole, names))}) RETURNING number"
    with connection.cursor() as cursor:
        cursor.execute(sql, adapted(task[1:]))
        return task._replace(number=cursor.fetchone()[0])


def update(number: int, values: Mapping[str, Any]) -> None:
    """Sets the columns named in `values`."""
    sql = f"UPDATE tasks_task SET {', '.join(f'{name} = {hole(name)}' for name in values)} WHERE number = %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*adapted(values.values()), number])


def update_in_place(
    project_id: int, public_id: uuid.UUID, values: Mapping[str, Any], now: datetime.datetime
) -> TaskRow | None:
    """One statement, which is its own transaction: the task after `values`, where they can move nothing else.

    None where there is no such task, and where more must be looked at: a stale one comes back to life, and actions hear
    of a change. `values` holds neither the status nor what the next look of a sweep depends on.
    """
    own = dialect()
    sets = "".join(f"{name} = {hole(name)}, " for name in values)
    sql = (
        f"UPDATE tasks_task SET {sets}updated = CASE WHEN updated > %s THEN updated ELSE %s END WHERE public_id = %s "
        f"AND project_id = %s AND status <> 'stale' AND NOT has_actions RETURNING {own.columns}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, adapted([*values.values(), now, now, public_id, project_id]))
        rows = cursor.fetchall()
    return own.row(rows[0]) if rows else None


def fetch(rest: str, params: Iterable[Any]) -> list[TaskRow]:
    own = dialect()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {own.columns} {rest}", adapted(params))
        return [own.row(values) for values in cursor.fetchall()]


def hole(column: str) -> str:
    return dialect().json_hole if column in JSON_COLUMNS else "%s"


def adapted(values: Iterable[Any]) -> list[Any]:
    adapt = dialect().adapt
    return [adapt[type(value)](value) if type(value) in adapt else value for value in values]


class Dialect(NamedTuple):
    """Where the two databases differ: psycopg takes and gives Python's own types, SQLite has few types."""

    lock: str
    json_hole: str
    columns: str
    position: str
    tagged: Callable[[str, str], Condition]
    adapt: Mapping[type, Callable[[Any], Any]]
    row: Callable[[Sequence[Any]], TaskRow]


MOMENTS = frozenset({"start_time", "end_time", "created", "updated", "wake_at", "still_since"})


def row_of_sqlite(values: Sequence[Any]) -> TaskRow:
    """Position by position: `_replace` by name takes three times as long, and a page has a thousand rows."""
    head, (parent_id, monitor_id, *limits) = values[2:11], values[11:16]
    start, end, delay, created, updated, before_stale, wake, is_overrun, still, has_actions, token = values[16:]
    row = (
        values[0],
        uuid.UUID(values[1]),
        *head,
        uuid.UUID(parent_id) if parent_id else None,
        uuid.UUID(monitor_id) if monitor_id else None,
        *limits,
        start and moment(start),
        end and moment(end),
        None if delay is None else datetime.timedelta(microseconds=delay),
        moment(created),
        moment(updated),
        before_stale,
        wake and moment(wake),
        bool(is_overrun),
        still and moment(still),
        bool(has_actions),
        token,
    )
    return TaskRow._make(row)


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text + "+00:00")


DIALECTS = {
    "postgresql": Dialect(
        lock=" FOR NO KEY UPDATE",
        json_hole="%s::jsonb",
        columns=", ".join(TaskRow._fields),
        position="strpos",
        tagged=lambda name, value: Condition("tags @> %s::jsonb", (orjson.dumps({name: value}).decode(),)),
        adapt={},
        row=TaskRow._make,
    ),
    "sqlite": Dialect(
        lock="",
        json_hole="%s",
        # The sign takes the type away from a column, and with it a converter of Django's, slower than `row`.
        columns=", ".join(f"+{name}" if name in MOMENTS else name for name in TaskRow._fields),
        position="instr",
        tagged=lambda *tag: Condition("EXISTS (SELECT 1 FROM json_each(tags) WHERE key = %s AND value = %s)", tag),
        adapt={
            uuid.UUID: lambda value: value.hex,
            datetime.datetime: lambda value: str(value.astimezone(datetime.UTC).replace(tzinfo=None)),
            datetime.timedelta: lambda value: value // datetime.timedelta(microseconds=1),
        },
        row=row_of_sqlite,
    ),
}


@cache
def dialect() -> Dialect:
    return DIALECTS[connection.vendor]
