"""A task, an action and a history entry as the native API shows them."""

import datetime
from typing import Any

from django.conf import settings
from django.utils.duration import duration_string

from projects.models import Project
from tasks.models import Action, StatusChange, Task


def moment(value: datetime.datetime | None) -> str | None:
    """ISO 8601 in UTC, ending in `Z`."""
    return value.astimezone(datetime.UTC).isoformat()[:-6] + "Z" if value else None


def task_on_wire(task: Task, project: Project) -> dict[str, Any]:
    """The whole task. `project`: that of the task, with its organization; it is asked for nothing."""
    organization = project.organization.slug
    public_id = str(task.public_id)
    value, value_max = task.value, task.value_max
    return {
        "id": public_id,
        "number": task.number,
        "organization": organization,
        "project": project.slug,
        "name": task.name,
        "status": task.status,
        "value": value,
        "value_max": value_max,
        "value_percent": 100 * value // value_max if value is not None and value_max else None,
        "data": task.data,
        "tags": task.tags,
        "queue": task.queue,
        "external_id": task.external_id,
        "parent": str(task.parent_id) if task.parent_id else None,
        "max_runtime": task.max_runtime,
        "stale_timeout": task.stale_timeout,
        "stall_timeout": task.stall_timeout,
        "start_time": moment(task.start_time),
        "end_time": moment(task.end_time),
        "time_to_start": duration_string(task.time_to_start) if task.time_to_start is not None else None,
        "created": moment(task.created),
        "updated": moment(task.updated),
        "monitor": None,
        "url": f"{settings.BASE_URL}/a/{organization}/tasks/{public_id}/",
        "public_url": f"{settings.BASE_URL}/public/tasks/{public_id}/{task.public_token}/",
    }


def action_on_wire(action: Action, task_id: str) -> dict[str, Any]:
    """An action; `task_id`: the public id of its task."""
    return {
        "id": action.pk,
        "task": task_id,
        "trigger": action.trigger,
        "integration": action.integration,
        "config": action.config,
        "status": action.status,
        "created": moment(action.created),
        "updated": moment(action.updated),
    }


def status_change_on_wire(change: StatusChange) -> dict[str, Any]:
    """One entry of the history; `by` names a key, a member by his user id, or the server's own sweep."""
    if change.key_id:
        by = {"kind": "key", "id": change.key_id}
    elif change.user_id:
        by = {"kind": "member", "id": change.user_id}
    else:
        by = {"kind": "sweep", "id": None}
    return {"from": change.old, "to": change.new, "at": moment(change.at), "by": by}
