"""The ASGI application that `manage.py serve` runs: from bytes to requests, and from answers to bytes.

The event loop reads each body whole (`request_body`), request threads run Django (`request_threads`), and the loop
writes the answer as fast as its client reads (`answers`) or keeps the event stream (`event_streams`). So a slow client
holds no thread. docs/decisions/0005-one-server.md says why it is ASGI, and why not Django's own handler for it.
"""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signals
from django.db import close_old_connections
from django.http import HttpResponse
from rest_framework import exceptions

from events.response import EventStreamResponse
from taskapi.failures import refused
from taskapi.ops import healthz
from taskapi.rest import request_id
from taskapi.rest.errors import ServerBusy
from taskapi.server.answers import (
    Head,
    LargeAnswers,
    Send,
    SlowReader,
    encoded,
    read_pieces,
    send_at_once,
    send_pieces,
    send_whole,
)
from taskapi.server.event_streams import EventStreams
from taskapi.server.handler import Handler
from taskapi.server.memory import give_back
from taskapi.server.request import Request
from taskapi.server.request_body import Bodies, BodyRefused, Receive, announced, disconnected
from taskapi.server.request_threads import RequestThreads
from taskapi.server.unread import close_unread

log = logging.getLogger(__name__)

Scope = Mapping[str, Any]
HEALTHZ, READYZ = ("/healthz", "/healthz/"), ("/readyz", "/readyz/")
END: Any = object()
LINGER = 2.0  # seconds in which the rest of a refused body is thrown away, so that its sender can read the answer


class Answer(NamedTuple):
    """What Django answered, and is to be sent as its client reads."""

    response: Any
    head: Head


