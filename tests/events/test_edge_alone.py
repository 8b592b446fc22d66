"""What the edge answers by itself, and when it hangs up; before a web process of the tests' own."""

import asyncio
import socket
from types import SimpleNamespace

import pytest

from events import connection, edge, streaming, upstream
from tests.events.edges import EVENTS, GET, HEADER, OK, edges, refusal, run


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(edge, "LINGER", 0.01)
    monkeypatch.setattr(upstream, "PATIENCE", 0.0)


@pytest.mark.parametrize("end", [b"", b"\r\n\r\n"])
def test_a_head_that_is_too_large_is_refused_whole_or_not(tmp_path, end):
    async def work():
        async with edges(tmp_path) as own:
            answer = await (await own.connect()).ask(b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000 + end)
            assert refusal(answer)[0] == 431
            assert own.connections == 0

    run(work)


@pytest.mark.parametrize("sent", [b"", b"GET / HT", GET + b"GET /"])
def test_whoever_owes_the_rest_of_a_head_is_let_go_of(tmp_path, monkeypatch, sent):
    monkeypatch.setattr(connection, "HEAD_WITHIN", 0.0)
    monkeypatch.setattr(edge, "LOOK_AT_HEADS", 0.01)

    async def work():
        async with edges(tmp_path) as own:
            caller = await own.connect()
            await caller.send(sent)
            if sent.startswith(GET):
                await caller.read(OK)
            watching = asyncio.create_task(own.edge.watch_heads())
            assert await caller.rest() == b""
            watching.cancel()

    run(work)


def test_no_web_process_is_a_503(tmp_path):
    async def work():
        async with edges(tmp_path, up=False) as own:
            status, code, headers = refusal(await (await own.connect()).ask(GET))
            assert (status, code) == (503, "service_unavailable")
            assert int(headers["retry-after"]) > 0

    run(work)


def test_a_full_table_of_open_files_is_a_503(tmp_path, monkeypatch):
    async def work():
        async with edges(tmp_path) as own:
            caller = await own.connect()
            monkeypatch.setattr(upstream, "socket", SimpleNamespace(socket=full, AF_UNIX=socket.AF_UNIX))
            assert refusal(await caller.ask(GET))[:2] == (503, "service_unavailable")

    def full(*args):
        raise OSError(24, "Too many open files")

    run(work)


def test_a_web_process_that_dies_before_it_answered_is_a_502(tmp_path):
    async def work():
        async with edges(tmp_path) as own:
            own.answers = [None]
            assert refusal(await (await own.connect()).ask(GET))[:2] == (502, "error")

    run(work)


def test_one_that_dies_in_the_middle_of_an_answer_ends_the_connection(tmp_path):
    """Fewer bytes than were announced: no client takes that for the whole."""

    async def work():
        async with edges(tmp_path) as own:
            own.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha", None]
            caller = await own.connect()
            await caller.send(GET)
            await caller.read(b"ha")
            assert await caller.ask(GET) == b""

    run(work)


def test_one_that_hangs_up_between_requests_is_no_failure(tmp_path):
    """As any server's: a client sends the request anew, over another connection."""

    async def work():
        async with edges(tmp_path) as own:
            own.answers = [OK, None]
            caller = await own.connect()
            await caller.send(GET)
            await caller.read(OK)
            assert await caller.ask(GET) == b""

    run(work)


@pytest.mark.parametrize("is_too_many", [False, True])
def test_a_stream_that_can_not_be_opened_is_an_answer_all_the_same(tmp_path, monkeypatch, is_too_many):
    if is_too_many:
        monkeypatch.setattr(streaming, "MAX_STREAMS", 0)

    async def work():
        async with edges(tmp_path, application=None) as own:
            expected = (503, "service_unavailable") if is_too_many else (500, "error")
            assert refusal(await (await own.connect()).ask(EVENTS))[:2] == expected
        assert own.edge.streams == 0

    run(work)


def test_a_process_of_streams_alone_knows_no_other_path(tmp_path):
    async def work():
        async with edges(tmp_path, web=False) as own:
            assert refusal(await (await own.connect()).ask(GET))[:2] == (404, "not_found")

    run(work)


def test_told_to_stop_it_waits_for_answers_alone(tmp_path):
    async def work():
        async with edges(tmp_path) as own:
            own.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", b"done"]
            busy, idle = await own.connect(), await own.connect()
            await busy.send(GET)
            await busy.read(b"\r\n\r\n")
            stopping = asyncio.create_task(own.edge.stop())
            assert await idle.rest() == b""
            assert not stopping.done()
            await busy.send(GET)
            await busy.read(b"done")
            busy.writer.close()
            async with asyncio.timeout(5):
                await stopping

    run(work)


def test_an_address_is_told_as_its_own_kind(tmp_path):
    """A socket for both kinds shows those of IPv4 in the clothes of IPv6."""

    class Transport:
        def get_extra_info(self, name):
            return ("::ffff:192.0.2.7", 1, 0, 0)

    async def work():
        async with edges(tmp_path) as own:
            made = connection.Connection(own.edge)
            made.connection_made(Transport())
            own.edge.clients.remove(made)
            assert made.stamp == f"{HEADER}: 192.0.2.7\r\n".encode()

    run(work)
