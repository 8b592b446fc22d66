"""What the edge lets pass, and what it adds; before a web process of the tests' own."""

import asyncio
import socket

import pytest

from events import connection, edge
from tests.events.edges import EVENTS, GET, HEADER, OK, edges, refusal, run

STAMP = f"{HEADER}: 127.0.0.1\r\n".encode()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(edge, "LINGER", 0.01)


@pytest.mark.parametrize("size", [1, 7, 30, 1000])
def test_each_request_is_stamped_once_and_no_body_is(tmp_path, size):
    """However the bytes are cut: what is sent and what a web process gets differ by the address in each head."""
    body = b"GET /x HTTP/1.1\r\nHost: y\r\n\r\n"
    post = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    sent = GET + post + body + b"\r\n" + GET + post + body
    get_stamped = GET.replace(b"\r\n", b"\r\n" + STAMP, 1)
    post_stamped = post.replace(b"\r\n", b"\r\n" + STAMP, 1)
    expected = get_stamped + post_stamped + body + get_stamped + post_stamped + body

    async def work():
        async with edges(tmp_path) as own:
            caller = await own.connect()
            caller.writer.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for start in range(0, len(sent), size):
                await caller.send(sent[start : start + size])
                await asyncio.sleep(0)
            while len(own.received) < len(expected):
                assert await caller.read(OK)
            assert own.received == expected
            assert own.connections == 1

    run(work)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"GET / HTTP/1.1\nHost: x\n\n", id="line feeds alone"),
        pytest.param(b"GET / HTTP/1.1\nHost: x\r\n\r\n", id="one line feed alone"),
        pytest.param(b"POST / HTTP/1.1\r\nHost: x\nContent-Length: 40\r\n\r\nab\r\n\r\n", id="a length behind one"),
        pytest.param(b"POST / HTTP/1.1\r\nHost: x\nTransfer-Encoding: chunked\r\n\r\n", id="chunks behind one"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\n\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", id="a head in a head"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", id="TLS"),
    ],
)
def test_what_two_may_read_in_two_ways_never_reaches_a_web_process(tmp_path, sent):
    """Else a body could hold what the edge adds to a head, and its sender would read how addresses are told."""

    async def work():
        async with edges(tmp_path) as own:
            assert refusal(await (await own.connect()).ask(sent))[:2] == (400, "bad_request")
            assert own.connections == 0

    run(work)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"Transfer-Encoding: chunked", id="chunks"),
        pytest.param(b"Content-Length: 4\r\nTransfer-Encoding: chunked", id="a length and chunks"),
        pytest.param(b"Content-Length: 4, 4", id="a list of lengths"),
        pytest.param(b"Content-Length: +4", id="a sign"),
        pytest.param(b"Content-Length:\r\n 4", id="a folded length"),
    ],
)
def test_where_an_end_is_unclear_nothing_is_added_any_more(tmp_path, line):
    """It is for the web process to find the end, or to refuse; one more request behind it would bring no address."""

    async def work():
        async with edges(tmp_path) as own:
            caller = await own.connect()
            await caller.send(b"POST / HTTP/1.1\r\n%s\r\n\r\n" % line)
            await caller.read(OK)
            await caller.send(GET)
            await caller.read(OK)
            assert own.received.count(STAMP) == 1
            assert own.received.index(b"Connection: close\r\n\r\n") < own.received.index(GET)

    run(work)


def test_empty_lines_before_a_request_are_no_request(tmp_path):
    async def work():
        async with edges(tmp_path) as own:
            caller = await own.connect()
            await caller.send(b"\r\n\r\n" + GET)
            await caller.read(OK)
            assert own.received == GET.replace(b"\r\n", b"\r\n" + STAMP, 1)

    run(work)


def test_events_behind_a_body_whose_answer_is_to_come_are_for_the_web_process(tmp_path):
    """A `100 Continue` is not that answer."""

    async def work():
        async with edges(tmp_path) as own:
            own.answers = [b"HTTP/1.1 100 Continue\r\n\r\n"]
            caller = await own.connect()
            await caller.send(b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            await caller.read(b"\r\n\r\n")
            await caller.send(b"{}" + EVENTS)
            await caller.read(OK)
            assert own.received.endswith(EVENTS.replace(b"\r\n", b"\r\n" + STAMP, 1))

    run(work)


def test_a_client_that_ends_its_side_gets_its_answer_and_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "QUIET", 0.01)

    async def work():
        async with edges(tmp_path) as own:
            caller = await own.connect()
            await caller.send(GET)
            caller.writer.write_eof()
            assert await caller.rest() == OK

    run(work)


def test_one_that_ends_it_in_a_body_will_never_get_one(tmp_path):
    async def work():
        async with edges(tmp_path) as own:
            own.answers = [b""]
            caller = await own.connect()
            await caller.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n{}")
            caller.writer.write_eof()
            assert await caller.rest() == b""

    run(work)
