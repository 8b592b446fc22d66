"""Work that recurs: what has succeeded gets its next occurrence, once, whoever said that it has."""

import datetime
import json
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404

from planning.models import Activity, Plan, PlanAssignee, PlanTeam
from planning.plans import DATES
from planning.recurrence import DAYS, next_date
from projects.models import Membership, Project, Team
from tasks import changes
from tasks.parents import locked_family
from tasks.row import TaskRow
from tasks.statuses import Status

# What a plan does not hand on: how one occurrence went, and what names it alone.
OWN = frozenset(
    {
        *("task_id", "date_completed", "billed", "goodday_id", "goodday_created_at", "goodday_created_offset"),
        *("deleted", "predecessor_id", "has_successor", "workflow_status_id", "task_order", "archived"),
    }
)
WINDOW = 5_000
_position: int | None = None  # how far the sweep has come; None before it has looked at all

HANDED_ON = [field.attname for field in Plan._meta.concrete_fields if field.attname not in OWN]


def spawn_next(project: Project, tasks: Sequence[TaskRow], now: datetime.datetime) -> list[TaskRow]:
    """The next occurrence of each of the tasks that has succeeded, recurs, and has none yet.

    In the caller's transaction, which holds the tasks and their parents. Nobody else can make them a second time: what
    says that there is one is written with it.
    """
    succeeded = {task.number: task for task in tasks if task.status == Status.SUCCESS}
    due = list(waiting().filter(pk__in=succeeded).order_by("pk").values_list("pk", flat=True))
    if due:
        hold_people(due)
    return [spawn(project, succeeded[number], now) for number in due]


def spawn(project: Project, task: TaskRow, now: datetime.datetime) -> TaskRow:
    plan = Plan.objects.get(pk=task.number)
    fields = {
        "name": task.name,
        "tags": json.loads(task.tags),
        "queue": task.queue,
        "value_max": task.value_max,
        "parent": task.parent_id,
    }
    following = changes.create_task(project, fields, now=now)
    values = {name: getattr(plan, name) for name in HANDED_ON}
    for name in DATES:
        if values[name] is not None:
            values[name] = next_date(values[name], plan.recurrence, plan.month_days.get(name))
    if plan.recurrence in DAYS:  # which days of months they fall on is chance
        values["month_days"] = {name: values[name].day for name in DATES if values[name] is not None}
    if plan.activity == Activity.INACTIVE:  # as what is done; what comes next is not
        values["activity"] = Activity.ACTIVE
    values["plan_updated"] = now
    made = Plan.objects.create(pk=following.number, predecessor_id=task.number, **values)
    assignees = plan.assignees.values_list("membership", flat=True)
    PlanAssignee.objects.bulk_create(PlanAssignee(plan=made, membership_id=number) for number in assignees)
    teams = plan.teams.values_list("team", flat=True)
    PlanTeam.objects.bulk_create(PlanTeam(plan=made, team_id=number) for number in teams)
    Plan.objects.filter(pk=plan.pk).update(has_successor=True)
    return following


def hold_people(numbers: Sequence[int]) -> None:
    """Held, nobody whom these plans name leaves before their copies are written; before any plan is, as everywhere."""
    named = Plan.objects.filter(pk__in=numbers)
    members = Membership.objects.filter(
        Q(pk__in=named.values("responsible"))
        | Q(pk__in=named.values("action_required"))
        | Q(pk__in=PlanAssignee.objects.filter(plan__in=numbers).values("membership"))
    )
    teams = Team.objects.filter(pk__in=PlanTeam.objects.filter(plan__in=numbers).values("team"))
    for rows in (members, teams):
        list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


def sweep_occurrences(now: datetime.datetime, limit: int) -> int:
    """Spawns what is due, of recurring tasks that came to `success` by any way; returns how many, at most `limit`.

    Nothing tells a plan that its task has succeeded, so this looks at recurring tasks by turns, at `WINDOW` of them in
    a call: a hundred thousand of which none has succeeded cost no more. The first call of a process looks at all.
    """
    global _position
    due = waiting().filter(task__status=Status.SUCCESS, task__project__organization__deleted=None).order_by("pk")
    end: int | None = None
    if _position is not None:
        ahead = waiting().filter(pk__gt=_position).order_by("pk").values_list("pk", flat=True)
        end = ahead[WINDOW - 1 : WINDOW].first()
        due = due.filter(pk__gt=_position)
        if end is not None:
            due = due.filter(pk__lte=end)
    found = list(due.select_related("task__project")[:limit])
    if len(found) < limit:
        _position = end or 0
    return sum(spawn_alone(plan.task.project, plan.task.public_id, now) for plan in found)


def spawn_alone(project: Project, public_id: uuid.UUID, now: datetime.datetime) -> int:
    """A transaction of its own: no more than one family is held at a time. 1, or 0 where another was faster."""
    with transaction.atomic():
        try:
            family = locked_family(project, public_id)
        except Http404:
            return 0  # it has gone to another project
        now = max(now, family.task.updated)
        return len(spawn_next(project, [family.task], now))


def waiting() -> QuerySet[Plan]:
    """Plans that recur and are not yet continued: the index `plan_recurs`."""
    return Plan.objects.filter(~Q(recurrence=""), has_successor=False, deleted__isnull=True)
