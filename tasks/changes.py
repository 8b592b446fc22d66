"""The door: every task is made and changed here, each change one transaction with its history and its actions.

Verbs take checked fields (`tasks.serializers.TaskInput`), raise Django's `Http404` for a task that is not in the
project, and its `ValidationError({field: error})` for what only the stored state can refuse.
"""

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from projects.models import Project
from projects.principals import Principal
from tasks.models import Action, StatusChange, Task
from tasks.models.action import ActionStatus
from tasks.statuses import TERMINAL, Status, clocks

Fields = Mapping[str, Any]


def create_task(project: Project, fields: Fields, *, actor: Principal, now: datetime.datetime) -> Task:
    """A new task with its actions. `fields`: by model field; `parent` the parent's public id, `actions` a list."""
    values = dict(fields)
    actions: Sequence[Fields] = values.pop("actions", ())
    parent_id: uuid.UUID | None = values.pop("parent", None)
    task = Task(project=project, created=now, updated=now, parent_id=parent_id, has_actions=bool(actions), **values)
    moved = clocks(
        created=now,
        old_status=None,
        new_status=task.status,
        start_time=task.start_time,
        end_time=task.end_time,
        time_to_start=None,
        now=now,
    )
    apply(task, moved | {clock: values[clock] for clock in moved if clock in values})
    task.wake_at = next_look(task)
    if parent_id is None and not actions:
        task.save(force_insert=True)  # one statement is its own transaction
        return task
    with transaction.atomic():
        if parent_id is not None:
            check_parent(Task.objects.in_project(project).filter(public_id=parent_id).locked().first())
        task.save(force_insert=True)
        arm(task, actions, now)
    return task


def update_task(
    project: Project,
    public_id: uuid.UUID,
    fields: Fields,
    *,
    merge_tags: bool,
    actor: Principal,
    now: datetime.datetime,
) -> Task:
    """The task after a change of the named fields alone; every call moves `updated`, an empty one too (a ping).

    merge_tags: whether `tags` are laid over those that the task has (a null value removes the name) or replace them.
    """
    values = dict(fields)
    actions: Sequence[Fields] = values.pop("actions", ())
    with transaction.atomic():
        if values.get("parent") is not None:
            task = locked_with_parent(project, public_id, values["parent"])
        else:
            task = locked(project, public_id)
        refuse_change_of_parent(task, values)
        if merge_tags and "tags" in values:
            values["tags"] = merged(task.tags, values["tags"])
        if actions:
            values["has_actions"] = True
        move(task, values, actor, now)
        arm(task, actions, now)
    return task


def cancel_task(project: Project, public_id: uuid.UUID, *, actor: Principal, now: datetime.datetime) -> None:
    """Sets `cancelled`; a task that is already over stays as it is."""
    with transaction.atomic():
        task = locked(project, public_id)
        if task.status not in TERMINAL:
            move(task, {"status": Status.CANCELLED}, actor, now)


def mark_stale(number: int, now: datetime.datetime) -> bool:
    """Sets `stale` on a task that has been silent for its `stale_timeout`; its `updated` stays. False: it was not due.

    A task that was heard of meanwhile is looked at again when it can next be due.
    """
    with transaction.atomic():
        task = Task.objects.filter(pk=number).locked().first()
        if task is None:
            return False
        look = next_look(task)
        if look is None or look > now:
            task.wake_at = look
            task.save(update_fields=["wake_at"])
            return False
        write(task, {"status": Status.STALE, "status_before_stale": task.status, "wake_at": None}, None, now)
        return True


def add_action(project: Project, public_id: uuid.UUID, fields: Fields, *, now: datetime.datetime) -> Action:
    """One more action of a task."""
    with transaction.atomic():
        task = locked(project, public_id)
        if not task.has_actions:
            task.has_actions = True
            task.save(update_fields=["has_actions"])
        return arm(task, [fields], now)[0]


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
    task = locked(project, public_id)
    action = Action.objects.filter(task=task, pk=action_id).first()
    if action is None:
        raise Http404
    return action


