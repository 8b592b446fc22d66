"""The door for what has happened already: tasks that are over, with their whole lives, brought in in bulk.

Nothing hears of them: no action fires, no monitor takes note, for all of that is in the past. They count in statistics.
"""

import datetime
import secrets
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from projects.locks import locked_project
from projects.models import Project
from projects.principals import Principal
from tasks.changes import columns
from tasks.ends import End, count_late
from tasks.models import StatusChange, Task
from tasks.statuses import TERMINAL, Status

BATCH = 500  # rows in a statement


class Life(NamedTuple):
    """A task from its beginning to its end, or to when it fell silent.

    fields: by the wire's names, `parent` an id. changes: from status to status, and when, the oldest first.
    """

    public_id: uuid.UUID
    created: datetime.datetime
    fields: Mapping[str, Any]
    changes: Sequence[tuple[str, str, datetime.datetime]]
    start_time: datetime.datetime | None = None


def bring_in(project: Project, lives: Sequence[Life], *, actor: Principal, now: datetime.datetime) -> None:
    """Makes tasks of these lives, in their order: parents before their parts, the oldest first.

    Raises `ValueError` for one that is not over: whoever runs is reported by the other doors.
    """
    tasks = [task_of(project, life) for life in lives]
    with transaction.atomic():
        locked_project(project)
        stored = Task.objects.bulk_create(tasks, batch_size=BATCH)
        changes = [
            StatusChange(
                task_id=task.number,
                old=old,
                new=new,
                at=at,
                # By which key or person; that it went stale nobody reported.
                key_id=actor.key_id if new != Status.STALE else None,
                user_id=actor.user_id if new != Status.STALE else None,
            )
            for task, life in zip(stored, lives, strict=True)
            for old, new, at in life.changes
        ]
        StatusChange.objects.bulk_create(sorted(changes, key=lambda change: change.at), batch_size=BATCH)
        ends = [
            End(project.pk, task.name, task.status, task.start_time, task.end_time) for task in stored if task.end_time
        ]
        count_late(ends, now)


def task_of(project: Project, life: Life) -> Task:
    before, status, last = life.changes[-1] if life.changes else ("", "", life.created)
    if status not in TERMINAL and status != Status.STALE:
        raise ValueError("Only what is over, or silent, is history.")
    first = life.changes[0][2]
    return Task(
        public_id=life.public_id,
        project=project,
        created=life.created,
        updated=last,
        status=status,
        status_before_stale=before if status == Status.STALE else "",
        start_time=life.start_time,
        end_time=last if status in TERMINAL else None,
        time_to_start=first - life.created,
        **columns({name: value for name, value in life.fields.items() if name != "tags"}),
        tags=life.fields.get("tags", {}),
    )


def id_at(moment: datetime.datetime) -> uuid.UUID:
    """An id as tasks of that moment have it: a UUID of version 7."""
    milliseconds = int(moment.timestamp() * 1000)
    high, low = secrets.randbits(12), secrets.randbits(62)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low)
