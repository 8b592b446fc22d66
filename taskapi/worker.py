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

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

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
    Round(clear_sessions, period=3600.0),
)


def run_once() -> int:
    """Each sweep until it finds nothing more; returns the rows done."""
    return sum(exhaust(entry) for entry in ROUNDS)


def exhaust(entry: Round, stop: threading.Event | None = None) -> int:
    total = 0
    while not (stop and stop.is_set()):
        done = entry.sweep(timezone.now(), LIMIT)
        total += done
        if done < LIMIT:
            break
    return total


def run(stop: threading.Event) -> None:
    """Rounds until `stop` is set; the one in hand is finished. A database that is away is waited for."""
    due = dict.fromkeys(ROUNDS, 0.0)
    while not stop.is_set():
        for entry in [entry for entry, moment in due.items() if moment <= time.monotonic()]:
            due[entry] = time.monotonic() + entry.period
            try:
                exhaust(entry, stop)
            except DatabaseError as error:
                log.warning("%s could not run and will be tried again: %s", entry.sweep.__name__, error)
                close_old_connections()
        stop.wait(max(min(due.values()) - time.monotonic(), 0.05))
    connection.close()
