"""Work that is done, that begins again, or that is thrown away: what a person says of a task and its parts at once."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.http import Http404

from planning.models import Activity, Plan
from planning.occurrences import spawn_next
from planning.plans import mark
from projects.models import Project
from projects.principals import Principal
from tasks import changes
from tasks.parents import Family, locked_family
from tasks.row import TaskRow
from tasks.statuses import Status

FINISHED = frozenset({Status.SUCCESS, Status.CANCELLED})


def complete(project: Project, public_id: uuid.UUID, *, actor: Principal, now: datetime.datetime) -> None:
    """The task and its unfinished parts succeed, at 100 percent; what recurs gets its next occurrence.

    A part that failed is unfinished. What was completed by hand on another day was completed now. Raises `Http404`.
    """
    with transaction.atomic():
        family, deleted = held(project, public_id)
        open_parts = [row for row in family.children if row.status not in FINISHED and row.number not in deleted]
        tasks = in_order([family.task, *open_parts])
        sent = [{"status": Status.SUCCESS.value, **progress_of(100, row.value_max)} for row in tasks]
        now = latest(now, tasks)
        done = changes.move_all(project, family.of(*tasks), sent, actor, now)
        spawn_next(project, done, now)  # what comes next is as active as this was
        mark([row.number for row in done], {"activity": Activity.INACTIVE, "date_completed": None}, now)


def resume(project: Project, public_id: uuid.UUID, *, actor: Principal, now: datetime.datetime) -> None:
    """The task begins again, pending and at nothing; its parts stay as they are. Raises `Http404`."""
    with transaction.atomic():
        family, _ = held(project, public_id)
        now = latest(now, [family.task])
        sent = {"status": Status.PENDING.value, "value": 0}
        changes.move_all(project, family.of(family.task), [sent], actor, now)
        mark([family.task.number], {"activity": Activity.ACTIVE, "date_completed": None}, now)


def delete(project: Project, public_id: uuid.UUID, *, actor: Principal, now: datetime.datetime) -> None:
    """The task and its parts are cancelled, whatever they were, and gone for the integer-keyed dialects.

    Raises `Http404`, also for what was deleted before.
    """
    with transaction.atomic():
        family, deleted = held(project, public_id)
        tasks = [row for row in in_order([family.task, *family.children]) if row.number not in deleted]
        now = latest(now, tasks)
        spawn_next(project, tasks, now)  # of what had succeeded before, and was not yet followed
        living = [row for row in tasks if row.status != Status.CANCELLED]
        sent = [{"status": Status.CANCELLED.value}] * len(living)
        changes.move_all(project, family.of(*living), sent, actor, now)
        mark([row.number for row in tasks], {"deleted": now}, now)


def progress_of(percent: int, value_max: int) -> Mapping[str, Any]:
    """Fields of a task that put it at a percentage, 0 to 100; a task that counts nothing counts to 100 from then on."""
    if value_max == 0:
        return {"value": percent, "value_max": 100}
    return {"value": -(-percent * value_max // 100)}


def held(project: Project, public_id: uuid.UUID) -> tuple[Family, set[int]]:
    """The task with its kin, and which of them were deleted before; raises `Http404` where it is one of those."""
    family = locked_family(project, public_id)
    numbers = [family.task.number, *(row.number for row in family.children)]
    deleted = set(Plan.objects.filter(pk__in=numbers, deleted__isnull=False).values_list("pk", flat=True))
    if family.task.number in deleted:
        raise Http404
    return family, deleted


def in_order(tasks: Sequence[TaskRow]) -> list[TaskRow]:
    return sorted(tasks, key=lambda row: row.number)


def latest(now: datetime.datetime, tasks: Sequence[TaskRow]) -> datetime.datetime:
    """`now` was taken before locks were waited for."""
    return max([now, *(row.updated for row in tasks)])
