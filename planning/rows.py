"""A task with its plan as one row: what lists of planned work are read in, a page or a million.

Both tables are read in one statement, and rows are tuples: `tasks.statements` says why. A task without a plan has the
values of `UNPLANNED`.
"""

import datetime
from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.db import connection, transaction

from planning.expressions import expressions
from planning.models.plan import DEFAULT_PRIORITY, ZERO, Activity
from tasks.dialects import Condition, dialect
from tasks.row import TaskRow
from tasks.statements import adapted, is_numbered
from tasks.triggers import percent_of

NO_DATA = "'null' AS data"
FETCHED = 10_000  # numbers that the driver holds at once
JOINED = "tasks_task LEFT JOIN planning_plan ON planning_plan.task_id = tasks_task.number"
PARENT_NUMBER = "(SELECT parent.number FROM tasks_task parent WHERE parent.public_id = tasks_task.parent_id)"


class PlanRow(NamedTuple):
    """A plan as it is stored; the fields are its columns. `custom_fields` is JSON text."""

    description: str = ""
    color: str = ""
    notes: str = ""
    start_date: datetime.date | None = None
    end_date: datetime.date | None = None
    due_date: datetime.date | None = None
    deadline_date: datetime.date | None = None
    date_completed: datetime.datetime | None = None
    ongoing: bool = False
    activity: str = Activity.ACTIVE.value
    important: bool = False
    archived: bool = False
    task_order: int | None = None
    priority: int = DEFAULT_PRIORITY
    estimated_minutes: int | None = None
    estimated_cost: Decimal = ZERO
    hourly_rate: Decimal = ZERO
    fixed_price: bool = False
    price: Decimal = ZERO
    billable: bool = True
    billed: bool = False
    notifications: bool = True
    recurrence: str = ""
    creator_id: int | None = None
    responsible_id: int | None = None
    action_required_id: int | None = None
    workflow_status_id: int | None = None
    custom_fields: str = "{}"
    goodday_id: str = ""
    goodday_created_at: datetime.datetime | None = None
    goodday_created_offset: int = 0
    plan_updated: datetime.datetime | None = None
    deleted: datetime.datetime | None = None


UNPLANNED = PlanRow()


class Planned(NamedTuple):
    """A task, its plan, the number of its parent, and the percentage that its children make up for want of a value."""

    task: TaskRow
    plan: PlanRow
    parent_number: int | None = None
    children_percent: int | None = None

    @property
    def percent(self) -> int | None:
        """Its own progress, or for want of a value its children's; None where there is none to tell."""
        value = self.task.value
        return self.children_percent if value is None else percent_of(value, self.task.value_max)

    @property
    def order(self) -> int:
        """The one that was set, else the second in which the task was made."""
        return int(self.task.created.timestamp()) if self.plan.task_order is None else self.plan.task_order

    @property
    def updated(self) -> datetime.datetime:
        """When the task or its plan was last changed."""
        planned = self.plan.plan_updated
        return self.task.updated if planned is None else max(self.task.updated, planned)


def find(conditions: Sequence[Condition]) -> Planned | None:
    """One statement: the task that meets all of the conditions, of which there is one at most."""
    with connection.cursor() as cursor:
        cursor.execute(*statement(conditions, "number", None, 0, columns("data")))
        row = cursor.fetchone()
    return planned(row) if row else None


def select(
    conditions: Sequence[Condition], order: str = "number", limit: int | None = None, offset: int = 0
) -> list[Planned]:
    """One statement: the tasks that meet all of the conditions, sorted by the SQL `order`, without their `data`."""
    with connection.cursor() as cursor:
        cursor.execute(*statement(conditions, order, limit, offset))
        return list(map(planned, cursor.fetchall()))


def numbers_of(
    conditions: Sequence[Condition], order: str = "number", limit: int | None = None, offset: int = 0
) -> Sequence[int]:
    """One statement: the numbers of the tasks that meet all of the conditions, sorted by the SQL `order`.

    A million take 8 MB: neither this process nor the driver holds their rows.
    """
    found = array("q")
    # The driver's cursor lives in a transaction; SQLite has none, and would let nothing else be written in one.
    is_postgresql = connection.vendor == "postgresql"
    with transaction.atomic() if is_postgresql else nullcontext(), connection.chunked_cursor() as cursor:
        cursor.execute(*statement(conditions, order, limit, offset, "tasks_task.number"))
        while rows := cursor.fetchmany(FETCHED):
            found.extend(number for (number,) in rows)
    return found


def numbered(numbers: Sequence[int]) -> list[Planned]:
    """One statement: the tasks of these numbers, in their order; those that are gone are left out."""
    found = {planned.task.number: planned for planned in select([is_numbered("tasks_task.number", numbers)])}
    return [found[number] for number in numbers if number in found]


def count(conditions: Sequence[Condition]) -> int:
    """One statement: how many tasks meet all of the conditions."""
    where, params = joined(conditions)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {JOINED} WHERE {where}", adapted(params))
        total: int = cursor.fetchone()[0]
    return total


def statement(
    conditions: Sequence[Condition], order: str, limit: int | None, offset: int, selected: str = ""
) -> tuple[str, list[Any]]:
    where, params = joined(conditions)
    sql = f"SELECT {selected or columns(NO_DATA)} FROM {JOINED} WHERE {where} ORDER BY {order}"
    if limit is not None:
        sql += " LIMIT %s OFFSET %s"
        params += [limit, offset]
    return sql, adapted(params)


def joined(conditions: Sequence[Condition]) -> tuple[str, list[Any]]:
    """Conditions as the text of a WHERE, and the values of its holes."""
    where = " AND ".join(condition.sql for condition in conditions)
    return where, [value for condition in conditions for value in condition.params]


@cache
def columns(data: str) -> str:
    """Those of the task, whether there is a plan, those of the plan, and what else `Planned` has.

    data: SQL. No list of planned work shows it, and the data of a thousand tasks can be a gigabyte.
    """
    own = [data if name == "data" else name for name in dialect().columns.split(", ")]
    names = [f"+{name}" if name in READ_HERE and is_sqlite() else name for name in PlanRow._fields]
    more = [f"{PARENT_NUMBER} AS parent_number", f"{expressions().children_percent} AS children_percent"]
    return ", ".join([*own, "planning_plan.task_id", *names, *more])


def planned(values: Sequence[Any]) -> Planned:
    task = dialect().row(values[:TASK_COLUMNS])
    if values[TASK_COLUMNS] is None:
        return Planned(task, UNPLANNED, values[-2], values[-1])
    plan = values[TASK_COLUMNS + 1 : -2]
    return Planned(task, PlanRow._make(read_here(plan) if is_sqlite() else plan), values[-2], values[-1])


def read_here(values: Sequence[Any]) -> list[Any]:
    plan = list(values)
    for position, read in READERS:
        if plan[position] is not None:
            plan[position] = read(plan[position])
    return plan


@cache
def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text + "+00:00")


# SQLite has few types. What is named here is read by us: Django's own converters take longer (but that of booleans),
# or know no decimals.
READ_HERE: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("start_date", "end_date", "due_date", "deadline_date"), datetime.date.fromisoformat),
    **dict.fromkeys(("date_completed", "goodday_created_at", "plan_updated", "deleted"), moment),
    **dict.fromkeys(("estimated_cost", "hourly_rate", "price"), lambda number: Decimal(str(number))),
}
READERS = [(PlanRow._fields.index(name), read) for name, read in READ_HERE.items()]
TASK_COLUMNS = len(TaskRow._fields)
