"""Clients that are slow, silent, greedy or gone, forty of each kind at a time: all others are answered at once."""

import socket
import struct
import sys
import time

import pytest

from tests.events.listening import WITHIN, request
from tests.live import LiveServer, own_database
from tests.server.processes import descriptors, megabytes

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks its processes up in /proc"),
]
CONNECTIONS = 40
AT_ONCE = 1.0  # seconds
MOST_MEMORY = 350  # megabytes
TASKS = "/api/demo/demo/tasks"
STATIC = "/static/drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"


@pytest.fixture(scope="module")
def ill_treated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ill-treated")
    with own_database(folder) as url:
        server = LiveServer(folder, url)
        server.start()
        try:
            for number in range(12):
                server.request("POST", TASKS, {"name": f"task {number}", "data": "x" * 100_000})
            yield server
        finally:
            server.stop()


def connect(server, receive_buffer=None):
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(WITHIN)
    client.connect(("127.0.0.1", server.port))
    return client


def sending(*pieces, receive_buffer=None):
    """Opens a connection, sends the pieces, and says and reads nothing more."""

    def client(server):
        opened = connect(server, receive_buffer)
        opened.sendall(b"".join(piece(server) if callable(piece) else piece for piece in pieces))
        return opened

    return client


def asking(method, path, *lines, key=None, times=1):
    return lambda server: request(server, method, path, *lines, key=key) * times


KINDS = {
    "silent": connect,
    "half a head": sending(lambda server: request(server, "GET", TASKS)[:-2]),
    "a head and no body, without a key": sending(asking("POST", TASKS, "Content-Length: 100", key="")),
    "a head and no body": sending(asking("POST", TASKS, "Content-Length: 100")),
    "a large body that does not come": sending(asking("POST", TASKS, "Content-Length: 4000000"), b"x" * 60_000),
    "chunks that stop": sending(asking("POST", TASKS, "Transfer-Encoding: chunked"), b'9\r\n{"name":'),
    "a body for the health check": sending(asking("POST", "/healthz", "Content-Length: 1000")),
    "a ping that is never whole": sending(asking("POST", "/ping/nothing", "Content-Length: 10", key="")),
    "an unread document": sending(asking("GET", "/api/schema.json", times=6), receive_buffer=4096),
    "an unread static file": sending(asking("GET", STATIC, times=6), receive_buffer=4096),
    "unread pages": sending(asking("GET", f"{TASKS}?page_size=1000", times=6), receive_buffer=4096),
    "unread lists of all": sending(asking("GET", "/api/v0/tasks", times=6), receive_buffer=4096),
    "unread events": sending(asking("GET", f"{TASKS}/events"), receive_buffer=4096),
}


def settle(server):
    """Forty requests at once are work, whoever reads the answers: what comes behind them waits for that alone.

    On a busy machine it is told to come back (503).
    """
    quick, deadline = 0, time.monotonic() + 3 * WITHIN
    while quick < 10:
        began = time.perf_counter()
        status = server.request("GET", f"{TASKS}?page_size=1").status
        assert status in {200, 503}
        quick = quick + 1 if status == 200 and time.perf_counter() - began < AT_ONCE / 4 else 0
        assert time.monotonic() < deadline


def answered_at_once(server, *asked):
    began = time.perf_counter()
    status = server.request(*asked).status
    assert time.perf_counter() - began < AT_ONCE
    return status


@pytest.mark.parametrize("kind", KINDS)
def test_others_are_answered_at_once(ill_treated, kind):
    clients = [KINDS[kind](ill_treated) for _ in range(CONNECTIONS)]
    try:
        settle(ill_treated)
        for path in ("/healthz", "/readyz", f"{TASKS}?page_size=1") * 3:
            assert answered_at_once(ill_treated, "GET", path) == 200
        assert answered_at_once(ill_treated, "POST", TASKS, {"name": "written meanwhile"}) == 201
        assert megabytes(ill_treated) < MOST_MEMORY
    finally:
        for client in clients:
            client.close()


def test_connections_that_are_reset_at_once_leave_no_descriptor(ill_treated):
    before = descriptors(ill_treated)
    for _ in range(500):
        client = connect(ill_treated)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
    deadline = time.monotonic() + WITHIN
    while descriptors(ill_treated) > before + 5 and time.monotonic() < deadline:
        assert ill_treated.request("GET", "/healthz").status == 200
    assert descriptors(ill_treated) <= before + 5


def test_listeners_that_read_nothing_take_no_memory_for_what_happens(ill_treated):
    """Sixty tasks of 1 MB move while ten clients read nothing."""
    ids = [
        ill_treated.request("POST", TASKS, {"name": "large", "data": "x" * 1_000_000}).json()["id"] for _ in range(60)
    ]
    listen = KINDS["unread events"]
    clients = [listen(ill_treated) for _ in range(10)]
    try:
        for status in ("processing", "success"):
            for task in ids:
                assert ill_treated.request("PATCH", f"{TASKS}/{task}", {"status": status}).status == 200
        assert megabytes(ill_treated) < MOST_MEMORY
    finally:
        for client in clients:
            client.close()
