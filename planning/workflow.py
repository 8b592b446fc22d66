"""Workflow statuses: a project's own names for where work is, each of which stands for a lifecycle status.

Every project has one at least for each lifecycle status: defaults are made on first need, and the last one stays.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from planning.models import WorkflowStatus
from planning.rows import Planned
from projects.capacity import refuse_beyond
from projects.locks import locked, locked_project
from projects.models import Project
from tasks.statuses import Status

MOST = 200  # of one project: lists of tasks read all of them
DEFAULT_NAMES: Mapping[str, str] = {
    Status.PENDING: "Pending",
    Status.PRE_PROCESSING: "Preparing",
    Status.PROCESSING: "In progress",
    Status.POST_PROCESSING: "Finishing",
    Status.SUCCESS: "Done",
    Status.ERROR: "Failed",
    Status.CANCELLED: "Cancelled",
    Status.STALE: "Stale",
}
DONE = frozenset({Status.SUCCESS, Status.CANCELLED})


@dataclass(frozen=True)
class Workflow:
    """The workflow statuses of some projects. firsts: by project and lifecycle status, the first that stands for it."""

    by_id: Mapping[int, WorkflowStatus]
    firsts: Mapping[tuple[int, str], WorkflowStatus]

    def status_of(self, planned: Planned) -> WorkflowStatus:
        """The chosen one while it stands for the status that the task has, else the first that does."""
        task, chosen_id = planned.task, planned.plan.workflow_status_id
        if chosen_id is not None:
            chosen = self.by_id.get(chosen_id)
            if chosen is not None and chosen.status == task.status:
                return chosen
        return self.firsts[task.project_id, task.status]


def workflow_of(project_ids: Collection[int]) -> Workflow:
    """One statement: all workflow statuses of these projects. Where some are missing, the defaults are made first."""
    workflow = read(project_ids)
    missing = [
        (number, status) for number in project_ids for status in Status if (number, status) not in workflow.firsts
    ]
    if not missing:
        return workflow
    make_defaults(missing)
    return read(project_ids)


def read(project_ids: Collection[int]) -> Workflow:
    rows = list(WorkflowStatus.objects.filter(project__in=set(project_ids)).order_by("order", "pk"))
    firsts: dict[tuple[int, str], WorkflowStatus] = {}
    for row in rows:
        firsts.setdefault((row.project_id, row.status), row)
    return Workflow({row.pk: row for row in rows}, firsts)


def make_defaults(missing: Iterable[tuple[int, Status]]) -> None:
    """Two who make them at once make them once: of a name, there is one in a project."""
    positions = {status: position for position, status in enumerate(Status, 1)}
    rows = [
        WorkflowStatus(
            project_id=number,
            name=DEFAULT_NAMES[status],
            order=positions[status],
            is_done=status in DONE,
            status=status.value,
        )
        for number, status in missing
    ]
    WorkflowStatus.objects.bulk_create(rows, ignore_conflicts=True)


def create_status(project: Project, fields: Mapping[str, Any]) -> WorkflowStatus:
    """A new one of `name`, `status`, and perhaps `order` and `is_done`.

    It comes last, and counts as done where its lifecycle status does, unless told otherwise. Raises `ValidationError`
    on `name` where the project has such a one already, `Http404` where it is deleted meanwhile.
    """
    with transaction.atomic():
        project = locked_project(project)
        known = [row for row in workflow_of([project.pk]).by_id.values() if row.project_id == project.pk]
        refuse_beyond(WorkflowStatus.objects.filter(project=project), "name", MOST)
        defaults = {"order": min(max(row.order for row in known) + 1, 2**31 - 1), "is_done": fields["status"] in DONE}
        row = WorkflowStatus(project=project, **{**defaults, **fields})
        save(row)
    return row


def change_status(row: WorkflowStatus, fields: Mapping[str, Any]) -> WorkflowStatus:
    """Raises `ValidationError` on `name` for one that is taken, on `status` for the last that stands for its own."""
    with transaction.atomic():
        project = locked(row.project)
        row = locked(row)
        row.project = project
        if fields.get("status", row.status) != row.status:
            keep_one(row)
        for name, value in fields.items():
            setattr(row, name, value)
        save(row)
    return row


def delete_status(row: WorkflowStatus) -> None:
    """Tasks that it was chosen for show the first of the same status.

    Raises `ValidationError` on `status` for the last that stands for it.
    """
    with transaction.atomic():
        locked(row.project)
        row = locked(row)
        keep_one(row)
        row.delete()


def keep_one(row: WorkflowStatus) -> None:
    """With the project locked, nobody takes the other one away meanwhile."""
    others = WorkflowStatus.objects.filter(project=row.project_id, status=row.status).exclude(pk=row.pk)
    if not others.exists():
        text = f"It is the last workflow status that stands for “{row.status}”, of which there is always one."
        raise ValidationError({"status": ValidationError(text, "last_of_status")})


def save(row: WorkflowStatus) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        text = f"The project has a workflow status “{row.name}” already."
        raise ValidationError({"name": ValidationError(text, "unique")}) from None
