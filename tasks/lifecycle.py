"""Sweeps of this room: what the worker calls now and then, any number of workers at once."""

import datetime

from django.db import transaction
from orjson import Fragment

from integrations import outbox
from integrations.outbox import Message
from monitors.models import MonitorChange
from tasks.passing import pass_time
from tasks.rules import Rule, book_of
from tasks.triggers import MonitorEvent, named

# To be up is news only after it was not: `new` to `up` is none.
POINTS = {
    ("new", "down"): MonitorEvent.DOWN,
    ("up", "late"): MonitorEvent.LATE,
    ("up", "down"): MonitorEvent.DOWN,
    ("late", "down"): MonitorEvent.DOWN,
    ("late", "up"): MonitorEvent.UP,
    ("down", "up"): MonitorEvent.UP,
}


def sweep_tasks(now: datetime.datetime, limit: int, back_since: datetime.datetime | None = None) -> int:
    """Tasks that went silent or ran for too long; returns how many were looked at, at most `limit`."""
    return pass_time(now, limit, back_since)


def announce_monitors(now: datetime.datetime, limit: int) -> int:
    """Owes a message to each global action that hears of a monitor's change; returns how many changes, at most `limit`.

    The change was written with the monitor; that it is told of and that it was told are one transaction.
    """
    with transaction.atomic():
        waiting = MonitorChange.objects.filter(announced=False, monitor__project__organization__deleted=None)
        found = list(
            waiting.select_related("monitor__project__organization")
            .order_by("id")
            .select_for_update(of=("self",), skip_locked=True)[:limit]
        )
        messages = [message for change in found for message in messages_of(change, now)]
        outbox.enqueue(messages, now)
        MonitorChange.objects.filter(pk__in=[change.pk for change in found]).update(announced=True)
    return len(found)


def messages_of(change: MonitorChange, now: datetime.datetime) -> list[Message]:
    point = POINTS.get((change.old, change.new))
    monitor, project = change.monitor, change.monitor.project
    if point is None:
        return []
    book = book_of(project.organization_id, project.organization.rules_version)
    shared = {
        "monitor": Fragment(change.shown),
        "organization": project.organization.slug,
        "project": project.slug,
    }
    return [
        Message(
            organization_id=project.organization_id,
            project_id=project.pk,
            integration=rule.integration,
            config=rule.config,
            point=point,
            kind=point.replace("_", "."),  # monitor_late: monitor.late
            monitor_id=monitor.pk,
            rule_id=rule.id,
            shared=shared,
            data={
                "point": point,
                "action": rule.id,
                "action_type": "global",
                "integration": rule.integration,
            },
        )
        for rule in book.about(project.pk, monitor.pk, monitor.name)
        if hears(rule, point, change.old) and not rule.is_snoozed(now)
    ]


def hears(rule: Rule, point: MonitorEvent, old: str) -> bool:
    """Whoever is told when a monitor is down, but not when it is late, is not told that a late one came."""
    if named(rule.points, point) is None:
        return False
    return not (
        point is MonitorEvent.UP
        and old == "late"
        and named(rule.points, MonitorEvent.DOWN)
        and not named(rule.points, MonitorEvent.LATE)
    )
