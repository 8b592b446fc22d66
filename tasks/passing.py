"""The door for what no client asks for: what time alone does to tasks."""

import datetime
from collections import defaultdict

from django.db import transaction

from projects.models import Project
from tasks import statements
from tasks.changes import record
from tasks.deadlines import next_look, overrun_at, stale_at
from tasks.firing import Happening, fire
from tasks.rules import book_of
from tasks.statuses import Status
from tasks.triggers import Event


def pass_time(now: datetime.datetime, limit: int, back_since: datetime.datetime | None = None) -> int:
    """What time alone does to the tasks that are due, at most `limit` of them, in one transaction; how many there were.

    One that has been silent for its `stale_timeout` goes stale, and its `updated` stays; one that has run for longer
    than its `max_runtime` is told of, once a run. One that was heard of meanwhile gets its next time. back_since: when
    the server came back from an absence, for which no task is blamed.
    """
    with transaction.atomic():
        due = statements.lock_due(now, limit)
        projects = Project.objects.select_related("organization").in_bulk({task.project_id for task in due})
        changed, happenings = [], defaultdict(list)
        for task in due:
            after, events = task, []
            if has_come(overrun_at(task, back_since), now):
                after = after._replace(is_overrun=True)
                events.append(Happening(projects[task.project_id], task.progress(), after, Event.MAX_RUNTIME_EXCEEDED))
            if has_come(stale_at(task, back_since), now):
                after = after._replace(status=Status.STALE.value, status_before_stale=task.status)
                events.append(Happening(projects[task.project_id], task.progress(), after))
            after = after._replace(wake_at=next_look(after, back_since))
            changed.append((task, after))
            happenings[projects[task.project_id].organization].extend(events)
        names = ("status", "status_before_stale", "is_overrun", "wake_at")
        rows = [(*(getattr(after, name) for name in names), after.number) for _, after in changed]
        statements.update_many(names, rows)
        record([change for change in changed if change[0].status != change[1].status], None, now)
        # By organization and by name, so that no two sweeps wait for each other's streaks in a ring.
        for organization, events in sorted(happenings.items(), key=lambda item: item[0].pk):
            events.sort(key=lambda event: (event.task.project_id, event.task.name))
            if events:
                fire(events, book_of(organization.pk, organization.rules_version), now)
    return len(due)


def has_come(moment: datetime.datetime | None, now: datetime.datetime) -> bool:
    return moment is not None and moment <= now
