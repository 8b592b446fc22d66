"""Where it is measured: a database of its own, and on it the servers that are compared, each in processes of its own.

All are up at once and one is loaded at a time; the others wait, which costs nothing.
"""

import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from taskapi.server.supervisor import die_with_parent
from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
MANAGE = str(ROOT / "manage.py")
READY_WITHIN = 60  # seconds
STOPPED_WITHIN = 20
# What `manage.py serve` takes by default.
SIZES = {"sqlite": (min(os.cpu_count() or 1, 2), 1), "postgresql": (os.cpu_count() or 1, 3)}


@dataclass(frozen=True)
class Place:
    """Servers on one database: by name their ports and their processes, and the key that all of them take."""

    ports: Mapping[str, int]
    processes: Mapping[str, int]
    key: str
    database_url: str


@contextmanager
def place(database: str, names: Sequence[str]) -> Iterator[Place]:
    """Servers of those names on a new and empty database, `sqlite` or `postgresql`."""
    # Not /tmp: that may be memory, and what a commit costs on a disk is part of what is measured.
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="taskapi-bench-", dir="/var/tmp")))
        if database == "postgresql":
            url = stack.enter_context(postgres.server(durable=True))
        else:
            url = f"sqlite:///{folder / 'taskapi.sqlite3'}"
        ports = {name: free_port() for name in names}
        environment = {
            **os.environ,
            "BASE_URL": f"http://127.0.0.1:{ports['ours']}",
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "taskapi.settings",
            "SECRET_KEY": secrets.token_urlsafe(50),
        }
        manage(environment, "migrate", "--no-input", "--verbosity", "0")
        key = manage(environment, "createapikey", "demo/demo", "--create").strip()
        environment["BENCHMARK_KEY"] = key
        processes = {}
        for name in names:
            command = COMMANDS[name](ports[name], *SIZES[database])
            processes[name] = stack.enter_context(running(name, command, environment, folder, ports[name]))
        yield Place(ports, processes, key, url)


def ours(port: int, workers: int, threads: int) -> list[str]:
    return [sys.executable, MANAGE, "serve", "--bind", f"127.0.0.1:{port}", "--no-worker"]


def bare(port: int, workers: int, threads: int) -> list[str]:
    return wsgi("benchmarks.bare.wsgi:application", port, workers, threads)


def naive(port: int, workers: int, threads: int) -> list[str]:
    return wsgi("benchmarks.naive.wsgi:application", port, workers, threads)


def wsgi(application: str, port: int, workers: int, threads: int) -> list[str]:
    """A WSGI application on the same web server, with as many threads as `serve` has."""
    return [
        *(sys.executable, "-m", "granian", application, "--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--runtime-mode", "st", "--workers", str(workers), "--blocking-threads", str(threads)),
        *("--blocking-threads-idle-timeout", "600", "--host", "127.0.0.1", "--port", str(port)),
        *("--working-dir", str(ROOT), "--log-level", "warning"),
    ]


def another_checkout(folder: Path) -> Callable[[int, int, int], list[str]]:
    """The server of another checkout with a `.venv` of its own, such as the version before a change."""
    python, manage_py = folder / ".venv" / "bin" / "python", folder / "manage.py"

    def command(port: int, workers: int, threads: int) -> list[str]:
        own = f"cd {shlex.quote(str(folder))} && exec {shlex.quote(str(python))} {shlex.quote(str(manage_py))}"
        return ["sh", "-c", f"{own} serve --bind 127.0.0.1:{port} --no-worker"]

    return command


COMMANDS: dict[str, Callable[[int, int, int], list[str]]] = {"ours": ours, "bare": bare, "naive": naive}


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run([sys.executable, MANAGE, *arguments], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"manage.py {arguments[0]} failed.\n{done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def running(
    name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path, port: int
) -> Iterator[int]:
    """The server of that name, as a process, from when it answers to when it has ended."""
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us
            preexec_fn=die_with_parent,
        )
    try:
        wait_for(port, process, log)
        yield process.pid
    except Exception as error:
        error.add_note(f"The end of the log of {name}:\n{log.read_text(errors='replace')[-3000:]}")
        raise
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOPPED_WITHIN)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(ConnectionError, TimeoutError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("The server did not start.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
