"""The statements that every request of a worker fleet makes, each written once, with the rows they give and take.

A model instance costs more to make, and its statement more to compile, than PostgreSQL takes to answer it; so tasks are
read and written here as tuples. Whoever has time (the admin, filters, sweeps) uses the model. `tasks.changes` alone
calls those that write.
"""

import datetime
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection

from projects.models import Project
from tasks.dialects import JSON_COLUMNS, Condition, dialect
from tasks.models.task import TEXT_MAX
from tasks.row import TaskRow

# Part of the statements that write: by it a caller learns that the rules it remembers are out of date, and that the
# project, or its organization, was deleted meanwhile (NULL, which is no version).
RULES_VERSION = (
    "SELECT o.rules_version FROM projects_organization o JOIN projects_project p ON p.organization_id = o.id "
    "WHERE p.number = %s AND o.deleted IS NULL"
)
READINGS_MAX = 20  # of one tag that is asked for
PUBLIC_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def find(project_id: int, public_id: uuid.UUID) -> TaskRow | None:
    """One statement: the task of that id, where it is in the project."""
    rows = fetch("FROM tasks_task WHERE public_id = %s AND project_id = %s", [public_id, project_id])
    return rows[0] if rows else None


class Locked(NamedTuple):
    """Tasks that are held until the transaction ends, and the version of their organization's rules."""

    tasks: list[TaskRow]
    rules_version: int


def lock(project_id: int, public_ids: Sequence[uuid.UUID]) -> Locked:
    """One statement: those of the tasks that are in the project; none of a project that is deleted.

    They are locked in the order of their numbers, so that no two callers wait for each other in a ring. SQLite's
    transactions are immediate, and need no locks of rows.
    """
    return lock_known(project_id, is_one_of("public_id", public_ids))


def lock_family(project_id: int, public_id: uuid.UUID) -> Locked:
    """One statement: as `lock`, the task with its parent and its parts, however many."""
    return lock_known(project_id, is_of_family(public_id))


def count_family(project_id: int, public_id: uuid.UUID) -> int:
    """One statement: how many `lock_family` would lock now."""
    known = is_of_family(public_id)
    with connection.cursor() as cursor:
        sql = f"SELECT count(*) FROM tasks_task WHERE {known.sql} AND project_id = %s"
        cursor.execute(sql, adapted([*known.params, project_id]))
        total: int = cursor.fetchone()[0]
    return total


def is_of_family(public_id: uuid.UUID) -> Condition:
    own = "(public_id = %s OR parent_id = %s OR public_id = (SELECT parent_id FROM tasks_task WHERE public_id = %s))"
    return Condition(own, [public_id] * 3)


