"""The worker: what the server owes its users while nobody calls it, on three threads.

Sweeps run one batch at a time, in turns. `ROUNDS` is the whole of them: each is a function `sweep(now, limit) -> int`
that does at most `limit` rows and says how many it did. Deliveries run beside them (`integrations.delivering`), so that
neither keeps the other waiting; and so does the heartbeat, so that a long batch does not look like absence. Any number
of workers may run at once.
"""

import datetime
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from integrations.delivering import Dispatcher, deliver_due
from integrations.retention import purge_delivered
from monitors.sweeps import purge_changes, sweep_monitors
from planning.occurrences import sweep_occurrences
from projects.deleting import purge_deleted
from projects.housekeeping import clear_sessions
from taskapi import presence
from tasks.ends import count_ends, purge_end_counts
from tasks.lifecycle import announce_monitors, sweep_tasks

log = logging.getLogger(__name__)
LIMIT = 500


@dataclass(frozen=True, slots=True)
class Round:
    """blames: it holds silence against somebody, and takes as third argument since when it may count (`presence`)."""

    sweep: Callable[..., int]
    period: float  # seconds
    blames: bool = False


ROUNDS: Sequence[Round] = (
    Round(sweep_tasks, period=1.0, blames=True),
    Round(sweep_monitors, period=1.0, blames=True),
    Round(announce_monitors, period=1.0),
    Round(sweep_occurrences, period=1.0),
    Round(count_ends, period=10.0),
    Round(purge_deleted, period=60.0),
    Round(purge_delivered, period=3600.0),
    Round(purge_changes, period=3600.0),
    Round(purge_end_counts, period=3600.0),
    Round(clear_sessions, period=3600.0),
)


def run_once() -> None:
    """Each sweep until it finds nothing more, then what is due to be sent. For cron, which calls now and then."""
    for entry in ROUNDS:
        while batch(entry, presence.GAP_OF_CRON) >= LIMIT:
            pass
    while deliver_due(limit=LIMIT) >= LIMIT:
        pass


def run(stop: threading.Event) -> None:
    """Works until `stop` is set, and finishes what is in hand. A database that is away is waited for."""
    beside = [threading.Thread(target=until_stopped, args=(work, stop)) for work in (deliver, keep_present)]
    for thread in beside:
        thread.start()
    until_stopped(sweep, stop)
    for thread in beside:
        thread.join()


def until_stopped(work: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """None of the threads outlives another: whoever started the worker starts it anew, whole."""
    try:
        work(stop)
    finally:
        stop.set()
        connection.close()


def deliver(stop: threading.Event) -> None:
    Dispatcher().run(stop)


def keep_present(stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            presence.beat(timezone.now())
        except (DatabaseError, InterfaceError):  # the sweeps have said so; when it is back, this was a gap
            close_old_connections()
        stop.wait(presence.PERIOD.total_seconds())


def sweep(stop: threading.Event) -> None:
    due = dict.fromkeys(ROUNDS, 0.0)
    while not stop.is_set():
        for entry in [entry for entry, moment in due.items() if moment <= time.monotonic()]:
            due[entry] = time.monotonic() + turn(entry)
            if stop.is_set():
                return
        stop.wait(max(min(due.values()) - time.monotonic(), 0))


def turn(entry: Round) -> float:
    """One batch of a sweep; returns the seconds until its next turn: none where there was more to do than it took."""
    try:
        done = batch(entry, presence.GAP)
    except (DatabaseError, InterfaceError) as error:
        log.warning("%s could not run and will be tried again: %s", entry.sweep.__name__, error)
        close_old_connections()
        return entry.period
    except Exception:  # a mistake in one sweep must not end the others
        log.exception("%s failed and will be tried again.", entry.sweep.__name__)
        return entry.period
    show_life()
    return 0.0 if done >= LIMIT else entry.period


def batch(entry: Round, gap: datetime.timedelta) -> int:
    """One call of a sweep; those that blame hear first whether we were there ourselves."""
    now = timezone.now()
    return entry.sweep(now, LIMIT, presence.beat(now, gap)) if entry.blames else entry.sweep(now, LIMIT)


def show_life() -> None:
    """A sweep ended well: what a container's health check looks at."""
    if settings.TASKAPI_HEARTBEAT_FILE:
        Path(settings.TASKAPI_HEARTBEAT_FILE).touch()