class Application:
    """One web process: its request threads, its event streams, the bodies that it reads."""

    threads: RequestThreads
    probes: RequestThreads
    streams: EventStreams

    def __init__(self) -> None:
        self.handler = Handler()
        self.bodies = Bodies(settings.TASKAPI_MAX_BODY)
        self.large = LargeAnswers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.live(receive, send)

    # -- The life of the process ------------------------------------------------------------------------------------

    async def live(self, receive: Receive, send: Send) -> None:
        """ASGI's lifespan: start the threads; stop them when the web server has answered its last request."""
        await receive()
        self.start(asyncio.get_running_loop())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.threads = RequestThreads(settings.TASKAPI_THREADS, loop)
        self.probes = RequestThreads(1, loop)  # of its own, so that readiness is told while all others are busy
        self.streams = EventStreams(loop)
        self.works = [loop.create_task(work) for work in (close_unread(), give_back())]
        loop.add_signal_handler(signal.SIGTERM, self.end)

    def stop(self) -> None:
        self.threads.stop()
        self.probes.stop()
        self.streams.stop()
        for work in self.works:
            work.cancel()

    def end(self) -> None:
        """End the event streams, then let the web server end: by itself it would wait for them."""
        self.streams.end()
        os.kill(os.getpid(), signal.SIGINT)

    # -- A request --------------------------------------------------------------------------------------------------

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            length = announced(scope["headers"])
            if scope["path"] in HEALTHZ:
                await self.tell(scope, send, healthz())
                return
            answer = await self.ask(scope, length, receive, send)
        except BodyRefused as error:
            await self.refuse(scope, send, error.error)
            await drain(receive)
            return
        except ServerBusy as error:
            await self.refuse(scope, send, error)
            return
        except Exception:
            log.exception("A request could not be answered.")
            await self.refuse(scope, send, exceptions.APIException("A server error occurred."))
            return
        if answer is not None:
            await self.deliver(scope, answer, receive, send)

    async def ask(self, scope: Scope, length: int | None, receive: Receive, send: Send) -> Answer | None:
        """Read the body, and have a request thread answer; None if that has sent the answer.

        Nothing of the body is held any longer then. Raises `BodyRefused` and `ServerBusy`.
        """
        threads = self.probes if scope["path"] in READYZ else self.threads
        body = await self.bodies.read(receive, length) if length != 0 else b""
        try:
            return await threads.run(self.respond, scope, body, send, turn=threads.admit())
        finally:
            self.bodies.release(body)

    def respond(self, scope: Scope, body: bytes, send: Send) -> Answer | None:
        """Run Django, on a request thread. An answer that needs no waiting is sent from here, and None returned."""
        request = Request(scope, body)
        signals.request_started.send(sender=type(self.handler), environ=request.META)
        response: Any = self.handler.get_response(request)
        response._handler_class = type(self.handler)  # who sends `request_finished` when the answer is closed
        try:
            headers = encoded(response.items())
            headers += [
                (b"set-cookie", cookie.OutputString().encode("latin-1")) for cookie in response.cookies.values()
            ]
            head, is_shown = Head(response.status_code, headers), scope["method"] != "HEAD"
            is_sent = not response.streaming and send_at_once(send, head, response.content if is_shown else b"")
        except Exception:
            response.close()
            raise
        if not is_sent:
            return Answer(response, head)
        try:
            response.close()
        except Exception:  # the client has its answer
            log.exception("An answer could not be closed.")
        return None

    async def deliver(self, scope: Scope, answer: Answer, receive: Receive, send: Send) -> None:
        """Send an answer as its client reads, for as long as it is there."""
        response, head = answer
        leaving = asyncio.ensure_future(disconnected(receive))
        try:
            if isinstance(response, EventStreamResponse):
                self.streams.check(response)
                await self.streams.serve(response, head, leaving, send)
            elif scope["method"] == "HEAD":
                await send_whole(send, head, b"")
            elif response.streaming:
                await send_pieces(send, head, self.pieces(response), leaving)
            else:
                await self.large.send(send, head, taken(response))
        except (ServerBusy, exceptions.Throttled) as error:  # by `check`: nothing was sent yet
            await self.refuse(scope, send, error)
        except SlowReader:
            # The web server ends the connection of an answer that is not whole.
            log.info("A client did not read its answer and was disconnected.")
        finally:
            leaving.cancel()
            await self.threads.run(response.close)

    async def pieces(self, response: Any) -> AsyncIterator[bytes]:
        """The content of a streaming answer. Each piece is made by a request thread, and no thread waits for a reader.

        A file is read by the loop: it is in memory, or comes from the disk faster than a thread is found.
        """
        file = getattr(response, "file_to_stream", None)
        if file is not None:
            for piece in read_pieces(file):
                yield piece
            return
        pieces: Iterator[bytes] = iter(response)
        while (piece := await self.threads.run(next_piece, pieces)) is not END:
            yield piece

    async def refuse(self, scope: Scope, send: Send, error: exceptions.APIException) -> None:
        """Answer a request that no thread has seen, in the words of the API that it was sent to."""
        response = refused(scope["path"], error)
        response["Connection"] = "close"
        await self.tell(scope, send, response)

    async def tell(self, scope: Scope, send: Send, response: HttpResponse) -> None:
        """Send an answer of the loop's own."""
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        response["X-Request-ID"] = request_id.given_or_new(given)
        response["Content-Length"] = str(len(response.content))
        content = response.content if scope["method"] != "HEAD" else b""
        await send_whole(send, Head(response.status_code, encoded(response.items())), content)


def next_piece(pieces: Iterator[bytes]) -> bytes:
    close_old_connections()  # of this thread, which may have been idle for long
    return next(pieces, END)


def taken(response: Any) -> bytes:
    """The content of an answer, which holds it no longer."""
    content: bytes = response.content
    response.content = b""
    return content


async def drain(receive: Receive) -> None:
    """Throw away what a client still sends: a reset would take from it the answer that it has not read."""
    try:
        async with asyncio.timeout(LINGER):
            while (await receive()).get("more_body"):
                pass
    except TimeoutError:
        return
