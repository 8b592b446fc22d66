"""The door: every task is made and changed here, each change one transaction with its history and its actions.

Verbs take checked fields (`tasks.serializers.TaskInput`), raise Django's `Http404` for a task that is not in the
project, and its `ValidationError({field: error})` for what only the stored state can refuse.
"""

import datetime
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from uuid_utils.compat import uuid7

from projects.models import Project
from projects.principals import Principal
from tasks import statements
from tasks.models import Action, StatusChange, Task
from tasks.models.task import make_public_token
from tasks.statements import TaskRow
from tasks.statuses import TERMINAL, Status, clocks

Fields = Mapping[str, Any]

# Columns that neither move the status of a task nor depend on what is stored: what most progress reports send.
MOVES_NOTHING = frozenset(
    {
        "data",
        "end_time",
        "external_id",
        "max_runtime",
        "name",
        "queue",
        "stall_timeout",
        "start_time",
        "tags",
        "value",
        "value_max",
    }
)
NEW = TaskRow(
    number=0,  # the database gives it
    public_id=uuid.UUID(int=0),
    project_id=0,
    name="",
    status=Status.PENDING.value,
    value=None,
    value_max=100,
    data="null",
    tags="{}",
    queue="",
    external_id="",
    parent_id=None,
    monitor_id=None,
    max_runtime=None,
    stale_timeout=None,
    stall_timeout=None,
    start_time=None,
    end_time=None,
    time_to_start=None,
    created=datetime.datetime.min,
    updated=datetime.datetime.min,
    status_before_stale="",
    wake_at=None,
    is_overrun=False,
    still_since=None,
    has_actions=False,
    public_token="",
)


def create_task(project: Project, fields: Fields, *, now: datetime.datetime) -> TaskRow:
    """A new task with its actions. `fields`: by the wire's names; `parent` an id, `actions` a list."""
    values = columns(fields)
    actions: Sequence[Fields] = values.pop("actions", ())
    task = NEW._replace(
        public_id=uuid7(),
        project_id=project.pk,
        created=now,
        updated=now,
        has_actions=bool(actions),
        public_token=make_public_token(),
        **values,
    )
    task = task._replace(**{**clocks_of(task, None, task.status, now), **values})
    task = task._replace(wake_at=next_look(task))
    if task.parent_id is None and not actions:
        return statements.insert(task)  # one statement is its own transaction
    with transaction.atomic():
        if task.parent_id is not None:
            check_parent(next(iter(statements.lock(project.pk, [task.parent_id])), None))
        task = statements.insert(task)
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
) -> TaskRow:
    """The task after a change of the named fields alone; every call moves `updated`, an empty one too (a ping).

    merge_tags: whether `tags` are laid over those that the task has (a null value removes the name) or replace them.
    """
    values = columns(fields)
    actions: Sequence[Fields] = values.pop("actions", ())
    if values.keys() <= MOVES_NOTHING and not actions and not (merge_tags and "tags" in values):
        in_place = statements.update_in_place(project.pk, public_id, values, now)
        if in_place is not None:
            return in_place
    with transaction.atomic():
        if values.get("parent_id") is not None:
            task = locked_with_parent(project, public_id, values["parent_id"])
        else:
            task = locked(project, public_id)
        now = max(now, task.updated)  # it was taken before the lock was waited for
        if "parent_id" in values and task.parent_id not in (None, values["parent_id"]):
            raise refused_parent("A task's parent can't be changed once it is set.")
        if merge_tags and "tags" in values:
            values["tags"] = merged(task.tags, fields["tags"])
        if actions:
            values["has_actions"] = True
        task = move(task, values, actor, now)
        arm(task, actions, now)
    return task


def cancel_task(project: Project, public_id: uuid.UUID, *, actor: Principal, now: datetime.datetime) -> None:
    """Sets `cancelled`; a task that is already over stays as it is."""
    with transaction.atomic():
        task = locked(project, public_id)
        if task.status not in TERMINAL:
            move(task, {"status": Status.CANCELLED.value}, actor, max(now, task.updated))


def mark_stale(project_id: int, public_id: uuid.UUID, now: datetime.datetime) -> bool:
    """Sets `stale` on a task that has been silent for its `stale_timeout`; its `updated` stays. False: it was not due.

    A task that was heard of meanwhile is looked at again when it can next be due.
    """
    with transaction.atomic():
        for task in statements.lock(project_id, [public_id]):
            look = next_look(task)
            if look is not None and look <= now:
                write(task, {"status": Status.STALE.value, "status_before_stale": task.status}, None, now)
                return True
            statements.update(task.number, {"wake_at": look})
    return False


