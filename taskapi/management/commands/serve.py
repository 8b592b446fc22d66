"""`manage.py serve`: the production server: the web processes and the worker."""

import ipaddress
import os
import resource
import socket
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from taskapi.ops import unready
from taskapi.server.supervisor import Child, supervise

WEB_STATEMENT_TIMEOUT = "5000"  # milliseconds: as long as the official client waits for an answer
GRACE = 30  # seconds that requests and deliveries in flight have to finish
MAX_HEAD = 65_536  # bytes of a request's head
DESCRIPTORS = 512  # of a process, beside its connections: files, database connections, the log


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
        parser.add_argument(
            "--workers", type=int, metavar="N", help="web processes; one a processor, on SQLite two at most"
        )
        parser.add_argument("--no-worker", action="store_true", help="the worker runs elsewhere: manage.py worker")

    def handle(self, *, bind: tuple[str, int], workers: int | None, no_worker: bool, **options: Any) -> None:
        processors = os.cpu_count() or 1
        count = workers or (min(processors, 2) if connection.vendor == "sqlite" else processors)
        if count < 1:
            raise CommandError("--workers must be 1 or more.")
        if unready() == "migrations missing":
            raise CommandError("The database has no tables yet: run `python manage.py migrate` first.")
        connection.close()
        refuse_taken(bind)
        allow_descriptors(settings.TASKAPI_CONNECTIONS)
        if not settings.HTTPS and not is_loopback(bind[0]):
            self.stderr.write("Keys will travel in the clear: put TLS in front, and its https address into BASE_URL.")
        self.stderr.write(f"Serving on http://{joined(bind)}")
        with tempfile.TemporaryDirectory(prefix="taskapi-") as metrics:  # only this user can look into it
            # Set for one web process as well: the one that follows a crash goes on counting where it stopped.
            environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": metrics, "TASKAPI_QUEUE_WRITERS": "1"}
            children = [web(bind, count)]
            if not no_worker:
                children.append(Child("worker", manage("worker"), is_vital=False))
            status = supervise(children, environment, GRACE)
        if status:
            sys.exit(status)


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


def joined(bind: tuple[str, int]) -> str:
    return f"[{bind[0]}]:{bind[1]}" if ":" in bind[0] else f"{bind[0]}:{bind[1]}"


def web(bind: tuple[str, int], workers: int) -> Child:
    limit = os.environ.get("TASKAPI_STATEMENT_TIMEOUT", WEB_STATEMENT_TIMEOUT)
    return Child("web", web_command(bind, workers), {"TASKAPI_STATEMENT_TIMEOUT": limit})


def allow_descriptors(connections: int) -> None:
    """Let each process have as many descriptors as connections, and some for itself. Raises `CommandError`."""
    wanted = connections + DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise CommandError(
            f"TASKAPI_CONNECTIONS={connections} needs {wanted} descriptors a process, and this system allows {hard}: "
            "raise the limit (ulimit -n) or lower the setting."
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


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


def web_command(bind: tuple[str, int], workers: int, application: str = "taskapi.asgi:application") -> list[str]:
    """The command that starts the web processes."""
    return [
        *(sys.executable, "-m", "granian", application),
        *("--interface", "asgi", "--loop", "uvloop"),
        # HTTP/1 alone: if it may be 2 as well, a connection that says nothing is never timed out.
        *("--http", "1", "--no-ws", "--http1-header-read-timeout", "10000", "--http1-buffer-size", str(MAX_HEAD)),
        *("--host", bind[0], "--port", str(bind[1]), "--workers", str(workers)),
        # One runtime thread: with several, they and the request threads contend for the interpreter.
        *("--runtime-mode", "st", "--backlog", "1024", "--backpressure", str(settings.TASKAPI_CONNECTIONS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", str(GRACE - 5)),
        *("--working-dir", str(settings.BASE_DIR)),
        *("--log-level", "warning"),
    ]
