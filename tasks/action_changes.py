"""Changes of a task's actions, one by one; those sent along with a task come in through `tasks.changes`."""

import datetime
import uuid
from collections.abc import Callable

from django.db import transaction
from django.http import Http404

from projects.models import Project
from tasks import changes
from tasks.changes import Fields
from tasks.models import Action
from tasks.models.action import ActionStatus


def add_action(project: Project, public_id: uuid.UUID, fields: Fields, *, now: datetime.datetime) -> Action:
    """One more action of a task; raises `ValidationError` on `actions` where it has as many as it can."""
    return changes.add_actions(project, public_id, [fields], now)[0]


def update_action(
    project: Project,
    public_id: uuid.UUID,
    action_id: int,
    check: Callable[[Action], Fields],
    *,
    now: datetime.datetime,
) -> Action:
    """An action after a change. `check` is given the stored action and returns the fields to set, or raises."""
    with transaction.atomic():
        action = locked_action(project, public_id, action_id)
        for name, value in check(action).items():
            setattr(action, name, value)
        action.updated = now
        action.save()
    return action


def cancel_action(project: Project, public_id: uuid.UUID, action_id: int, *, now: datetime.datetime) -> None:
    """The action never fires again; one that is cancelled already stays as it is."""
    with transaction.atomic():
        action = locked_action(project, public_id, action_id)
        if action.status != ActionStatus.CANCELLED:
            action.status, action.updated = ActionStatus.CANCELLED, now
            action.save(update_fields=["status", "updated"])


def locked_action(project: Project, public_id: uuid.UUID, action_id: int) -> Action:
    """The action, held together with its task, whose updates may fire it."""
    task = changes.locked(project, public_id).tasks[0]
    action = Action.objects.filter(task=task.number, pk=action_id).first()
    if action is None:
        raise Http404
    return action
