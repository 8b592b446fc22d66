"""What POST, PUT and DELETE do: parameters become fields of the task and of its plan, and the verbs do the rest."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from compat.projectbubble.errors import by_own_names
from compat.projectbubble.inputs import IN_PLAN, TOTALS, checked, finishing
from compat.projectbubble.reach import project_of
from compat.projectbubble.tags import as_text
from compat.projectbubble.values import refused
from compat.projectbubble.wire import completed_on, day, progress_of
from planning import completion, moving, plans, work
from planning.rows import Planned
from projects.members import person_behind
from projects.models import Project
from projects.principals import Principal
from tasks.row import NEW
from tasks.sharing import share_task

Sent = Mapping[str, Any]
IN_TASK = {"task_name": "name", "tags": "tags"}


def create(principal: Principal, project_id: str | None, sent: Sent, now: datetime.datetime) -> int:
    """The number of a new task in the project of the path, or else of the body.

    Raises `Http404` for a project of the path that is out of reach, `ValidationError` by parameter for all else.
    """
    project = project_of(principal, project_id) if project_id is not None else None
    read, errors = checked(sent)
    if "task_name" not in sent:
        errors["task_name"] = ValidationError("This parameter is required.", "required")
    named = read.pop("project_id", None)
    if project is None and "project_id" not in errors:
        if named is None:
            errors["project_id"] = ValidationError("This parameter is required.", "required")
        else:
            project = other_project(principal, named, errors)
    elif project is not None and named not in {None, project.pk}:
        errors["project_id"] = refused(f"The path names project {project.pk}.")
    if errors or project is None:
        raise ValidationError(errors)
    task_fields = {name: read[parameter] for parameter, name in IN_TASK.items() if parameter in read}
    if "progress" in read:
        task_fields |= completion.progress_of(read["progress"], NEW.value_max)
    with transaction.atomic(), by_own_names():
        try:
            task = plans.create_planned(project, task_fields, in_plan(read), actor=principal, now=now)
        except Http404:  # the project was deleted meanwhile
            if project_id is not None:
                raise
            raise ValidationError({"project_id": unknown_project(project.pk)}) from None
        beside(principal, project, task.number, task.public_id, read, now)
    return task.number


def change(principal: Principal, planned: Planned, sent: Sent, now: datetime.datetime) -> None:
    """Changes what is sent alone, all of it or nothing; raises `ValidationError` by parameter."""
    project = project_of(principal, planned.task.project_id)
    if (is_completed := finishing(sent)) is not None:
        finish(principal, planned, is_completed, now)
        return
    # What comes back as it was shown is no change: not every tag can be told as text, a day at the end of a month may
    # stand for a later one, and when a task succeeded is not set by hand.
    shown = {
        "tags": as_text(planned.task.tags),
        "start_date": day(planned.plan.start_date),
        "due_date": day(planned.plan.due_date),
        "date_completed": completed_on(planned),
    }
    read, errors = checked({name: value for name, value in sent.items() if name not in shown or value != shown[name]})
    wanted = read.pop("project_id", project.pk)
    to = project if wanted == project.pk else other_project(principal, wanted, errors)
    if errors or to is None:
        raise ValidationError(errors)
    public_id = planned.task.public_id
    task_fields = in_task(planned, read)
    with transaction.atomic(), by_own_names():
        if to.pk != project.pk:
            moving.move(public_id, project, to, actor=principal, now=now)
        if task_fields or in_plan(read):
            plans.update_planned(to, public_id, task_fields, in_plan(read), merge_tags=False, actor=principal, now=now)
        beside(principal, to, planned.task.number, public_id, read, now)


def finish(principal: Principal, planned: Planned, is_completed: bool, now: datetime.datetime) -> None:
    project = project_of(principal, planned.task.project_id)
    verb = completion.complete if is_completed else completion.resume
    with by_own_names():
        verb(project, planned.task.public_id, actor=principal, now=now)


def delete(principal: Principal, planned: Planned, now: datetime.datetime) -> None:
    project = project_of(principal, planned.task.project_id)
    with by_own_names():
        completion.delete(project, planned.task.public_id, actor=principal, now=now)


def beside(
    principal: Principal, project: Project, number: int, public_id: Any, read: Sent, now: datetime.datetime
) -> None:
    """What is neither a field of the task nor of its plan."""
    totals = {name: read[name] for name in TOTALS if name in read}
    if totals:
        named = max(totals, key=totals.__getitem__)
        try:
            work.set_total(number, totals[named], user=person_behind(principal), billable=True, now=now)
        except ValidationError as error:
            raise ValidationError({named: error.error_dict["minutes"]}) from None
    if "sharing" in read:
        share_task(project, public_id, read["sharing"], now)


def in_plan(read: Sent) -> dict[str, Any]:
    return {IN_PLAN[name]: value for name, value in read.items() if name in IN_PLAN}


def in_task(planned: Planned, read: Sent) -> dict[str, Any]:
    """What is sent of the task itself. A percentage that comes back as it was shown is no change of the value."""
    fields = {name: read[parameter] for parameter, name in IN_TASK.items() if parameter in read}
    has_progress = planned.percent is not None
    if "progress" in read and not (has_progress and read["progress"] == progress_of(planned)):
        fields |= completion.progress_of(read["progress"], planned.task.value_max)
    return fields


def other_project(principal: Principal, number: int, errors: dict[str, Any]) -> Project | None:
    """The project that the body names; where the key reaches none of that number, an error is noted."""
    try:
        return project_of(principal, number)
    except Http404:
        errors["project_id"] = unknown_project(number)
        return None


def unknown_project(number: int) -> ValidationError:
    return ValidationError(f"There is no project {number}.", "does_not_exist")
