"""The events process and the whole server when they are told to stop, and what comes back when one of them dies."""

import os
import select
import signal
import sys
from contextlib import closing
from http.client import HTTPResponse

import pytest

from tests.events.listening import Stream, connect, request
from tests.server.test_serve import HELD, nobody_else_writes, until, web_process

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
            assert stream.retries == 2  # at its beginning, and at its end
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
        os.kill(web_process(live), signal.SIGKILL)
        assert stream.ends()
    until(lambda: live.request("GET", "/readyz").status == 200, live._process)
    assert live.request("PATCH", f"{path}/{task['id']}", {"status": "processing"}).status == 200
    with Stream(live, last=last) as stream:
        assert stream.next("status").body["to"] == "processing"
    live.stop()
