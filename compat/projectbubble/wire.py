"""A task as the document's samples show it: nearly all is text, a date that is not set is all zeros."""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
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


def tags(shown: Shown) -> str:
    stored = shown.task.tags
    return remembered_text(stored) if len(stored) <= SHORT_TAGS else as_text(stored)


def date_completed(shown: Shown) -> str:
    return completed_on(shown.planned)


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


def estimated_hours(shown: Shown) -> str:
    minutes = shown.plan.estimated_minutes
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
    Field("task_id", "`number`", "text", lambda shown: str(shown.task.number)),
    Field("task_name", "`name`", "", attrgetter("task.name")),
    Field("description", "`plan.description`", "", attrgetter("plan.description")),
    Field("color", "`plan.color`", "", attrgetter("plan.color")),
    Field(
        "tags",
        "`tags`",
        "comma-separated text: `a` is the tag `a` with the value `a`, any other is `name:value`",
        tags,
    ),
    Field("notes", "`plan.notes`", "", attrgetter("plan.notes")),
    Field("start_date", "`plan.start_date`", DAY, lambda shown: day(shown.plan.start_date)),
    Field("due_date", "`plan.due_date`", DAY, lambda shown: day(shown.plan.due_date)),
    Field(
        "date_completed",
        "`plan.date_completed`, else `end_time` where `status` is `success`",
        "UTC without a fraction, zeros for none",
        date_completed,
    ),
    Field("ongoing", "`plan.ongoing`", FLAG, lambda shown: FLAGS[shown.plan.ongoing]),
    Field("project_id", "`number` of the project", "text", lambda shown: str(shown.task.project_id)),
    Field("project_name", "`name` of the project", "", lambda shown: shown.project),
    Field(
        "billable_hours",
        "`time_reports`",
        "hours of the billable ones, a number; 0 where `plan.billable` is false",
        billable_hours,
    ),
    Field("tracked_seconds", "`time_reports`", "seconds of all of them, null where there are none", tracked_seconds),
    Field("estimated_hours", "`plan.estimated_minutes`", "hours as text, `0` for none", estimated_hours),
    Field(
        "estimated_cost",
        "`plan.estimated_cost`",
        "without needless zeros",
        lambda shown: amount(shown.plan.estimated_cost),
    ),
    Field("hourly_rate", "`plan.hourly_rate`", SHORT, lambda shown: amount(shown.plan.hourly_rate)),
    Field("fixed_price", "`plan.fixed_price`", FLAG, lambda shown: FLAGS[shown.plan.fixed_price]),
    Field("price", "`plan.price`", SHORT, lambda shown: amount(shown.plan.price)),
    Field(
        "task_order",
        "`plan.task_order`, else the second of `created`",
        "text",
        lambda shown: str(shown.planned.order),
    ),
    Field(
        "active",
        "`plan.activity`",
        "`inactive` is `0`, `active` is `1`, `amber` is `2`",
        lambda shown: ACTIVE[shown.plan.activity],
    ),
    Field("important", "`plan.important`", FLAG, lambda shown: FLAGS[shown.plan.important]),
    Field(
        "completed",
        "`status`",
        "`1` for `success`, `0` for any other",
        lambda shown: FLAGS[shown.task.status == Status.SUCCESS],
    ),
    Field(
        "progress",
        "`value_percent`, else the mean of the children's",
        "`0` to `100`, `0` for none",
        lambda shown: str(progress_of(shown.planned)),
    ),
    Field("billed", "`plan.billed`", "0 or 1, a number", lambda shown: int(shown.plan.billed)),
    Field("notifications", "`plan.notifications`", FLAG, lambda shown: FLAGS[shown.plan.notifications]),
    Field("recurring", "`plan.recurrence`", "", attrgetter("plan.recurrence")),
    Field("archived", "`plan.archived`", FLAG, lambda shown: FLAGS[shown.plan.archived]),
    Field("date_created", "`created`", UTC, lambda shown: second(shown.task.created)),
    Field(
        "date_modified",
        "the later of `updated` and `plan.updated`",
        UTC,
        lambda shown: second(shown.planned.updated),
    ),
    Field("user_id", "`plan.creator`, else the first owner", "text", creator),
    Field("users", "`plan.assignees`", "each with the name that members see", lambda shown: shown.users),
]
NAMES = [field.name for field in FIELDS]


def tasks_on_wire(shown: Sequence[Shown]) -> list[dict[str, Any]]:
    """The database is asked for nothing."""
    # Field by field and not task by task: more of it runs in C.
    columns = [map(field.use, shown) for field in FIELDS]
    return [dict(zip(NAMES, values, strict=True)) for values in zip(*columns, strict=True)]
