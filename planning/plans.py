"""The door for plans: each is made on the first need of it, and written here, by the names that the wire has.

A plan is written by whoever holds its task, so that two who write it come one after the other: what both send is kept,
and the first write makes it once. Tasks are locked before people, and these before plans. The task itself is left
alone, unless its status has to follow.
"""

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from planning.custom_fields import checked_values
from planning.models import Plan, PlanAssignee, PlanTeam, WorkflowStatus
from planning.people import refuse_unknown
from projects.members import person_behind
from projects.models import Membership, Project, Team
from projects.principals import Principal
from tasks import changes
from tasks.row import TaskRow

Fields = Mapping[str, Any]

DATES = ("start_date", "end_date", "due_date", "deadline_date")
# Columns that hold what was sent.
PLAIN = frozenset(
    {
        *("description", "color", "notes", *DATES, "date_completed", "ongoing", "activity", "important", "archived"),
        *("task_order", "priority", "estimated_minutes", "estimated_cost", "hourly_rate", "fixed_price", "price"),
        *("billable", "billed", "notifications", "recurrence", "goodday_id", "goodday_created_at"),
    }
)
MEMBERS = ("responsible", "action_required")  # kept as memberships, so that nobody stays who leaves
PEOPLE = ("creator", *MEMBERS)
PLAN_FIELDS = PLAIN | {*PEOPLE, "workflow_status", "custom_fields", "assignees", "teams"}


def write_plan(project: Project, task: TaskRow, fields: Fields, *, actor: Principal, now: datetime.datetime) -> None:
    """Sets the named fields of a task's plan, in the caller's transaction, which holds the task.

    fields: some of `PLAN_FIELDS`, of the right types. Raises `ValidationError` by their names for people, teams, a
    workflow status and custom fields that the organization, or the project, does not have.
    """
    if not fields:
        return
    plan = Plan.objects.filter(pk=task.number).first() or Plan(task_id=task.number, plan_updated=now)
    if fields.get("creator") is not None and fields["creator"] == plan.creator_id:  # he stays, also when he has left
        fields = {name: value for name, value in fields.items() if name != "creator"}
    errors: dict[str, Any] = {}
    found: dict[str, Any] = {}
    for look in (members_in, teams_in, workflow_status_in):
        try:
            found |= look(project, fields)
        except ValidationError as error:
            errors |= error.error_dict
    try:
        columns = columns_of(project, fields, plan)
    except ValidationError as error:
        errors |= error.error_dict
    if errors:
        raise ValidationError(errors)
    memberships, teams = found.pop("assignees", None), found.pop("teams", None)
    # Before the plan itself, as in the wake of a member who leaves.
    if memberships is not None:
        plan.assignees.all().delete()
        PlanAssignee.objects.bulk_create(PlanAssignee(plan=plan, membership_id=number) for number in memberships)
    if teams is not None:
        plan.teams.all().delete()
        PlanTeam.objects.bulk_create(PlanTeam(plan=plan, team_id=number) for number in teams)
    save(plan, {**columns, **found, "plan_updated": max(now, plan.plan_updated)})


def update_plan(
    project: Project, public_id: uuid.UUID, fields: Fields, *, actor: Principal, now: datetime.datetime
) -> None:
    """As `write_plan`, in a transaction of its own; raises `Http404` for a task that is not in the project.

    A workflow status that stands for another status than the task has moves the task to that.
    """
    update_planned(project, public_id, {}, fields, merge_tags=False, actor=actor, now=now)


def create_planned(
    project: Project, task_fields: Fields, plan_fields: Fields, *, actor: Principal, now: datetime.datetime
) -> TaskRow:
    """A new task with its plan; it is the work of whoever is behind `actor`, unless a `creator` is named."""
    with transaction.atomic():
        if "creator" not in plan_fields:
            person = person_behind(actor)
            plan_fields = {**plan_fields, "creator": person.pk if person else None}
        task_fields = {**task_fields, **status_asked_for(project, plan_fields)}
        task = changes.create_task(project, task_fields, now=now)
        write_plan(project, task, plan_fields, actor=actor, now=now)
    return task


