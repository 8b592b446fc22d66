"""A task as this dialect shows it."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from orjson import Fragment

from compat.field import Field
from compat.goodday.embeds import EMBEDS, Related
from compat.goodday.moments import in_offset, in_utc
from compat.goodday.shown import Shown, shown_of
from planning.people import People, people_of
from planning.rows import Planned
from planning.workflow import Workflow, workflow_of
from tasks.embeds import IN_LISTS
from tasks.wire import json_number

# Written by hand: an object the fewer for each of a million tasks.
LINKS = '[{"href":"/api/v0/tasks/%d","rel":"self","type":"GET"}]'
DATE_TIME = "without fractions, in UTC (`2026-01-31T12:00:00+0000`)"
NULL = "null where it is empty"
USER = "id of the user"

FIELDS: Sequence[Field] = (
    Field("id", "`number` of the task", "", attrgetter("task.number")),
    Field("name", "`name` of the task", "", attrgetter("task.name")),
    Field("project_id", "`number` of the project", "", attrgetter("task.project_id")),
    Field("goodday_id", "`plan.goodday_id`", NULL, lambda shown: shown.plan.goodday_id or None),
    Field("parent_id", "`number` of the task's `parent`", "", attrgetter("planned.parent_number")),
    Field(
        "status_id",
        "`plan.workflow_status`",
        "while it stands for the task's `status`, else the first of the project that does",
        attrgetter("status.pk"),
    ),
    Field("description", "`plan.description`", NULL, lambda shown: shown.plan.description or None),
    Field("created_by_employee_id", "`plan.creator`", USER, attrgetter("plan.creator_id")),
    Field("assigned_to_employee_id", "`plan.assignees`", f"{USER} of the first", attrgetter("assignee")),
    Field("action_required_by_employee_id", "`plan.action_required`", USER, attrgetter("action_required")),
    Field("start_date", "`plan.start_date`", "", attrgetter("plan.start_date")),
    Field("end_date", "`plan.end_date`", "", attrgetter("plan.end_date")),
    Field("deadline_date", "`plan.deadline_date`", "", attrgetter("plan.deadline_date")),
    Field("billable", "`plan.billable`", "", attrgetter("plan.billable")),
    Field("priority", "`plan.priority`", "", attrgetter("plan.priority")),
    Field("estimate", "`plan.estimated_minutes`", "", attrgetter("plan.estimated_minutes")),
    Field(
        "progress",
        "`value_percent` of the task",
        "the mean of its children where it has no `value`",
        lambda shown: json_number(shown.planned.percent),
    ),
    Field("closed_at", "`end_time` of the task", DATE_TIME, lambda shown: in_utc(shown.task.end_time)),
    Field(
        "goodday_created_at",
        "`plan.goodday_created_at`",
        "without fractions, in the offset that it came with",
        lambda shown: in_offset(shown.plan.goodday_created_at, shown.plan.goodday_created_offset),
    ),
    Field("created_at", "`created` of the task", DATE_TIME, lambda shown: in_utc(shown.task.created)),
    Field(
        "updated_at",
        "`updated` of the task, or of its plan",
        f"the later one, {DATE_TIME}",
        lambda shown: in_utc(shown.planned.updated),
    ),
    Field(
        "_links",
        "`number` of the task",
        "where to get it",
        lambda shown: Fragment(LINKS % shown.task.number),
    ),
)
NAMES = [field.name for field in FIELDS]


class Setting(NamedTuple):
    """What is read once for all tasks of an answer."""

    organization_id: int
    people: People
    workflow: Workflow


def setting_of(organization_id: int, projects: Sequence[int]) -> Setting:
    """Two statements; some more where a project has not had workflow statuses so far."""
    return Setting(organization_id, people_of(organization_id), workflow_of(projects))


def tasks_on_wire(
    tasks: Sequence[Planned], setting: Setting, embeds: Iterable[str] = (), *, each: int = IN_LISTS
) -> list[dict[str, Any]]:
    """Tasks with their embeds, in their order; one statement at most, and one or two for each embed.

    each: how many rows of a task an embed shows.
    """
    shown = shown_of(tasks, setting.people, setting.workflow)
    # Field by field and not task by task, each to its end: most of it then runs in C, and the rest stays at one place.
    bodies = [dict(zip(NAMES, values, strict=True)) for values in zip(*columns_of(shown), strict=True)]
    related = Related(shown, setting.organization_id, each)
    for name in embeds:
        embed = EMBEDS[name].use
        for row, body in zip(shown, bodies, strict=True):
            body[name] = embed(row, related)
            if row.task.number in related.cut(name):
                body[f"{name}_truncated"] = True
    return bodies


def columns_of(shown: Sequence[Shown]) -> list[list[Any]]:
    return [list(map(field.use, shown)) for field in FIELDS]
