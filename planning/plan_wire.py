"""Plans as the native API shows them: one flat object, defaults and all, also of a task that has none."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planning.amounts import money
from planning.custom_fields import definitions_of, shown
from planning.models import CustomField, PlanAssignee, PlanTeam
from planning.people import People, people_of
from planning.rows import Planned, PlanRow
from planning.workflow import Workflow, workflow_of
from projects.models import Project
from tasks.statuses import Status


@dataclass(frozen=True)
class Around:
    """What plans refer to. assignees, teams: ids of users and of teams, by the number of the task."""

    people: People
    workflow: Workflow
    definitions: Sequence[CustomField]
    assignees: Mapping[int, list[int]]
    teams: Mapping[int, list[int]]


def plans_on_wire(rows: Sequence[Planned], project: Project) -> list[dict[str, Any]]:
    """The plans of tasks of one project. Five statements, however many there are."""
    numbers = [row.task.number for row in rows if row.plan.plan_updated is not None]
    around = Around(
        people=people_of(project.organization_id),
        workflow=workflow_of([project.pk]),
        definitions=definitions_of(project.organization_id),
        assignees=grouped(PlanAssignee.objects.filter(plan__in=numbers).values_list("plan", "membership__user")),
        teams=grouped(PlanTeam.objects.filter(plan__in=numbers).values_list("plan", "team")),
    )
    return [plan_on_wire(row, around) for row in rows]


def grouped(pairs: Iterable[tuple[int, int]]) -> Mapping[int, list[int]]:
    found = defaultdict(list)
    for number, value in pairs:
        found[number].append(value)
    return found


def plan_on_wire(row: Planned, around: Around) -> dict[str, Any]:
    """Asks the database for nothing."""
    task, plan, people = row.task, row.plan, around.people
    return {
        "task": task.public_id,
        "description": plan.description,
        "color": plan.color,
        "notes": plan.notes,
        "start_date": plan.start_date,
        "end_date": plan.end_date,
        "due_date": plan.due_date,
        "deadline_date": plan.deadline_date,
        "date_completed": completed(row),
        "ongoing": plan.ongoing,
        "activity": plan.activity,
        "important": plan.important,
        "archived": plan.archived,
        "task_order": row.order,
        "priority": plan.priority,
        "estimated_minutes": plan.estimated_minutes,
        "estimated_cost": money(plan.estimated_cost),
        "hourly_rate": money(plan.hourly_rate),
        "fixed_price": plan.fixed_price,
        "price": money(plan.price),
        "billable": plan.billable,
        "billed": plan.billed,
        "notifications": plan.notifications,
        "recurrence": plan.recurrence,
        "creator": plan.creator_id,
        "responsible": people.user_id(plan.responsible_id),
        "action_required": people.user_id(plan.action_required_id),
        "assignees": around.assignees.get(task.number, []),
        "teams": around.teams.get(task.number, []),
        "workflow_status": around.workflow.status_of(row).pk,
        "custom_fields": {str(field.pk): value for field, value in shown(plan.custom_fields, around.definitions)},
        "goodday_id": plan.goodday_id,
        "goodday_created_at": with_offset(plan),
        "updated": row.updated,
        "deleted": plan.deleted,
    }


def completed(row: Planned) -> datetime.datetime | None:
    """As it was set, else when a task that has succeeded came to its end."""
    if row.plan.date_completed is not None:
        return row.plan.date_completed
    return row.task.end_time if row.task.status == Status.SUCCESS else None


def with_offset(plan: PlanRow) -> datetime.datetime | None:
    """The moment with the offset that it was sent with."""
    if plan.goodday_created_at is None:
        return None
    offset = datetime.timedelta(minutes=plan.goodday_created_offset)
    return plan.goodday_created_at.astimezone(datetime.timezone(offset))
