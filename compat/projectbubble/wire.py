"""Tasks as the document's samples show them: nearly all is text, a date that is not set is all zeros.

They are worked on field by field and not task by task: a list of a thousand takes half the time, for most of it runs in
C then.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from orjson import Fragment

from compat.field import Field
from compat.projectbubble.tags import as_text
from planning.amounts import hours, short
from planning.models import Activity
from planning.rows import Planned, PlanRow
from tasks.row import TaskRow
from tasks.statuses import Status

NO_DATE = "0000-00-00 00:00:00"
FLAGS: Mapping[bool, str] = {False: "0", True: "1"}
ACTIVE: Mapping[str, str] = {Activity.INACTIVE: "0", Activity.ACTIVE: "1", Activity.AMBER: "2"}
SUCCESS = Status.SUCCESS.value
SHORT_TAGS = 200  # characters of their JSON
REMEMBERED = 4096  # days, amounts, tags: a list has few different ones


remembered_text = lru_cache(REMEMBERED)(as_text)


class Shown(NamedTuple):
    """A task, and what is told of it beside its own row.

    minutes: tracked and billable ones; None without reports. owner: the organization's, by user id.
    """

    planned: Planned
    task: TaskRow
    plan: PlanRow
    project: str
    minutes: tuple[int, int] | None
    owner: str
    users: list[dict[str, str]]


class Columns(NamedTuple):
    """The same tasks by field: `task` and `plan` are rows of which each value is that of all tasks, in their order."""

    shown: Sequence[Shown]
    task: Any
    plan: Any


def columns_of(shown: Sequence[Shown]) -> Columns:
    """Of one task at least."""
    tasks, plans = (row.task for row in shown), (row.plan for row in shown)
    return Columns(shown, TaskRow._make(zip(*tasks, strict=True)), PlanRow._make(zip(*plans, strict=True)))


@lru_cache(REMEMBERED)
def day(date: datetime.date | None) -> str:
    return NO_DATE if date is None else f"{date} 00:00:00"


def second(moment: datetime.datetime | None) -> str:
    """Moments are in UTC here, and lose their fraction."""
    if moment is None:
        return NO_DATE
    # In half the time of `str` or `isoformat`.
    return "%04d-%02d-%02d %02d:%02d:%02d" % (  # noqa: UP031 - and of an f-string
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
    )


@lru_cache(REMEMBERED)
def amount(number: Decimal) -> str:
    return short(number) if number else "0"


def flags(column: Iterable[bool]) -> Iterable[str]:
    return map(FLAGS.__getitem__, column)


def tags(stored: str) -> str:
    return remembered_text(stored) if len(stored) <= SHORT_TAGS else as_text(stored)


def completed_on(planned: Planned) -> str:
    if planned.plan.date_completed is not None:
        return second(planned.plan.date_completed)
    return second(planned.task.end_time) if planned.task.status == Status.SUCCESS else NO_DATE


def billable_hours(shown: Shown) -> int | Fragment:
    # A correction may take away more than was billable.
    return hours_of(max(shown.minutes[1], 0)) if shown.minutes and shown.plan.billable else 0


@lru_cache(REMEMBERED)
def hours_of(minutes: int) -> int | Fragment:
    return minutes // 60 if minutes % 60 == 0 else Fragment(short(hours(minutes)))


def tracked_seconds(shown: Shown) -> int | None:
    return None if shown.minutes is None else shown.minutes[0] * 60


@lru_cache(REMEMBERED)
def estimated_hours(minutes: int | None) -> str:
    return short(hours(minutes)) if minutes else "0"


def progress_of(planned: Planned) -> int:
    """0 to 100, whatever the task's own value says."""
    return max(0, min(planned.percent or 0, 100))


def creator(shown: Shown) -> str:
    return shown.owner if shown.plan.creator_id is None else str(shown.plan.creator_id)


DAY = "a day at 00:00:00, zeros for none"
FLAG = "`0` or `1`"
SHORT = "without needless zeros"
UTC = "UTC without a fraction"

