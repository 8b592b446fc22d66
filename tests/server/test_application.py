"""What the entry answers by itself, before Django is asked: to slow, greedy and too many clients."""

import asyncio
import json
import threading

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from events.grants import Grant
from events.response import EventStreamResponse
from events.wishes import Wish
from taskapi.server import answers, application, request_body
from taskapi.server.application import Application
from tasks.wire import Place
from tests.server.asgi import Client, ask, scope

NATIVE, GOODDAY, PROJECTBUBBLE = "/api/acme/web/tasks", "/api/v0/tasks", "/v2/tasks"


@pytest.fixture
def within(monkeypatch, settings):
    """Runs a test's work on an application with one request thread, whose answers `respond` makes."""
    monkeypatch.setattr(application, "LINGER", 0.01)
    monkeypatch.setattr(request_body, "WITHIN", 0.01)
    settings.TASKAPI_THREADS = 1

    def run(work, respond=None):
        async def whole():
            own = Application()
            if respond is not None:
                own.handler.get_response = respond
            own.start(asyncio.get_running_loop())
            try:
                async with asyncio.timeout(10):
                    await work(own)
            finally:
                own.stop()

        asyncio.run(whole())

    return run


def words_of(path, client):
    body = json.loads(client.body)
    if path == NATIVE:
        (error,) = body["errors"]
        return body["type"], error["code"], error["attr"]
    return body.get("type"), bool(body.get("message") or body.get("error"))


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (NATIVE, 408, ("client_error", "request_timeout", None)),
        (NATIVE, 413, ("client_error", "request_too_large", None)),
        (f"/{NATIVE}", 413, ("client_error", "request_too_large", None)),
        (NATIVE, 503, ("server_error", "service_unavailable", None)),
        (GOODDAY, 408, ("RequestTimeout", True)),
        (GOODDAY, 413, ("RequestTooLarge", True)),
        (GOODDAY, 503, ("ServiceUnavailable", True)),
        (PROJECTBUBBLE, 408, (None, True)),
        (PROJECTBUBBLE, 413, (None, True)),
        (PROJECTBUBBLE, 503, (None, True)),
    ],
)
def test_a_refusal_is_in_the_words_of_the_api(within, settings, path, status, words):
    async def work(own):
        length = str(settings.TASKAPI_MAX_BODY + 1) if status == 413 else "10"
        if status == 503:
            own.bodies.held, length = request_body.SHARED, str(request_body.SMALL + 1)
        client = Client(*[b"x" * (request_body.SMALL + 1)] * (status == 503))
        await ask(own, client, method="POST", path=path, content_length=length, x_request_id="job-7")
        assert client.status == status
        assert words_of(NATIVE if path == f"/{NATIVE}" else path, client) == words
        assert client.headers["connection"] == "close"
        assert client.headers["x-request-id"] == "job-7"
        assert client.headers.get("retry-after") == ("1" if status == 503 else None)
        assert int(client.headers["content-length"]) == len(client.body)

    within(work)


def test_health_is_told_and_others_are_refused_while_all_threads_are_busy(within, monkeypatch):
    free = threading.Event()

    def respond(request):
        if request.path == NATIVE:
            free.wait()
        return HttpResponse("answered")

    async def work(own):
        try:
            busy = asyncio.ensure_future(ask(own, Client(), path=NATIVE))
            waiting = asyncio.ensure_future(ask(own, Client(), path=NATIVE))
            await asyncio.sleep(0)
            assert (await ask(own, Client(), path="/healthz")).body == b'{"status": "ok"}'
            assert (await ask(own, Client(), path="/readyz")).body == b"answered"
            later = own.loop.time() + 60
            monkeypatch.setattr(own.loop, "time", lambda: later)
            refused = await ask(own, Client(), path=NATIVE)
            assert (refused.status, refused.headers["retry-after"]) == (503, "1")
        finally:
            monkeypatch.undo()
            free.set()
        assert {(await busy).status, (await waiting).status} <= {200, 503}

    within(work, respond)


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(lambda: HttpResponse(b"x" * 200_000), id="a large answer"),
        pytest.param(lambda: StreamingHttpResponse(iter([b"x", b"y"])), id="one that is made while it is sent"),
    ],
)
def test_a_client_that_reads_nothing_gets_no_whole_answer_and_holds_nothing(within, monkeypatch, response):
    monkeypatch.setattr(answers, "READS_WITHIN", 0.01)

    async def work(own):
        client = await ask(own, Client(b"abc", reads=False), method="POST", path=NATIVE, content_length="3")
        assert client.status == 200
        assert not client.is_whole  # the web server then cuts the connection
        assert own.bodies.held == 0
        assert (await ask(own, Client(), path=NATIVE)).is_whole

    within(work, lambda _: response())


