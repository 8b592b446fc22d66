"""What live events cost all other requests: a thousand streams that are open and idle.

    python -m benchmarks.events                       both databases
    python -m benchmarks.events --database sqlite --rounds 20

Each round loads, in turning order, a server without streams and one with `--listeners` of them. Ratios are taken
within a round. The listeners are in the project that is written to, with a filter that nothing meets.
"""

import argparse
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taskapi.settings")
os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
os.environ["TASKAPI_STREAMS_PER_KEY"] = "1000000"

from benchmarks import agreement, load, places, processor
from benchmarks.load import Sample, request
from benchmarks.operations import requests_for

LEAST = 0.95  # of the rate without
ORDER = ("get", "update", "create")
WITHIN = 60


places.COMMANDS["listened"] = places.ours


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.events", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--listeners", type=int, default=1000)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    print(f"{os.cpu_count()} processors for server, database and load; load average {os.getloadavg()[0]:.1f}")
    for database in ("sqlite", "postgresql") if arguments.database == "both" else (arguments.database,):
        with places.place(database, ("ours", "listened")) as servers:
            ids = agreement.seed(servers, 1000)
            with listening(servers.ports["listened"], servers.key, arguments.listeners):
                print(f"\n{database}, {arguments.listeners} listeners where there are any", flush=True)
                for operation in ORDER:
                    rounds = [one_round(servers, operation, ids, turn, arguments) for turn in range(arguments.rounds)]
                    for line in lines(operation, rounds):
                        print(line, flush=True)
                before = processor.used(servers.processes["listened"])
                time.sleep(5)
                spent = (processor.used(servers.processes["listened"]) - before) / 5
                print(f"the server with its listeners, while nothing happens: {spent:.1%} of a processor", flush=True)
    return 0


def one_round(
    servers: places.Place, operation: str, ids: Sequence[str], turn: int, arguments: argparse.Namespace
) -> dict[str, Sample]:
    names = ["ours", "listened"]
    requests = requests_for(operation, servers.key, ids)
    seen = {}
    for name in names if turn % 2 else names[::-1]:
        before = processor.used(servers.processes[name])
        seen[name] = load.run(servers.ports[name], requests, arguments.seconds)
        seen[name].processor = processor.used(servers.processes[name]) - before
    return seen


def lines(operation: str, rounds: Sequence[dict[str, Sample]]) -> Iterator[str]:
    for name in ("ours", "listened"):
        samples = [seen[name] for seen in rounds]
        waits = Sample(waits=[wait for sample in samples for wait in sample.waits])
        spent = sum(sample.processor for sample in samples) / max(len(waits.waits), 1) * 1e6
        text = f"{operation:8}{name:10}{median(sample.rate for sample in samples):9,.0f}/s"
        text += f"{waits.percentile(0.5):8.2f}{waits.percentile(0.99):8.2f} ms{spent:8.0f} µs"
        if name == "listened":
            values = [seen[name].rate / seen["ours"].rate for seen in rounds]
            verdict = "met" if median(values) >= LEAST else "MISSED"
            text += f"   / ours {median(values):.2f} ({min(values):.2f}-{max(values):.2f}) {verdict}"
        yield text


@contextmanager
def listening(port: int, key: str, number: int) -> Iterator[None]:
    """That many streams, each of which has begun; nobody reads them any further."""
    streams = []
    try:
        for start in range(0, number, 50):
            batch = [socket.create_connection(("127.0.0.1", port), WITHIN) for _ in range(min(50, number - start))]
            streams += batch
            for stream in batch:
                # A filter that nothing meets: whoever listens is idle, while the others write into his project.
                stream.sendall(request("GET", "/api/demo/demo/tasks/events?external_id=nobody", key))
            for stream in batch:
                received = b""
                while b"\nid: " not in received:
                    received += stream.recv(65536)
        yield
    finally:
        for stream in streams:
            stream.close()


if __name__ == "__main__":
    sys.exit(main())