FIELDS: Sequence[Field] = [
    Field("task_id", "`number`", "text", lambda of: map(str, of.task.number)),
    Field("task_name", "`name`", "", lambda of: of.task.name),
    Field("description", "`plan.description`", "", lambda of: of.plan.description),
    Field("color", "`plan.color`", "", lambda of: of.plan.color),
    Field(
        "tags",
        "`tags`",
        "comma-separated text: `a` is the tag `a` with the value `a`, any other is `name:value`",
        lambda of: map(tags, of.task.tags),
    ),
    Field("notes", "`plan.notes`", "", lambda of: of.plan.notes),
    Field("start_date", "`plan.start_date`", DAY, lambda of: map(day, of.plan.start_date)),
    Field("due_date", "`plan.due_date`", DAY, lambda of: map(day, of.plan.due_date)),
    Field(
        "date_completed",
        "`plan.date_completed`, else `end_time` where `status` is `success`",
        "UTC without a fraction, zeros for none",
        lambda of: [completed_on(row.planned) for row in of.shown],
    ),
    Field("ongoing", "`plan.ongoing`", FLAG, lambda of: flags(of.plan.ongoing)),
    Field("project_id", "`number` of the project", "text", lambda of: map(str, of.task.project_id)),
    Field("project_name", "`name` of the project", "", lambda of: [row.project for row in of.shown]),
    Field(
        "billable_hours",
        "`time_reports`",
        "hours of the billable ones, a number; 0 where `plan.billable` is false",
        lambda of: map(billable_hours, of.shown),
    ),
    Field(
        "tracked_seconds",
        "`time_reports`",
        "seconds of all of them, null where there are none",
        lambda of: map(tracked_seconds, of.shown),
    ),
    Field(
        "estimated_hours",
        "`plan.estimated_minutes`",
        "hours as text, `0` for none",
        lambda of: map(estimated_hours, of.plan.estimated_minutes),
    ),
    Field(
        "estimated_cost",
        "`plan.estimated_cost`",
        "without needless zeros",
        lambda of: map(amount, of.plan.estimated_cost),
    ),
    Field("hourly_rate", "`plan.hourly_rate`", SHORT, lambda of: map(amount, of.plan.hourly_rate)),
    Field("fixed_price", "`plan.fixed_price`", FLAG, lambda of: flags(of.plan.fixed_price)),
    Field("price", "`plan.price`", SHORT, lambda of: map(amount, of.plan.price)),
    Field(
        "task_order",
        "`plan.task_order`, else the second of `created`",
        "text",
        lambda of: [str(row.planned.order) for row in of.shown],
    ),
    Field(
        "active",
        "`plan.activity`",
        "`inactive` is `0`, `active` is `1`, `amber` is `2`",
        lambda of: map(ACTIVE.__getitem__, of.plan.activity),
    ),
    Field("important", "`plan.important`", FLAG, lambda of: flags(of.plan.important)),
    Field(
        "completed",
        "`status`",
        "`1` for `success`, `0` for any other",
        lambda of: flags(status == SUCCESS for status in of.task.status),
    ),
    Field(
        "progress",
        "`value_percent`, else the mean of the children's",
        "`0` to `100`, `0` for none",
        lambda of: [str(progress_of(row.planned)) for row in of.shown],
    ),
    Field("billed", "`plan.billed`", "0 or 1, a number", lambda of: map(int, of.plan.billed)),
    Field("notifications", "`plan.notifications`", FLAG, lambda of: flags(of.plan.notifications)),
    Field("recurring", "`plan.recurrence`", "", lambda of: of.plan.recurrence),
    Field("archived", "`plan.archived`", FLAG, lambda of: flags(of.plan.archived)),
    Field("date_created", "`created`", UTC, lambda of: map(second, of.task.created)),
    Field(
        "date_modified",
        "the later of `updated` and `plan.updated`",
        UTC,
        lambda of: [second(row.planned.updated) for row in of.shown],
    ),
    Field("user_id", "`plan.creator`, else the first owner", "text", lambda of: map(creator, of.shown)),
    Field(
        "users", "`plan.assignees`", "each with the name that members see", lambda of: [row.users for row in of.shown]
    ),
]
NAMES = [field.name for field in FIELDS]


def tasks_on_wire(shown: Sequence[Shown]) -> list[dict[str, Any]]:
    """The database is asked for nothing."""
    if not shown:
        return []
    of = columns_of(shown)
    # A list for each field: one that hands out its values as they are wanted would jump from field to field again.
    columns = [list(field.use(of)) for field in FIELDS]
    return [dict(zip(NAMES, values, strict=True)) for values in zip(*columns, strict=True)]