def lock_known(project_id: int, known: Condition) -> Locked:
    own = dialect()
    sql = (
        f"SELECT {own.columns}, ({RULES_VERSION}) FROM tasks_task WHERE {known.sql} AND project_id = %s "
        f"ORDER BY number{own.lock}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, adapted([project_id, *known.params, project_id]))
        rows = cursor.fetchall()
    if not rows or rows[0][-1] is None:
        return Locked([], 0)
    return Locked([own.row(row[:-1]) for row in rows], rows[0][-1])


def rules_version(project_id: int) -> int | None:
    """One statement: the version of the rules that hold for the project; None where it is deleted."""
    with connection.cursor() as cursor:
        cursor.execute(RULES_VERSION, [project_id])
        row = cursor.fetchone()
    return row[0] if row else None


def lock_due(now: datetime.datetime, limit: int) -> list[TaskRow]:
    """One statement: the tasks that a sweep must look at, held; what another sweep holds is left to that.

    What waits to be deleted is left in peace.
    """
    rest = (
        "WHERE wake_at <= %s AND project_id NOT IN (SELECT p.number FROM projects_project p "
        "JOIN projects_organization o ON o.id = p.organization_id WHERE o.deleted IS NOT NULL) "
        f"ORDER BY wake_at LIMIT %s{dialect().lock_free}"
    )
    return fetch(f"FROM tasks_task {rest}", [now, limit])


def public_id_of(text: str) -> uuid.UUID | None:
    """A task's id as it stands in a path or a parameter; None for what can't be one."""
    return uuid.UUID(text) if PUBLIC_ID.fullmatch(text) else None


def select(conditions: Iterable[Condition], rest: str, *params: Any) -> list[TaskRow]:
    where = " AND ".join(condition.sql for condition in conditions)
    values = [value for condition in conditions for value in condition.params]
    return fetch(f"FROM tasks_task WHERE {where} {rest}", [*values, *params])


def is_one_of(column: str, values: Sequence[Any]) -> Condition:
    return Condition(f"{column} IN ({', '.join(['%s'] * len(values))})", values)


def is_numbered(column: str, numbers: Iterable[int]) -> Condition:
    """The numbers stand in the text: to hand over a thousand values takes longer than to find their rows."""
    return Condition(f"{column} IN ({', '.join(map(str, numbers)) or 'NULL'})", ())


def is_tagged(name: str, value: str) -> Condition:
    """Only PostgreSQL has JSON containment, and an index for it."""
    return dialect().tagged(name, value)


def has_tag_shown(text: str) -> Condition:
    """Return the condition that a tag is shown as `text`: `name:value`, where either may hold further colons.

    With an index, each reading of the text is looked up in it. A text of more readings than `READINGS_MAX` is compared
    with the tags of every task instead, so that no statement grows with the number of its colons.
    """
    own = dialect()
    readings = list(islice(readings_of(text), READINGS_MAX + 1))
    if not own.has_index_of_tags or len(readings) > READINGS_MAX:
        return Condition(own.tag_shown, (text,))
    return any_of([own.tagged(*reading) for reading in readings])


def readings_of(text: str) -> Iterator[tuple[str, str]]:
    """Name and value of each tag that could be shown as `text`: `a:b:c` is `a` with `b:c`, and `a:b` with `c`."""
    place = text.find(":", 1)
    while 0 < place <= TEXT_MAX:
        if 0 < len(text) - place - 1 <= TEXT_MAX:
            yield text[:place], text[place + 1 :]
        place = text.find(":", place + 1)


def any_of(conditions: Sequence[Condition]) -> Condition:
    """One condition as it is, for its index; none is met by nothing."""
    if len(conditions) == 1:
        return conditions[0]
    sql = " OR ".join(condition.sql for condition in conditions)
    return Condition(f"({sql or '1 = 0'})", [value for condition in conditions for value in condition.params])


def has_in_name(part: str) -> Condition:
    """Case counts, on SQLite too, whose LIKE would not heed it."""
    return Condition(f"{dialect().position}(name, %s) > 0", (part,))


def insert(task: TaskRow, rules_version: int) -> TaskRow | None:
    """One statement: the task as it is stored, with its number.

    None where the rules are of another version, or the project is deleted.
    """
    with connection.cursor() as cursor:
        cursor.execute(inserting(), adapted([*task[1:], task.project_id, rules_version]))
        row = cursor.fetchone()
    return task._replace(number=row[0]) if row else None


@cache
def inserting() -> str:
    names = TaskRow._fields[1:]
    return (
        f"INSERT INTO tasks_task ({', '.join(names)}) SELECT {', '.join(map(hole, names))} "
        f"WHERE ({RULES_VERSION}) = %s RETURNING number"
    )


def update(number: int, values: Mapping[str, Any]) -> None:
    """Sets the columns named in `values`."""
    update_many(list(values), [(*values.values(), number)])


def update_many(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Sets the named columns of several tasks. rows: for each its values, and its number at the end."""
    sql = f"UPDATE tasks_task SET {', '.join(f'{name} = {hole(name)}' for name in names)} WHERE number = %s"
    with connection.cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(sql, adapted(rows[0]))
        elif rows:
            cursor.executemany(sql, [adapted(row) for row in rows])


def update_in_place(
    project: Project, public_id: uuid.UUID, values: Mapping[str, Any], now: datetime.datetime, rules_version: int
) -> TaskRow | None:
    """One statement, which is its own transaction: the task after `values`, where they can move nothing else.

    None where there is no such task, and where more must be looked at: a stale one comes back to life, actions hear of
    a change, somebody asks whether `value` stands still, or the rules are of another version. `values` holds neither
    the status nor what the next look of a sweep depends on.
    """
    params = [*values.values(), now, now, public_id, project.pk, project.pk, rules_version]
    with connection.cursor() as cursor:
        cursor.execute(updating_in_place(tuple(values)), adapted(params))
        rows = cursor.fetchall()
    return dialect().row(rows[0]) if rows else None


@lru_cache
def updating_in_place(names: Sequence[str]) -> str:
    sets = "".join(f"{name} = {hole(name)}, " for name in names)
    return (
        f"UPDATE tasks_task SET {sets}updated = CASE WHEN updated > %s THEN updated ELSE %s END WHERE public_id = %s "
        "AND project_id = %s AND status <> 'stale' AND NOT has_actions AND stall_timeout IS NULL "
        f"AND ({RULES_VERSION}) = %s RETURNING {dialect().columns}"
    )


def fetch(rest: str, params: Iterable[Any]) -> list[TaskRow]:
    row = dialect().row
    with connection.cursor() as cursor:
        cursor.execute(selecting(rest), adapted(params))
        return [row(values) for values in cursor.fetchall()]


@lru_cache
def selecting(rest: str) -> str:
    """The statement, each time as the same object: by that a cursor knows it as its last one."""
    return f"SELECT {dialect().columns} {rest}"


def hole(column: str) -> str:
    return dialect().json_hole if column in JSON_COLUMNS else "%s"


def adapted(values: Iterable[Any]) -> list[Any]:
    adapt = dialect().adapt
    return [adapt[type(value)](value) if type(value) in adapt else value for value in values]
