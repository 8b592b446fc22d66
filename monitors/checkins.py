"""What monitors hear: pings, and the tasks that are runs of theirs.

The verbs of tasks are called inside the transaction that writes the task. Each holds its monitor until that ends, so
whoever holds tasks as well has locked those first. None of them minds a monitor that is gone.
"""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from monitors import states
from monitors.models import Monitor
from monitors.recording import record, watch_of
from monitors.states import Signal


def find(project_id: int, monitor_id: uuid.UUID) -> Monitor | None:
    return Monitor.objects.filter(pk=monitor_id, project=project_id).first()


def ping(monitor_id: uuid.UUID, signal: Signal, now: datetime, reason: str = "") -> bool:
    """A check-in by whoever knows the id; False: there is no such monitor."""
    living = Monitor.objects.filter(pk=monitor_id, project__organization__deleted=None)
    with transaction.atomic():
        monitor = held(living)
        if monitor is None:
            return False
        record(monitor, states.check_in(watch_of(monitor), signal, now, reason), now)
    return True


def check_in(project_id: int, monitor_id: uuid.UUID, now: datetime, *, is_over: bool, is_failure: bool) -> None:
    """A task of the monitor was made: its run began, or is over already, with or without success."""
    signal = Signal.FAILURE if is_failure else Signal.SUCCESS if is_over else Signal.START
    with transaction.atomic(savepoint=False):
        monitor = held(Monitor.objects.filter(pk=monitor_id, project=project_id))
        if monitor is not None:
            record(monitor, states.check_in(watch_of(monitor), signal, now), now)


def run_ended(monitor_id: uuid.UUID, now: datetime, *, is_failure: bool) -> None:
    """A task of the monitor came to its end, well or badly (an error, silence, or too long a run)."""
    signal = Signal.FAILURE if is_failure else Signal.SUCCESS
    with transaction.atomic(savepoint=False):
        monitor = held(Monitor.objects.filter(pk=monitor_id))
        if monitor is not None:
            record(monitor, states.end_run(watch_of(monitor), signal, now), now)


def run_cancelled(monitor_id: uuid.UUID, now: datetime) -> None:
    """A task of the monitor was cancelled: its run is awaited no more, and says nothing of how the next will go."""
    with transaction.atomic(savepoint=False):
        monitor = held(Monitor.objects.filter(pk=monitor_id))
        if monitor is not None:
            record(monitor, states.drop_run(watch_of(monitor), now), now)


def held(monitors: QuerySet[Monitor]) -> Monitor | None:
    """The one monitor of the query, locked; SQLite's transactions are immediate and need no lock."""
    return monitors.select_for_update(of=("self",), no_key=True).order_by().first()