def update_planned(
    project: Project,
    public_id: uuid.UUID,
    task_fields: Fields,
    plan_fields: Fields,
    *,
    merge_tags: bool,
    actor: Principal,
    now: datetime.datetime,
) -> TaskRow:
    """The task after a change of it and of its plan; without fields of the task, that is left alone.

    A workflow status whose status the task does not take, since a cancel holds, is not written either.
    Raises as `tasks.changes.update_task` and `write_plan` do.
    """
    with transaction.atomic():
        if not task_fields:
            task = changes.locked(project, public_id).tasks[0]
        status = status_asked_for(project, plan_fields)
        if task_fields or status.get("status", task.status) != task.status:
            fields = {**task_fields, **status}
            task = changes.update_task(project, public_id, fields, merge_tags=merge_tags, actor=actor, now=now)
        if status.get("status", task.status) != task.status:
            plan_fields = {name: value for name, value in plan_fields.items() if name != "workflow_status"}
        write_plan(project, task, plan_fields, actor=actor, now=now)
    return task


def mark(numbers: list[int], columns: Mapping[str, Any], now: datetime.datetime) -> None:
    """Sets the same columns in the plans of tasks that the caller's transaction holds; makes those that are missing."""
    planned = set(Plan.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    Plan.objects.filter(pk__in=planned).update(**columns, plan_updated=now)
    missing = [number for number in numbers if number not in planned]
    Plan.objects.bulk_create(Plan(pk=number, **columns, plan_updated=now) for number in missing)


def save(plan: Plan, columns: Mapping[str, Any]) -> None:
    """Only what is named, so that nobody who leaves meanwhile comes back."""
    for name, value in columns.items():
        setattr(plan, name, value)
    if plan._state.adding:
        plan.save(force_insert=True)
    else:
        plan.save(update_fields=list(columns))


def columns_of(project: Project, fields: Fields, plan: Plan) -> dict[str, Any]:
    columns = {name: fields[name] for name in PLAIN & fields.keys()}
    if dates := {name: fields[name] for name in DATES if name in fields}:
        days = {name: date.day for name, date in dates.items() if date is not None}
        kept = {name: day for name, day in plan.month_days.items() if name not in dates}
        columns["month_days"] = kept | days
    if moment := fields.get("goodday_created_at"):
        columns["goodday_created_offset"] = moment.utcoffset() // datetime.timedelta(minutes=1)
    if "custom_fields" in fields:
        values = fields["custom_fields"]
        columns["custom_fields"] = checked_values(project.organization_id, values, plan.custom_fields)
    return columns


def members_in(project: Project, fields: Fields) -> dict[str, Any]:
    """One statement: whoever is named in `fields`, by column; held, so that nobody of them leaves meanwhile."""
    named = {name: [fields[name]] for name in PEOPLE if fields.get(name) is not None}
    if "assignees" in fields:
        named["assignees"] = list(dict.fromkeys(fields["assignees"]))
    wanted = {user_id for user_ids in named.values() for user_id in user_ids}
    members: dict[int, int] = {}
    if wanted:
        rows = Membership.objects.filter(organization=project.organization_id, user__in=wanted).order_by("pk")
        members = dict(rows.select_for_update(no_key=True).values_list("user_id", "pk"))
    for name, user_ids in named.items():
        refuse_unknown(name, "member", [user_id for user_id in user_ids if user_id not in members])
    found: dict[str, Any] = {f"{name}_id": members.get(fields[name]) for name in MEMBERS if name in fields}
    if "creator" in fields:
        found["creator_id"] = fields["creator"]  # a user: who made it stays, also when he leaves
    if "assignees" in fields:
        found["assignees"] = [members[user_id] for user_id in named["assignees"]]
    return found


def teams_in(project: Project, fields: Fields) -> dict[str, Any]:
    """One statement: the teams named in `fields`, held."""
    if "teams" not in fields:
        return {}
    wanted = list(dict.fromkeys(fields["teams"]))
    rows = Team.objects.filter(organization=project.organization_id, pk__in=wanted).order_by("pk")
    known = set(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    refuse_unknown("teams", "team", [number for number in wanted if number not in known])
    return {"teams": wanted}


def workflow_status_in(project: Project, fields: Fields) -> dict[str, Any]:
    """One statement: the workflow status named in `fields`, held."""
    number = fields.get("workflow_status")
    if number is not None:
        # By itself: the order that these have would lock their project too.
        rows = WorkflowStatus.objects.filter(project=project.pk, pk=number).order_by("pk")
        known = list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
        refuse_unknown("workflow_status", "workflow status", [] if known else [number])
    return {"workflow_status_id": number} if "workflow_status" in fields else {}


def status_asked_for(project: Project, fields: Fields) -> dict[str, str]:
    """The `status` that the workflow status named in `fields` stands for, where there is one."""
    if fields.get("workflow_status") is None:
        return {}
    row = WorkflowStatus.objects.filter(project=project.pk, pk=fields["workflow_status"]).first()
    return {"status": row.status} if row else {}
