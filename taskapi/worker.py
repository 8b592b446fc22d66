"""The worker: sweeps that the server owes its users while nobody calls it.

`ROUNDS` is the whole of it: each sweep is a function `sweep(now, limit) -> int` that does at most `limit` rows and says
how many it did; any number of workers may run them at once.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from projects.deleting import purge_deleted
from projects.housekeeping import clear_sessions
from tasks.lifecycle import sweep_stale

log = logging.getLogger(__name__)
LIMIT = 500


@dataclass(frozen=True, slots=True)
class Round:
    sweep: Callable[[datetime, int], int]
    period: float  # seconds


ROUNDS: Sequence[Round] = (
    Round(sweep_stale, period=1.0),
    Round(purge_deleted, period=60.0),
    Round(clear_sessions, period=3600.0),
)


def run_once() -> None:
    """Each sweep until it finds nothing more."""
    for entry in ROUNDS:
        while entry.sweep(timezone.now(), LIMIT) >= LIMIT:
            pass


def run(stop: threading.Event) -> None:
    """Rounds until `stop` is set; the batch in hand is finished. A database that is away is waited for."""
    due = dict.fromkeys(ROUNDS, 0.0)
    while not stop.is_set():
        for entry in [entry for entry, moment in due.items() if moment <= time.monotonic()]:
            due[entry] = time.monotonic() + turn(entry)
        stop.wait(max(min(due.values()) - time.monotonic(), 0))
    connection.close()


def turn(entry: Round) -> float:
    """One batch of a sweep; returns the seconds until its next turn: none where there was more to do than it took."""
    try:
        done = entry.sweep(timezone.now(), LIMIT)
    except (DatabaseError, InterfaceError) as error:
        log.warning("%s could not run and will be tried again: %s", entry.sweep.__name__, error)
        close_old_connections()
        return entry.period
    beat()
    return 0.0 if done >= LIMIT else entry.period


def beat() -> None:
    """A sweep ended well: what a container's health check looks at."""
    if settings.TASKAPI_HEARTBEAT_FILE:
        Path(settings.TASKAPI_HEARTBEAT_FILE).touch()
