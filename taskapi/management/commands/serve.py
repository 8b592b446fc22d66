"""`manage.py serve`: the production server: events and the edge, the web processes, and the worker."""

import ipaddress
import os
import secrets
import socket
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from taskapi.ops import unready
from taskapi.supervisor import Child, supervise

ADDRESS_HEADER = "TASKAPI_ADDRESS_HEADER"  # of the environment: a header's name, see taskapi.behind_edge

WEB_STATEMENT_TIMEOUT = "5000"  # milliseconds: as long as the official client waits for an answer
GRACE = 30  # seconds that requests and deliveries in flight have to finish


def address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise ArgumentTypeError(f"{text!r} is no HOST:PORT")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except OSError:
        raise ArgumentTypeError(f"{host!r} is no address of this machine") from None
    return str(found[0][4][0]), int(port)


class Command(BaseCommand):
    help = "Serves the API, and runs the worker along with it. SIGTERM ends both when requests in flight are answered."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bind", type=address, default=("127.0.0.1", 8000), metavar="HOST:PORT")
        parser.add_argument("--workers", type=int, metavar="N", help="web processes; one a processor, on SQLite one")
        parser.add_argument("--no-worker", action="store_true", help="the worker runs elsewhere: manage.py worker")
        parser.add_argument(
            "--events-bind",
            type=address,
            metavar="HOST:PORT",
            help="event streams on a port of their own, to which your proxy sends /api/*/*/tasks/events; "
            "without it they share that of --bind",
        )

    def handle(
        self,
        *,
        bind: tuple[str, int],
        workers: int | None,
        no_worker: bool,
        events_bind: tuple[str, int] | None,
        **options: Any,
    ) -> None:
        is_sqlite = connection.vendor == "sqlite"
        count = workers or (1 if is_sqlite else os.cpu_count() or 1)
        if count < 1:
            raise CommandError("--workers must be 1 or more.")
        if unready() == "migrations missing":
            raise CommandError("The database has no tables yet: run `python manage.py migrate` first.")
        connection.close()
        for taken in filter(None, (bind, events_bind)):
            refuse_taken(taken)
        threads = settings.TASKAPI_THREADS or (1 if is_sqlite else 4)
        if not settings.HTTPS and not is_loopback(bind[0]):
            self.stderr.write("Keys will travel in the clear: put TLS in front, and its https address into BASE_URL.")
        self.stderr.write(f"Serving on http://{joined(bind)}")
        with tempfile.TemporaryDirectory(prefix="taskapi-") as folder:  # nobody else can look into it
            # Set for one web process as well: the one that follows a crash goes on counting where it stopped.
            metrics = Path(folder) / "metrics"
            metrics.mkdir()
            environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
            if events_bind:
                children = [
                    web(bind, count, threads),
                    Child("events", manage("events", "--bind", joined(events_bind)), limited()),
                ]
            else:
                children = list(behind_edge(bind, count, threads, Path(folder)))
            if not no_worker:
                children.append(Child("worker", manage("worker"), is_vital=False))
            status = supervise(children, environment, GRACE)
        if status:
            sys.exit(status)


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


def joined(bind: tuple[str, int]) -> str:
    return f"[{bind[0]}]:{bind[1]}" if ":" in bind[0] else f"{bind[0]}:{bind[1]}"


def web(bind: tuple[str, int] | Path, workers: int, threads: int) -> Child:
    listens_on = bind if isinstance(bind, Path) else None
    return Child("web", web_command(bind, workers, threads), limited(), listens_on)


def limited() -> dict[str, str]:
    return {"TASKAPI_STATEMENT_TIMEOUT": os.environ.get("TASKAPI_STATEMENT_TIMEOUT", WEB_STATEMENT_TIMEOUT)}


def behind_edge(bind: tuple[str, int], workers: int, threads: int, folder: Path) -> Iterator[Child]:
    """The edge on the public port, and web processes that it alone can reach.

    Each has a socket of its own, so that the edge can give a connection to the one that has the fewest; on a shared one
    whichever woke first would take them all.
    """
    sockets = [folder / f"web-{number}" for number in range(workers)]
    secret = {ADDRESS_HEADER: f"X-Edge-{secrets.token_hex(16)}"}
    to_web = [word for path in sockets for word in ("--web", str(path))]
    yield Child("events", manage("events", "--bind", joined(bind), *to_web), {**limited(), **secret})
    for path in sockets:
        child = web(path, 1, threads)
        child.environment = {**child.environment, **secret}
        yield child


def is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host).is_loopback


def refuse_taken(bind: tuple[str, int]) -> None:
    """The web processes share their port with each other, and so would with another server's: half of the requests
    would be answered from another database.
    """
    with socket.socket(socket.AF_INET6 if ":" in bind[0] else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(bind)
        except OSError as error:
            raise CommandError(f"{bind[0]}:{bind[1]} can't be served on: {error.strerror or error}.") from None


def web_command(bind: tuple[str, int] | Path, workers: int, threads: int) -> list[str]:
    """bind: an address, or behind the edge a Unix socket."""
    if isinstance(bind, Path):
        application, where = "taskapi.behind_edge:application", ["--uds", str(bind)]
    else:
        application, where = "taskapi.wsgi:application", ["--host", bind[0], "--port", str(bind[1])]
    return [
        *(sys.executable, "-m", "granian", application),
        # One runtime thread: with several, they and the request threads contend for the interpreter.
        *("--interface", "wsgi", "--http", "1", "--no-ws", "--runtime-mode", "st"),
        *where,
        *("--workers", str(workers), "--blocking-threads", str(threads)),
        # A thread keeps its database connection: let it live while nobody calls.
        *("--blocking-threads-idle-timeout", "600"),
        *("--backlog", "1024", "--http1-header-read-timeout", "10000"),
        *("--respawn-failed-workers", "--workers-kill-timeout", str(GRACE - 5)),
        *("--working-dir", str(settings.BASE_DIR)),
        *("--log-level", "warning"),
    ]
