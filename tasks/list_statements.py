"""The statements of lists. A page has an end where its tasks are large: `data` is read of no more than it shows."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from tasks.dialects import Condition, dialect
from tasks.row import TaskRow
from tasks.statements import adapted, fetch, is_numbered

SMALL_CHILD = 4096  # bytes: a page has up to ten thousand children
LEFT_OUT = ""  # stands for `data` that was not read: no JSON is empty
CHUNK = 500


class Selection(NamedTuple):
    """Tasks that meet all of the conditions, page by page: what `taskapi.rest.pages` asks.

    most: bytes of `data` that are read along with one page; larger ones are `LEFT_OUT`.
    """

    conditions: Sequence[Condition]
    most: int

    def newest(self, limit: int, before: int | None = None) -> list[TaskRow]:
        """One statement: the `limit` newest, or the newest of those older than number `before`, newest first."""
        older = [Condition("number < %s", (before,))] if before is not None else []
        return select([*self.conditions, *older], "ORDER BY number DESC LIMIT %s", limit, small=self.most // limit)

    def next_newer(self, limit: int, after: int) -> list[TaskRow]:
        """One statement: the `limit` oldest of those newer than number `after`, newest first."""
        newer = Condition("number > %s", (after,))
        return select([*self.conditions, newer], "ORDER BY number LIMIT %s", limit, small=self.most // limit)[::-1]


def children(parents: Sequence[Any], each: int) -> list[TaskRow]:
    """One statement: the newest children of each of these tasks, `each` at most, newest first."""
    newest = newest_of_each("tasks_task", "number", "parent_id", parents, each, direction="ASC")
    return select([newest], "ORDER BY number DESC", small=SMALL_CHILD)


def select(conditions: Iterable[Condition], rest: str, *params: Any, small: int) -> list[TaskRow]:
    """One statement: tasks, with `data` where it has at most `small` bytes."""
    conditions = list(conditions)
    where = " AND ".join(condition.sql for condition in conditions)
    values = [value for condition in conditions for value in condition.params]
    row = dialect().row
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns()} FROM tasks_task WHERE {where} {rest}", adapted([small, *values, *params]))
        return [row(read) for read in cursor.fetchall()]


@cache
def columns() -> str:
    own = dialect()
    small_data = f"CASE WHEN {own.size} <= %s THEN data ELSE '{LEFT_OUT}' END"
    return ", ".join(small_data if name == "data" else name for name in own.columns.split(", "))


def sizes(numbers: Collection[int]) -> dict[int, int]:
    """One statement for each 500 tasks: the bytes of their `data`, by number."""
    ordered = sorted(numbers)
    found: dict[int, int] = {}
    with connection.cursor() as cursor:
        for begin in range(0, len(ordered), CHUNK):
            known = is_numbered("number", ordered[begin : begin + CHUNK])
            cursor.execute(f"SELECT number, {dialect().size} FROM tasks_task WHERE {known.sql}", known.params)
            found.update(cursor.fetchall())
    return found


def is_whole(task: TaskRow) -> bool:
    return task.data != LEFT_OUT


def parts(found: Sequence[TaskRow], most: int, rows: int) -> Iterator[list[TaskRow | None]]:
    """The whole tasks in their order, part by part; None for one that is gone by now.

    A part has at most `rows` tasks, and no more than `most` bytes unless it has only one. One statement for each that
    has large ones, and one for their sizes.
    """
    large = sizes([task.number for task in found if not is_whole(task)])
    part: list[TaskRow] = []
    held = 0
    for task in found:
        size = large.get(task.number, len(task.data)) + len(task.tags)
        if part and (len(part) == rows or held + size > most):
            yield whole(part)
            part, held = [], 0
        part.append(task)
        held += size
    if part:
        yield whole(part)


def whole(found: Sequence[TaskRow]) -> list[TaskRow | None]:
    left_out = [task.number for task in found if not is_whole(task)]
    if not left_out:
        return list(found)
    known = is_numbered("number", left_out)
    read = {task.number: task for task in fetch(f"FROM tasks_task WHERE {known.sql}", known.params)}
    return [task if is_whole(task) else read.get(task.number) for task in found]


def newest_rows(table: str, column: str, owners: Sequence[Any], each: int) -> RawSQL:
    """`newest_of_each` for Django's `filter`."""
    newest = newest_of_each(table, "id", column, owners, each, direction="DESC")
    return RawSQL(newest.sql, adapted(newest.params), BooleanField())  # noqa: S611 - names of our own tables


def newest_of_each(table: str, key: str, column: str, owners: Sequence[Any], each: int, *, direction: str) -> Condition:
    """Rows with the greatest keys of each owner, `each` at most; no more of an owner's rows are read than these.

    direction: of `column` in the index over it and the key, when that is read from the greatest key downward.
    """
    names = {"table": table, "key": key, "column": column, "direction": direction}
    holes = ", ".join(["(%s)"] * len(owners))
    return Condition(dialect().newest.format(owners=holes, each=each, **names), owners)
