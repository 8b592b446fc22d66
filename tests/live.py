"""The served process, for tests that need a real one: `server` is a whole taskapi with a database of its own.

Tests against it prove what no test client can: the official SDK and its CLI, which open connections of their own, and
many clients at once. It starts in seconds, not in no time, so the tests of a pytest process share one. They keep out of
each other's way by unique names and external ids, or by a project of their own (`server.new_key`).
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from json import dumps, loads
from pathlib import Path
from typing import Any

import pytest

from tests.live_database import MANAGE, manage, neutral_environment, own_database, prepared

READY_WITHIN = 60  # seconds
STOPPED_WITHIN = 40  # longer than the server grants to requests in flight


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return loads(self.body)


class LiveServer:
    """A running server and the ways to talk to it."""

    organization = "demo"
    project = "demo"
    serve_options: Sequence[str] = ()  # beside those that every server of the tests has

    def __init__(self, folder: Path, database_url: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self.key = prepared().key
        self._folder = folder
        self._environment = {
            **neutral_environment(database_url),
            "BASE_URL": self.url,
            "PYTHONUNBUFFERED": "1",
            "TASKAPI_WEBHOOK_ALLOW": "127.0.0.0/8",  # where the tests' own receivers are
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    str(MANAGE),
                    "serve",
                    "--bind",
                    f"127.0.0.1:{self.port}",
                    "--workers",
                    "1",
                    *self.serve_options,
                ],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a group of its own, so that nothing of it can outlive the tests
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """End the server as an operator would, and insist that it ends well."""
        process = self._process
        if process is None:
            return
        self._process = None
        died = process.poll()
        process.terminate()
        try:
            code = process.wait(timeout=STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            code = None
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if died is not None:
            raise RuntimeError(f"The server died with {died} while it was in use.\n{self.tail()}")
        if code is None:
            raise RuntimeError(f"SIGTERM did not stop the server within {STOPPED_WITHIN} seconds.\n{self.tail()}")
        if code != 0:
            raise RuntimeError(f"The server, told to stop, exited with {code}.\n{self.tail()}")

    def kill(self) -> None:
        """End it with all that it started, if it has not been stopped."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def manage(self, *arguments: str) -> str:
        """Run a management command on the server's database and return what it prints."""
        return manage(self._environment, self._folder, *arguments)

    def new_key(self, target: str = "demo/demo", *options: str) -> str:
        """A new API key for `organization/project`; with `--create` among the options that project is made, too."""
        printed = self.manage("createapikey", target, *options).splitlines()
        if len(printed) != 1 or not printed[0].strip():
            raise RuntimeError(f"createapikey should print the key and nothing else: {printed!r}")
        return printed[0].strip()

    def request(
        self,
        method: str,
        path: str,
        json: Any = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own. `key` is the server's own key unless given; `""` sends none."""
        key = self.key if key is None else key
        headers = dict(headers or {})
        if key:
            headers.setdefault("Authorization", f"Bearer {key}")
        body = None
        if json is not None:
            body = dumps(json).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def tail(self, lines: int = 40) -> str:
        """The end of the server's log, for messages."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + READY_WITHIN
        seen: object = None
        while time.monotonic() < deadline:
            with suppress(OSError, http.client.HTTPException):
                seen = self.request("GET", "/readyz", key="").status
                if seen == 200:
                    return
            # The pause between two looks ends at once if the server does.
            with suppress(subprocess.TimeoutExpired):
                code = self._process.wait(timeout=0.05)
                raise RuntimeError(f"The server exited with {code} before it was ready.\n{self.tail()}")
        raise RuntimeError(f"The server was not ready within {READY_WITHIN} seconds (/readyz: {seen}).\n{self.tail()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A whole server, started once per pytest process (so once per xdist worker)."""
    folder = tmp_path_factory.mktemp("live")
    with own_database(folder) as database_url:
        live = LiveServer(folder, database_url)
        try:
            live.start()
            yield live
        finally:
            live.stop()


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    with own_database(tmp_path) as url:
        yield url


@pytest.fixture
def live(tmp_path: Path, database_url: str) -> Iterator[LiveServer]:
    """A server for one test alone, which may ill-treat it."""
    server = LiveServer(tmp_path, database_url)
    server.start()
    yield server
    server.kill()
