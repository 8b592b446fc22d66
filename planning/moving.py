"""A task that goes to another project, with its parts."""

import datetime
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from planning.models import Plan
from projects.locks import locked_project
from projects.models import Project
from projects.principals import Principal
from tasks.moving import move_family
from tasks.parents import locked_family


def move(public_id: uuid.UUID, project: Project, to: Project, *, actor: Principal, now: datetime.datetime) -> None:
    """Moves it from `project` to `to`, which is no change where they are the same.

    Workflow statuses are a project's own: what was chosen in the old one is chosen no more. Raises `Http404`, and
    `ValidationError` on `project` for a part of another task, and for a project out of the caller's reach.
    """
    with transaction.atomic():
        try:
            to = locked_project(to)  # before tasks
        except Http404:
            raise unknown_project() from None
        if to.organization_id != project.organization_id or actor.only_project not in (None, to):
            raise unknown_project()
        family = locked_family(project, public_id)
        numbers = [family.task.number, *(row.number for row in family.children)]
        if Plan.objects.filter(pk=family.task.number, deleted__isnull=False).exists():
            raise Http404
        if to != project:
            move_family(family, to, now)
            Plan.objects.filter(pk__in=numbers, workflow_status__isnull=False).update(workflow_status=None)


def unknown_project() -> ValidationError:
    return ValidationError({"project": ValidationError("There is no such project.", "does_not_exist")})
