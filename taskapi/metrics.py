"""What Prometheus scrapes of the web processes: requests by method and status, and how long they took.

With several web processes, `serve` sets `PROMETHEUS_MULTIPROC_DIR`, and each scrape adds the processes up.
"""

import os

from prometheus_client import CollectorRegistry, Histogram, generate_latest, multiprocess
from prometheus_client.registry import REGISTRY

SECONDS = Histogram(
    "taskapi_request_seconds",
    "Time from a request to its answer; its count is that of the requests.",
    ["method", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe(method: str, status: int, seconds: float) -> None:
    """Counts an answer. A client may send any word as its method: each would be a series of its own."""
    SECONDS.labels(method if method in METHODS else "other", status).observe(seconds)


def exposition() -> bytes:
    """The metrics of all web processes of this server, in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)
