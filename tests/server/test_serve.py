"""`manage.py serve` as an operator knows it: told to stop, it answers first; what dies in it comes back."""

import os
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from http.client import HTTPResponse
from json import dumps, loads
from pathlib import Path

import psycopg
import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks its processes up in /proc"),
]
REQUESTS = 6
BACK_WITHIN = 30  # seconds
HELD = 0.5  # seconds in which a request that is held up must get no answer


@contextmanager
def nobody_else_writes(url):
    """Holds every write of the server up, until the end."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(url.replace("postgres://", "postgresql://", 1)) as connection:
            connection.execute("LOCK TABLE tasks_task IN EXCLUSIVE MODE")
            yield


def send_create(live, name):
    """A request that is on its way: its connection."""
    body = dumps({"name": name}).encode()
    head = f"POST /api/demo/demo/tasks HTTP/1.1\r\nHost: 127.0.0.1:{live.port}\r\nAuthorization: Bearer {live.key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    connection = socket.create_connection(("127.0.0.1", live.port), timeout=30)
    connection.sendall(head.encode() + body)
    return connection


def children_of(pid):
    """The processes that a process has started and that still run, by the second word of their command."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(stat[1]) == pid and stat[0] != "Z":
                found[int(folder.name)] = (folder / "cmdline").read_bytes().decode().replace("\0", " ")
    return found


def child(pid, word):
    return next(number for number, command in children_of(pid).items() if word in command)


def web_process(live):
    """The one that answers; its parent only starts it."""
    return next(iter(children_of(child(live._process.pid, "granian"))))


def is_running(pid):
    return (Path("/proc") / str(pid) / "exe").exists()


def until(condition, process):
    """Waits for a condition, but not for ever, and not for a process that is gone."""
    deadline = time.monotonic() + BACK_WITHIN
    while time.monotonic() < deadline:
        with suppress(OSError, StopIteration):
            if condition():
                return
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"The server ended with {process.wait(timeout=0.05)}.")
    pytest.fail(f"Nothing within {BACK_WITHIN} seconds.")


def test_requests_in_flight_are_answered_before_the_server_ends(live, database_url):
    process = live._process
    assert live.request("GET", "/api/demo/demo/tasks").status == 200
    with nobody_else_writes(database_url):
        connections = [send_create(live, f"in flight {number}") for number in range(REQUESTS)]
        assert select.select(connections, [], [], HELD)[0] == []
        process.terminate()
        # Told to stop, it neither answers before its time nor hangs up.
        assert select.select(connections, [], [], HELD)[0] == []
    made = []
    for connection in connections:
        with closing(connection), closing(HTTPResponse(connection)) as response:
            response.begin()
            assert response.status == 201
            made.append(loads(response.read())["name"])
    assert sorted(made) == [f"in flight {number}" for number in range(REQUESTS)]
    assert process.wait(timeout=40) == 0, live.tail()
    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.1", live.port), timeout=5)


@pytest.mark.parametrize("victim", ["web process", "its parent"])
def test_a_web_process_that_is_killed_comes_back(live, victim):
    process = live._process
    task = live.request("POST", "/api/demo/demo/tasks", {"name": "export"}).json()
    parent = child(process.pid, "granian")
    web = web_process(live)
    os.kill(parent if victim == "its parent" else web, signal.SIGKILL)
    until(lambda: not is_running(web) and children_of(child(process.pid, "granian")), process)
    until(lambda: live.request("GET", f"/api/demo/demo/tasks/{task['id']}").status == 200, process)
    # No ghost of the old one shares the port: each answer is a new one's, many times over.
    assert {live.request("GET", "/healthz").status for _ in range(20)} == {200}
    live.stop()


def test_a_worker_that_is_killed_comes_back_and_does_its_work(live):
    process = live._process
    worker = child(process.pid, "manage.py worker")
    os.kill(worker, signal.SIGKILL)
    sent = {"name": "export", "status": "processing", "stale_timeout": 1}
    path = f"/api/demo/demo/tasks/{live.request('POST', '/api/demo/demo/tasks', sent).json()['id']}"
    until(lambda: live.request("GET", path).json()["status"] == "stale", process)
    assert child(process.pid, "manage.py worker") != worker
    live.stop()


def test_a_connection_that_the_database_closed_fails_no_request(live, database_url):
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite has no connection that could be closed from afar.")
    path = "/api/demo/demo/tasks"
    for _ in range(3):
        assert {live.request("GET", path).status for _ in range(8)} == {200}
        with psycopg.connect(database_url.replace("postgres://", "postgresql://", 1)) as connection:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ended = connection.execute(f"SELECT pg_terminate_backend(pid, 5000) {others}").fetchall()
        assert ended
        assert {live.request("POST", path, {"name": "export"}).status for _ in range(8)} == {201}


def test_a_killed_server_leaves_nothing_behind(live):
    process = live._process
    family = set(children_of(process.pid))
    family |= {grandchild for pid in family for grandchild in children_of(pid)}
    assert len(family) >= 3
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + BACK_WITHIN
    while family and time.monotonic() < deadline:
        family = set(filter(is_running, family))
        select.select([], [], [], 0.05)
    assert family == set()
    live._process = None
