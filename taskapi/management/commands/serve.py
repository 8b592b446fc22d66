"""`manage.py serve`: the production server, with the worker beside it."""

import ipaddress
import os
import socket
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from taskapi.ops import unready
from taskapi.supervisor import Child, supervise

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

    def handle(self, *, bind: tuple[str, int], workers: int | None, no_worker: bool, **options: Any) -> None:
        is_sqlite = connection.vendor == "sqlite"
        count = workers or (1 if is_sqlite else os.cpu_count() or 1)
        if count < 1:
            raise CommandError("--workers must be 1 or more.")
        if unready() == "migrations missing":
            raise CommandError("The database has no tables yet: run `python manage.py migrate` first.")
        connection.close()
        refuse_taken(bind)
        command = web_command(bind, count, settings.TASKAPI_THREADS or (1 if is_sqlite else 4))
        limit = os.environ.get("TASKAPI_STATEMENT_TIMEOUT", WEB_STATEMENT_TIMEOUT)
        children = [Child("web", command, {"TASKAPI_STATEMENT_TIMEOUT": limit})]
        if not no_worker:
            children.append(Child("worker", [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"]))
        host = f"[{bind[0]}]" if ":" in bind[0] else bind[0]
        if not settings.HTTPS and not is_loopback(bind[0]):
            self.stderr.write("Keys will travel in the clear: put TLS in front, and its https address into BASE_URL.")
        self.stderr.write(f"Serving on http://{host}:{bind[1]}")
        with tempfile.TemporaryDirectory(prefix="taskapi-metrics-") as metrics:
            # Set for one web process as well: the one that follows a crash goes on counting where it stopped.
            environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": metrics}
            status = supervise(children, environment, GRACE)
        if status:
            sys.exit(status)


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


def web_command(bind: tuple[str, int], workers: int, threads: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "taskapi.wsgi:application"),
        # One runtime thread: with several, they and the request threads contend for the interpreter.
        *("--interface", "wsgi", "--http", "1", "--no-ws", "--runtime-mode", "st"),
        *("--host", bind[0], "--port", str(bind[1])),
        *("--workers", str(workers), "--blocking-threads", str(threads)),
        # A thread keeps its database connection: let it live while nobody calls.
        *("--blocking-threads-idle-timeout", "600"),
        *("--backlog", "1024", "--http1-header-read-timeout", "10000"),
        *("--respawn-failed-workers", "--workers-kill-timeout", str(GRACE - 5)),
        *("--working-dir", str(settings.BASE_DIR)),
        *("--log-level", "warning"),
    ]
