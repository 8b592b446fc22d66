"""The events process and the whole server when they are told to stop, and what comes back when one of them dies."""

import os
import select
import signal
import sys
from contextlib import closing
from http.client import HTTPResponse

import pytest

from tests.events.listening import Stream, connect, request
from tests.live import LiveServer, free_port
from tests.native.test_serve import HELD, child, nobody_else_writes, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks its processes up in /proc"),
]


def test_streams_end_and_requests_are_answered_before_the_server_ends(live, database_url):
    with Stream(live).begun() as stream, connect(live) as idle, connect(live) as busy:
        idle.sendall(request(live, "GET", "/healthz"))
        with closing(HTTPResponse(idle)) as answer:  # all of it: it may come in pieces
            answer.begin()
            assert answer.read()
        with nobody_else_writes(database_url):
            busy.sendall(request(live, "POST", "/api/demo/demo/tasks", body=b'{"name": "in flight"}'))
            assert select.select([busy], [], [], HELD)[0] == []
            live._process.terminate()
            assert stream.ends(5)
        with closing(HTTPResponse(busy)) as answer:
            answer.begin()
            assert answer.status == 201
        assert idle.recv(1) == b""
    assert live._process.wait(timeout=40) == 0, live.tail()
    live._process = None


def test_an_events_process_that_is_killed_comes_back_and_nothing_is_lost(live):
    path = "/api/demo/demo/tasks"
    task = live.request("POST", path, {"name": "export"}).json()
    with Stream(live).begun() as stream:
        last = stream.last
        os.kill(child(live._process.pid, "manage.py events"), signal.SIGKILL)
        assert stream.ends()
    until(lambda: live.request("GET", "/readyz").status == 200, live._process)
    assert live.request("PATCH", f"{path}/{task['id']}", {"status": "processing"}).status == 200
    with Stream(live, last=last) as stream:
        assert stream.next("status").body["to"] == "processing"
    live.stop()


def test_streams_may_have_a_port_of_their_own(tmp_path, database_url):
    """The web processes take the public one themselves; whoever asks these for a stream gets a short one."""
    server = LiveServer(tmp_path, database_url)
    own = free_port()
    server.serve_options = ["--events-bind", f"127.0.0.1:{own}"]
    server.start()
    try:
        with Stream(server) as polled:
            assert polled.ends()
        last = polled.last
        assert server.request("POST", "/api/demo/demo/tasks", {"name": "heard"}).status == 201
        with Stream(server, last=last) as polled:
            assert polled.next("created").name == "heard"
        public, server.port = server.port, own
        with Stream(server, last=last) as stream:
            assert stream.next("created").name == "heard"
        assert server.request("GET", "/api/demo/demo/tasks").status == 404
        assert server.request("GET", "/readyz", key="").status == 200
        server.port = public
    finally:
        server.stop()
