"""Monitors, made, changed and deleted by their owners. What else moves them is in `checkins` and `sweeps`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from monitors.models import Monitor
from monitors.recording import record, schedule_of, watch_of
from monitors.schedules import BadSchedule, parse
from monitors.states import wait_anew
from projects.locks import locked, locked_project
from projects.models import Organization, Project

Fields = Mapping[str, Any]


def create_monitor(project: Project, fields: Fields, *, now: datetime) -> Monitor:
    """A new monitor; it waits to be heard of, and shows when its schedule first comes.

    fields: `name`, `interval` or `cron`, and perhaps `timezone`, `start_grace`, `grace`, `max_runtime`, `enabled`.
    Raises `ValidationError` as `set_fields` does, `Http404` where the project is deleted meanwhile.
    """
    monitor = Monitor(project=project, created=now)
    set_fields(monitor, fields)
    monitor.next_due = watch_of(monitor).following(now)
    with transaction.atomic():
        locked_project(project)
        monitor.save(force_insert=True)
    return monitor


def change_monitor(monitor: Monitor, fields: Fields, *, now: datetime) -> Monitor:
    """Changes the fields that are sent; raises `ValidationError` as `set_fields` does.

    Another schedule, or being enabled again, makes the monitor wait anew: neither alarms by itself.
    """
    with transaction.atomic():
        monitor = locked(monitor)
        was_enabled, old_schedule = monitor.enabled, schedule_of(monitor)
        set_fields(monitor, fields)
        if not monitor.enabled:
            monitor.run_started = None  # its end would not be heard
        watch = watch_of(monitor)
        if monitor.enabled and not was_enabled:
            watch = wait_anew(watch, now, "The monitor was enabled again.")
        elif watch.schedule != old_schedule:
            watch = wait_anew(watch, now, "The schedule was changed.")
        record(monitor, watch, now, also=[*fields.keys() - SCHEDULE.keys(), *SCHEDULE])
    return monitor


def delete_monitor(monitor: Monitor) -> None:
    """Its tasks stay and keep its id; global actions that are about it alone go with it."""
    with transaction.atomic():
        # Before the streaks of its actions, as by the end of a task.
        Monitor.objects.select_for_update().filter(pk=monitor.pk).first()
        # Which processes remember: they look for them anew.
        Organization.objects.filter(projects=monitor.project_id).update(rules_version=F("rules_version") + 1)
        Monitor.objects.filter(pk=monitor.pk).delete()


# -- Fields ----------------------------------------------------------------------------------------------------------

SCHEDULE: Fields = {"interval": None, "cron": ""}  # each with the value that says that the other is used


def set_fields(monitor: Monitor, fields: Fields) -> None:
    """Sets what is sent; nothing is saved. One of `interval` and `cron` that is sent replaces the other.

    Raises `ValidationError` on `interval` and `cron` where both are sent or none is left, on `cron` or `timezone` where
    they make no schedule, and on `start_grace` where it is sent and longer than the grace. A grace that is sent alone
    may be shorter than the `start_grace` that is stored.
    """
    for name, value in {**fields, **schedule_after(monitor, fields)}.items():
        setattr(monitor, name, value)
    if "start_grace" in fields and monitor.start_grace > monitor.grace:
        raise ValidationError({"start_grace": ValidationError("At most the grace.", "max_value")})
    try:
        parse(monitor.interval, monitor.cron, monitor.timezone)
    except BadSchedule as error:
        raise ValidationError({error.field: ValidationError(error.text, "invalid")}) from None


def schedule_after(monitor: Monitor | None, sent: Fields) -> Fields:
    """`interval` and `cron` of a monitor (None: a new one) after a body that sends these fields."""
    named = {name: sent[name] for name in SCHEDULE if sent.get(name) is not None}
    if len(named) > 1:
        raise refused("Send either an interval or a cron, not both.", "invalid")
    if named:
        return {**SCHEDULE, **named}
    kept = {name: getattr(monitor, name, value) for name, value in SCHEDULE.items()}
    kept |= {name: value for name, value in SCHEDULE.items() if name in sent}  # null takes it away
    if kept == SCHEDULE:
        raise refused("Either an interval or a cron is needed.", "required")
    return kept


def refused(text: str, code: str) -> ValidationError:
    return ValidationError({name: ValidationError(text, code) for name in SCHEDULE})
