"""What Prometheus scrapes of the web processes: requests by method and status, and how long they took.

With several web processes, `serve` sets `PROMETHEUS_MULTIPROC_DIR`: each writes what it counted into a file there, and
each scrape adds the files up. Requests are counted in memory, and written together a few times a second: with a write
for each of them, threads waited for one another at the file, which took an eighth of the server's rate.
"""

import atexit
import os
import threading
import time
from bisect import bisect_left
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Histogram, generate_latest, multiprocess
from prometheus_client.registry import REGISTRY

WRITE_AFTER = 0.25  # seconds; so late may another process's scrape see a request, and so much is lost with a crash
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class SummedHistogram(Histogram):
    """A histogram that takes many observations at once."""

    def add(self, seconds: float, numbers: Sequence[int]) -> None:
        """seconds: of all observations together; numbers: how many fell into each bucket, in the buckets' order."""
        self._sum.inc(seconds)
        for bucket, number in zip(self._buckets, numbers, strict=True):
            if number:
                bucket.inc(number)


SECONDS = SummedHistogram(
    "taskapi_request_seconds",
    "Time from a request to its answer; its count is that of the requests.",
    ["method", "status"],
    buckets=BOUNDS,
)


class Tally:
    """Requests of one method and status that are counted and not yet written."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.numbers = [0] * (len(BOUNDS) + 1)  # the last: longer than all bounds


_tallies: dict[tuple[str, int], Tally] = {}
_lock = threading.Lock()
_wanted = threading.Event()
_writer: threading.Thread | None = None


def observe(method: str, status: int, seconds: float) -> None:
    """Counts an answer. A client may send any word as its method: each would be a series of its own."""
    series = (method if method in METHODS else "other", status)
    with _lock:
        tally = _tallies.get(series)
        if tally is None:
            tally = _tallies[series] = Tally()
        tally.seconds += seconds
        tally.numbers[bisect_left(BOUNDS, seconds)] += 1
    if not _wanted.is_set():
        start_writer()
        _wanted.set()


def start_writer() -> None:
    """Starts the thread that writes, of which each process has one."""
    global _writer
    with _lock:
        if _writer is None or not _writer.is_alive():
            if _writer is None:
                atexit.register(write)
            _writer = threading.Thread(target=write_for_ever, name="metrics", daemon=True)
            _writer.start()


def write_for_ever() -> None:
    while _wanted.wait():
        time.sleep(WRITE_AFTER)
        _wanted.clear()
        write()


def write() -> None:
    """Hands to Prometheus' library what is counted."""
    global _tallies
    with _lock:
        counted, _tallies = _tallies, {}
    for (method, status), tally in counted.items():
        SECONDS.labels(method, status).add(tally.seconds, tally.numbers)


def exposition() -> bytes:
    """The metrics of all web processes of this server, in Prometheus' text format."""
    write()
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)
