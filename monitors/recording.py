"""Between the rules and the rows: what the rules see of a monitor, and what is written of what they say."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from monitors.models import Monitor, MonitorChange
from monitors.schedules import BadSchedule, Schedule, parse
from monitors.states import State, Watch, look_at
from monitors.wire import monitor_as_json

log = logging.getLogger(__name__)

# What signals and time move.
MOVING = ("status", "failed", "last_check_in", "next_due", "run_started", "look_at")


def watch_of(monitor: Monitor) -> Watch:
    return Watch(
        schedule=schedule_of(monitor),
        start_grace=timedelta(seconds=monitor.late_after),
        grace=timedelta(seconds=monitor.grace),
        max_runtime=timedelta(seconds=monitor.max_runtime) if monitor.max_runtime is not None else None,
        enabled=monitor.enabled,
        status=State(monitor.status),
        failed=monitor.failed,
        last_check_in=monitor.last_check_in,
        next_due=monitor.next_due,
        run_started=monitor.run_started,
    )


def schedule_of(monitor: Monitor) -> Schedule | None:
    """None for one that was good when it was saved, and is none on this machine: a check-in must not fail by that."""
    try:
        return parse(monitor.interval, monitor.cron, monitor.timezone)
    except BadSchedule as error:
        log.error("Monitor %s is not watched: %s", monitor.pk, error)
        return None


def settle(monitor: Monitor, watch: Watch, now: datetime, back_since: datetime | None = None) -> MonitorChange | None:
    """Lays what the rules say over a monitor that the caller holds; saves nothing. Returns a change of its status."""
    old = monitor.status
    monitor.status, monitor.failed = watch.status.value, watch.failed
    monitor.last_check_in, monitor.next_due = watch.last_check_in, watch.next_due
    monitor.run_started, monitor.look_at = watch.run_started, look_at(watch, back_since)
    if old == monitor.status:
        return None
    return MonitorChange(
        monitor=monitor, old=old, new=monitor.status, at=now, reason=watch.reason, shown=monitor_as_json(monitor)
    )


def record(monitor: Monitor, watch: Watch, now: datetime, *, also: Iterable[str] = ()) -> None:
    """Saves a monitor that the caller holds as the rules say, the fields `also` too, with the change of its status."""
    change = settle(monitor, watch, now)
    monitor.save(update_fields=[*MOVING, *also])
    if change is not None:
        change.save(force_insert=True)
