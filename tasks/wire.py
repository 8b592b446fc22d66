"""A task, an action and a history entry as the native API shows them; moments are left to the JSON renderer."""

import json
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.duration import duration_string
from orjson import Fragment

from projects.models import Project
from tasks.models import Action, StatusChange
from tasks.row import TaskRow
from tasks.triggers import INT64_MAX


class Place(NamedTuple):
    """What all tasks of a project show alike."""

    organization: str
    project: str
    url: str
    public_url: str


def place_of(project: Project) -> Place:
    organization, base = project.organization.slug, settings.BASE_URL
    return Place(organization, project.slug, f"{base}/a/{organization}/tasks/", f"{base}/public/tasks/")


def task_on_wire(task: TaskRow, place: Place) -> dict[str, Any]:
    """The whole task; the database is asked for nothing."""
    public_id = str(task.public_id)
    return {
        "id": public_id,
        "number": task.number,
        "organization": place.organization,
        "project": place.project,
        "name": task.name,
        "status": task.status,
        "value": task.value,
        "value_max": task.value_max,
        "value_percent": json_number(task.progress().percent),
        "data": Fragment(task.data),
        "tags": Fragment(task.tags),
        "queue": task.queue,
        "external_id": task.external_id,
        "parent": task.parent_id,
        "max_runtime": task.max_runtime,
        "stale_timeout": task.stale_timeout,
        "stall_timeout": task.stall_timeout,
        "start_time": task.start_time,
        "end_time": task.end_time,
        "time_to_start": duration_string(task.time_to_start) if task.time_to_start is not None else None,
        "created": task.created,
        "updated": task.updated,
        "monitor": task.monitor_id,
        "url": f"{place.url}{public_id}/",
        "public_url": f"{place.public_url}{public_id}/{task.public_token}/" if task.public_token else None,
    }


def json_number(number: int | None) -> int | Fragment | None:
    """orjson writes integers of 64 bits alone."""
    return number if number is None or number <= INT64_MAX else Fragment(str(number))


def action_on_wire(action: Action, task_id: Any) -> dict[str, Any]:
    """An action; `task_id`: the public id of its task."""
    return {
        "id": action.pk,
        "task": task_id,
        "trigger": action.trigger,
        "integration": action.integration,
        # Not by orjson: a float beyond 64 bits comes back from PostgreSQL as an integer, which it can't write.
        "config": Fragment(json.dumps(action.config)),
        "status": action.status,
        "created": action.created,
        "updated": action.updated,
    }


def status_change_on_wire(change: StatusChange) -> dict[str, Any]:
    """One entry of the history; `by` names a key, a member by his user id, or the server's own sweep."""
    if change.key_id:
        by = {"kind": "key", "id": change.key_id}
    elif change.user_id:
        by = {"kind": "member", "id": change.user_id}
    else:
        by = {"kind": "sweep", "id": None}
    return {"from": change.old, "to": change.new, "at": change.at, "by": by}