def test_an_answer_that_is_made_while_it_is_sent_is_sent_whole(within):
    async def work(own):
        client = await ask(own, Client(), path=NATIVE)
        assert (client.body, client.is_whole) == (b"".join(b"%d," % n for n in range(100)), True)

    within(work, lambda _: StreamingHttpResponse(b"%d," % n for n in range(100)))


def test_a_head_has_no_body(within):
    async def work(own):
        client = await ask(own, Client(), method="HEAD", path=NATIVE)
        assert (client.status, client.body, client.is_whole) == (200, b"", True)

    within(work, lambda _: HttpResponse("some"))


def test_a_mistake_of_ours_is_a_500_and_in_the_log(within, caplog):
    def respond(request):
        raise RuntimeError("a mistake")

    async def work(own):
        client = await ask(own, Client(), path=NATIVE)
        assert (client.status, words_of(NATIVE, client)) == (500, ("server_error", "error", None))
        assert "a mistake" not in client.body.decode()

    within(work, respond)
    assert "a mistake" in caplog.text


@pytest.mark.parametrize(
    ("open_ones", "is_ending", "status", "wait"),
    [(2, False, 429, "10"), (0, True, 503, "1")],
    ids=["as many as a key may have", "the server is told to stop"],
)
def test_an_event_stream_too_many_is_refused(within, settings, open_ones, is_ending, status, wait):
    settings.TASKAPI_STREAMS_PER_KEY = 2
    wish = Wish(7, Place("acme", "web", "", ""), (), frozenset(), None, False)
    grant = Grant((7, "web", 1, "acme"), 5, None, "", "")

    async def work(own):
        own.streams.counts[5, None] = open_ones
        own.streams.is_ending = is_ending
        client = await ask(own, Client(), path=f"{NATIVE}/events")
        assert (client.status, client.headers["retry-after"]) == (status, wait)
        assert client.is_whole

    within(work, lambda _: EventStreamResponse(wish, grant))


def test_a_request_reaches_django_as_it_came(within):
    seen = {}

    def respond(request):
        seen.update(request.META, body=request.body, method=request.method, path=request.path)
        return HttpResponse()

    async def work(own):
        client = Client(b'{"name":', b' "x"}', is_short=False)
        await ask(own, client, method="PUT", path="/a/ü", transfer_encoding="chunked")

    within(work, respond)
    assert (seen["method"], seen["path"], seen["body"]) == ("PUT", "/a/ü", b'{"name": "x"}')
    assert (seen["CONTENT_LENGTH"], seen["REMOTE_ADDR"]) == ("13", "192.0.2.7")


@pytest.mark.parametrize("address", ["192.0.2.7", "::ffff:192.0.2.7"])
def test_an_ipv4_client_has_one_address_whichever_way_it_comes(within, monkeypatch, address):
    seen = []

    def respond(request):
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    async def work(own):
        client = Client()
        await own({**scope(path=NATIVE), "client": (address, 1)}, client.receive, client.send)

    within(work, respond)
    assert seen == ["192.0.2.7"]