def arm(task: Task, actions: Sequence[Fields], now: datetime.datetime) -> list[Action]:
    if not actions:
        return []
    return Action.objects.bulk_create(Action(task=task, created=now, updated=now, **fields) for fields in actions)


def locked(project: Project, public_id: uuid.UUID) -> Task:
    task = Task.objects.in_project(project).filter(public_id=public_id).locked().first()
    if task is None:
        raise Http404
    return task


def locked_with_parent(project: Project, public_id: uuid.UUID, parent_id: uuid.UUID) -> Task:
    """Locks a task and the one that is to be its parent, in one order for all callers, so that none wait in a ring."""
    both = Task.objects.in_project(project).filter(public_id__in={public_id, parent_id}).order_by("number").locked()
    found = {task.public_id: task for task in both}
    if public_id not in found:
        raise Http404
    task = found[public_id]
    if task.parent_id is None:
        if public_id == parent_id:
            raise refused_parent("A task can't be its own parent.")
        check_parent(found.get(parent_id))
        if Task.objects.filter(parent=task).exists():
            raise refused_parent("A task that has children can't have a parent: tasks nest one level deep.")
    return task


def check_parent(parent: Task | None) -> None:
    if parent is None:
        raise refused_parent("There is no such task in this project.", "does_not_exist")
    if parent.parent_id is not None:
        raise refused_parent("That task has a parent itself: tasks nest one level deep.")


def refuse_change_of_parent(task: Task, values: dict[str, Any]) -> None:
    """A parent may be set once; takes it out of `values` where it stays the same."""
    if "parent" not in values:
        return
    parent_id = values.pop("parent")
    if task.parent_id is None:
        values["parent_id"] = parent_id
    elif parent_id != task.parent_id:
        raise refused_parent("A task's parent can't be changed once it is set.")


def refused_parent(text: str, code: str = "invalid") -> ValidationError:
    return ValidationError({"parent": ValidationError(text, code=code)})


def merged(tags: Mapping[str, str], sent: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**tags, **sent}.items() if value is not None}


def move(task: Task, values: dict[str, Any], actor: Principal, now: datetime.datetime) -> None:
    """A change that a client asked for: `updated` moves, and a stale task comes back to life."""
    if task.status == Status.STALE and "status" not in values:
        values["status"] = task.status_before_stale or Status.PENDING
    status = values.get("status", task.status)
    if status != task.status:
        values["status_before_stale"] = task.status if status == Status.STALE else ""
    write(task, {**values, "updated": now}, actor, now)


def write(task: Task, values: dict[str, Any], actor: Principal | None, now: datetime.datetime) -> None:
    """Saves what differs, with the clocks and the history that a move of the status brings along."""
    old_status = task.status
    new_status = values.get("status", old_status)
    moved = clocks(
        created=task.created,
        old_status=old_status,
        new_status=new_status,
        start_time=task.start_time,
        end_time=task.end_time,
        time_to_start=task.time_to_start,
        now=now,
    )
    changed = apply(task, {**moved, **values})
    if "status" in changed or "stale_timeout" in changed:
        changed += apply(task, {"wake_at": next_look(task)})
    if changed:
        task.save(update_fields=changed)
    if new_status != old_status:
        StatusChange.objects.create(
            task=task,
            old=old_status,
            new=new_status,
            at=now,
            key_id=actor.key_id if actor else None,
            user_id=actor.user_id if actor else None,
        )


def apply(task: Task, values: Mapping[str, Any]) -> list[str]:
    """Sets what differs, and says which fields those are; `data` always, for to Python 1 and true are the same."""
    changed = [name for name, value in values.items() if name == "data" or getattr(task, name) != value]
    for name in changed:
        setattr(task, name, values[name])
    return changed


def next_look(task: Task) -> datetime.datetime | None:
    """When a sweep must look at the task: when it would go stale if nothing more were heard of it."""
    if task.stale_timeout is None or task.status in TERMINAL or task.status == Status.STALE:
        return None
    return task.updated + datetime.timedelta(seconds=task.stale_timeout)
