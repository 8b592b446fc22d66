"""The statements of lists. A page has an end where its tasks are large: `data` is read of no more than it shows."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from tasks.dialects import Condition, dialect
from tasks.row import TaskRow
from tasks.statements import adapted, fetch, is_numbered

LARGE = frozenset({"data", "tags"})
SMALL_CHILD = 4096  # bytes: a page has up to ten thousand children


class Head(NamedTuple):
    """A task as far as it was read: without `data` and `tags` where their `size`, in bytes, is large."""

    task: TaskRow
    size: int
    is_whole: bool

    @property
    def number(self) -> int:
        return self.task.number


class Selection(NamedTuple):
    """Tasks that meet all of the conditions, page by page: what `taskapi.rest.pages` asks.

    most: bytes of the `data` and `tags` that are read along with one page.
    """

    conditions: Sequence[Condition]
    most: int

    def newest(self, limit: int, before: int | None = None) -> list[Head]:
        """One statement: the `limit` newest, or the newest of those older than number `before`, newest first."""
        older = [Condition("number < %s", (before,))] if before is not None else []
        return heads([*self.conditions, *older], "ORDER BY number DESC LIMIT %s", limit, small=self.most // limit)

    def next_newer(self, limit: int, after: int) -> list[Head]:
        """One statement: the `limit` oldest of those newer than number `after`, newest first."""
        newer = Condition("number > %s", (after,))
        return heads([*self.conditions, newer], "ORDER BY number LIMIT %s", limit, small=self.most // limit)[::-1]


def children(parents: Sequence[Any], each: int) -> list[Head]:
    """One statement: the newest children of each of these tasks, `each` at most, newest first."""
    newest = newest_of_each("tasks_task", "number", "parent_id", parents, each, direction="ASC")
    return heads([newest], "ORDER BY number DESC", small=SMALL_CHILD)


def heads(conditions: Iterable[Condition], rest: str, *params: Any, small: int) -> list[Head]:
    conditions = list(conditions)
    where = " AND ".join(condition.sql for condition in conditions)
    values = [value for condition in conditions for value in condition.params]
    row = dialect().row
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {head_columns()} FROM tasks_task WHERE {where} {rest}",
            adapted([*[small] * len(LARGE), *values, *params]),
        )
        return [Head(row(read[:-1]), read[-1], read[-1] <= small) for read in cursor.fetchall()]


@cache
def head_columns() -> str:
    size = dialect().size
    columns = [
        f"CASE WHEN {size} <= %s THEN {name} END" if name in LARGE else column
        for name, column in zip(TaskRow._fields, dialect().columns.split(", "), strict=True)
    ]
    return ", ".join([*columns, size])


def parts(found: Sequence[Head], most: int, rows: int) -> Iterator[list[TaskRow | None]]:
    """The whole tasks in their order, part by part; None for one that is gone by now.

    A part has at most `rows` tasks, and no more than `most` bytes unless it has only one. One statement for each that
    has large ones.
    """
    part: list[Head] = []
    held = 0
    for head in found:
        if part and (len(part) == rows or held + head.size > most):
            yield whole(part)
            part, held = [], 0
        part.append(head)
        held += head.size
    if part:
        yield whole(part)


def whole(found: Sequence[Head]) -> list[TaskRow | None]:
    left_out = [head.number for head in found if not head.is_whole]
    if not left_out:
        return [head.task for head in found]
    known = is_numbered("number", left_out)
    read = {task.number: task for task in fetch(f"FROM tasks_task WHERE {known.sql}", known.params)}
    return [head.task if head.is_whole else read.get(head.number) for head in found]


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
