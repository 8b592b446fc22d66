"""Sweeps: find tasks that time has moved on, and hand them to the door."""

import datetime

from tasks import changes
from tasks.models import Task


def sweep_stale(now: datetime.datetime, limit: int) -> int:
    """Marks tasks stale whose `stale_timeout` has passed; returns how many were looked at, at most `limit`.

    Each is looked at again under its lock: one that was heard of meanwhile is only given its next time.
    """
    due = list(Task.objects.due(now).values_list("project_id", "public_id")[:limit])
    for project_id, public_id in due:
        changes.mark_stale(project_id, public_id, now)
    return len(due)