def arm(task: TaskRow, actions: Sequence[Fields], now: datetime.datetime) -> list[Action]:
    """Adds actions to a task; costs nothing where there are none."""
    if not actions:
        return []
    if not task.has_actions:
        statements.update(task.number, {"has_actions": True})
    rows = [Action(task_id=task.number, created=now, updated=now, **fields) for fields in actions]
    return Action.objects.bulk_create(rows)


def locked(project: Project, public_id: uuid.UUID) -> TaskRow:
    rows = statements.lock(project.pk, [public_id])
    if not rows:
        raise Http404
    return rows[0]


def locked_with_parent(project: Project, public_id: uuid.UUID, parent_id: uuid.UUID) -> TaskRow:
    """The task, held together with the one that is to be its parent, which is fit to be that."""
    found = {task.public_id: task for task in statements.lock(project.pk, [public_id, parent_id])}
    if public_id not in found:
        raise Http404
    task = found[public_id]
    if task.parent_id is None:
        if public_id == parent_id:
            raise refused_parent("A task can't be its own parent.")
        check_parent(found.get(parent_id))
        if Task.objects.filter(parent=public_id).exists():  # type: ignore[misc] # by its public id
            raise refused_parent("A task that has children can't have a parent: tasks nest one level deep.")
    return task


def check_parent(parent: TaskRow | None) -> None:
    if parent is None:
        raise refused_parent("There is no such task in this project.", "does_not_exist")
    if parent.parent_id is not None:
        raise refused_parent("That task has a parent itself: tasks nest one level deep.")


def refused_parent(text: str, code: str = "invalid") -> ValidationError:
    return ValidationError({"parent": ValidationError(text, code=code)})


def columns(fields: Fields) -> dict[str, Any]:
    """Fields of the wire as columns of the table."""
    values = dict(fields)
    if "parent" in values:
        values["parent_id"] = values.pop("parent")
    if "data" in values:
        values["data"] = orjson.dumps(values["data"]).decode()
    if "tags" in values:
        values["tags"] = orjson.dumps(values["tags"]).decode()
    return values


def merged(tags: str, sent: Mapping[str, str | None]) -> str:
    laid_over = {**json.loads(tags), **sent}
    text = orjson.dumps({name: value for name, value in laid_over.items() if value is not None}).decode()
    if len(text) > settings.TASKAPI_MAX_BODY:  # else many small merges could make what no single body may
        raise ValidationError({"tags": ValidationError("These are more tags than a task can have.", code="max_length")})
    return text


def move(task: TaskRow, values: dict[str, Any], actor: Principal, now: datetime.datetime) -> TaskRow:
    """A change that a client asked for: `updated` moves, and a stale task comes back to life."""
    if task.status == Status.STALE and "status" not in values:
        values["status"] = task.status_before_stale or Status.PENDING.value
    status = values.get("status", task.status)
    if status != task.status:
        values["status_before_stale"] = task.status if status == Status.STALE else ""
    return write(task, {**values, "updated": now}, actor, now)


def write(task: TaskRow, values: Fields, actor: Principal | None, now: datetime.datetime) -> TaskRow:
    """The task after `values`, with the clocks and the history that a move of the status brings along."""
    status = values.get("status", task.status)
    after = task._replace(**{**clocks_of(task, task.status, status, now), **values})
    if status != task.status or after.stale_timeout != task.stale_timeout:
        after = after._replace(wake_at=next_look(after))
    differs = {name: new for name, old, new in zip(task._fields, task, after, strict=True) if new != old}
    if differs:
        statements.update(task.number, differs)
    if status != task.status:
        StatusChange.objects.create(
            task_id=task.number,
            old=task.status,
            new=status,
            at=now,
            key_id=actor.key_id if actor else None,
            user_id=actor.user_id if actor else None,
        )
    return after


def clocks_of(task: TaskRow, old_status: str | None, new_status: str, now: datetime.datetime) -> dict[str, Any]:
    return clocks(
        created=task.created,
        old_status=old_status,
        new_status=new_status,
        start_time=task.start_time,
        end_time=task.end_time,
        time_to_start=task.time_to_start,
        now=now,
    )


def next_look(task: TaskRow) -> datetime.datetime | None:
    """When a sweep must look at the task: when it would go stale if nothing more were heard of it."""
    if task.stale_timeout is None or task.status in TERMINAL or task.status == Status.STALE:
        return None
    return task.updated + datetime.timedelta(seconds=task.stale_timeout)
