"""Parents: tasks nest one level deep, and once set a parent stays."""

import uuid
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from projects.models import Project
from tasks import statements
from tasks.models import Task
from tasks.row import TaskRow
from tasks.statements import Locked


def locked_parent(project: Project, parent_id: uuid.UUID) -> TaskRow:
    """The task that a new one is to be part of, held; raises `ValidationError` on `parent` where it can't be."""
    return checked(next(iter(statements.lock(project.pk, [parent_id]).tasks), None))


def locked_with_parent(project: Project, public_id: uuid.UUID, parent_id: uuid.UUID) -> Locked:
    """The task, held together with the one that is to be its parent, which is fit to be that."""
    locked = statements.lock(project.pk, [public_id, parent_id])
    found = {task.public_id: task for task in locked.tasks}
    if public_id not in found:
        raise Http404
    task = found[public_id]
    if task.parent_id is None:
        if public_id == parent_id:
            raise refused_parent("A task can't be its own parent.")
        checked(found.get(parent_id))
        if Task.objects.filter(parent=public_id).exists():  # type: ignore[misc] # by its public id
            raise refused_parent("A task that has children can't have a parent: tasks nest one level deep.")
    elif task.parent_id != parent_id:
        raise refused_parent("A task's parent can't be changed once it is set.")
    return locked._replace(tasks=[task])


class Family(NamedTuple):
    """A task, the one that it is part of, and its own parts, the oldest first; all are held."""

    task: TaskRow
    parent: TaskRow | None
    children: list[TaskRow]
    rules_version: int

    def of(self, *tasks: TaskRow) -> Locked:
        return Locked(list(tasks), self.rules_version)


def locked_family(project: Project, public_id: uuid.UUID) -> Family:
    """The task with its kin, held in the order of their numbers; raises `Http404`. The caller holds no task yet.

    Nobody gets a parent or a part without holding both, so once held the family stays what it is. One that has grown
    while it was waited for is let go of: the newcomer may come before those that are held.
    """
    while True:
        before = transaction.savepoint()
        found = statements.lock_family(project.pk, public_id)
        if not found.tasks or statements.count_family(project.pk, public_id) == len(found.tasks):
            transaction.savepoint_commit(before)
            break
        transaction.savepoint_rollback(before)
    task = next((task for task in found.tasks if task.public_id == public_id), None)
    if task is None:
        raise Http404
    parent = next((other for other in found.tasks if other.public_id == task.parent_id), None)
    children = [other for other in found.tasks if other.parent_id == public_id]
    return Family(task, parent, children, found.rules_version)


def checked(parent: TaskRow | None) -> TaskRow:
    if parent is None:
        raise refused_parent("There is no such task in this project.", "does_not_exist")
    if parent.parent_id is not None:
        raise refused_parent("That task has a parent itself: tasks nest one level deep.")
    return parent


def refused_parent(text: str, code: str = "invalid") -> ValidationError:
    return ValidationError({"parent": ValidationError(text, code=code)})
