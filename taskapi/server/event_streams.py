"""The event streams of a web process: one coroutine each, on the event loop, told by the process's hub."""

import asyncio
import random
from collections import Counter

from django.conf import settings
from rest_framework.exceptions import Throttled

from events import wire
from events.hub import Hub
from events.listener import Listener
from events.response import EventStreamResponse
from taskapi.rest.errors import ServerBusy
from taskapi.server.answers import Head, Send, finish, send_piece, start

RETRY = 1000  # milliseconds, at least, until a client whose stream ended comes back
TOO_MANY_WAIT = 10  # seconds until a caller with too many streams should try again
ENDS_WITHIN = 2.0  # seconds that a client has to read what was sent before the end of its stream

Caller = tuple[int | None, int | None]  # the ids of a key and of a member, of which one is None


class EventStreams:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.hub = Hub()
        self.works = [
            loop.create_task(work) for work in (self.hub.run(), self.hub.watch_grants(), self.hub.show_life())
        ]
        self.streams: dict[Listener, asyncio.Task[None]] = {}
        self.counts: Counter[Caller] = Counter()
        self.is_ending = False

    def check(self, response: EventStreamResponse) -> None:
        """Raise `Throttled` (429) for a key or a member with too many streams, `ServerBusy` (503) while all end."""
        if self.is_ending:
            raise ServerBusy
        if self.counts[caller_of(response)] >= settings.TASKAPI_STREAMS_PER_KEY:
            raise Throttled(TOO_MANY_WAIT, "Too many event streams are open for this key.")

    async def serve(
        self, response: EventStreamResponse, head: Head, leaving: "asyncio.Future[None]", send: Send
    ) -> None:
        """Stream events until the client is gone (`leaving`), may not listen any longer, or the process ends."""
        caller = caller_of(response)
        self.counts[caller] += 1
        listener = Listener(response.wish, response.grant)
        sending = asyncio.ensure_future(self.send(listener, head, send))
        self.streams[listener] = sending
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self.streams[listener]
            self.counts[caller] -= 1
            if not self.counts[caller]:
                del self.counts[caller]
            self.hub.lose(listener)
            sending.cancel()
        if sending.done() and not sending.cancelled():
            sending.result()

    async def send(self, listener: Listener, head: Head, send: Send) -> None:
        await start(send, head)
        await send_piece(send, when_to_return())
        listening = asyncio.ensure_future(self.hub.listen(listener))
        try:
            async for piece in listener.pieces():
                await send_piece(send, piece)
        finally:
            listening.cancel()
        await finish(send)

    def end(self) -> None:
        """End all streams: each client reads what was sent, and when to come back."""
        self.is_ending = True
        loop = asyncio.get_running_loop()
        for listener, sending in self.streams.items():
            listener.write(when_to_return())
            listener.end()
            loop.call_later(ENDS_WITHIN, sending.cancel)

    def stop(self) -> None:
        for work in self.works:
            work.cancel()
        self.hub.thread.shutdown(wait=False)


def when_to_return() -> bytes:
    """A moment of its own for each client: after a restart not all of them come back at once."""
    return wire.begin(RETRY + random.randrange(RETRY))  # noqa: S311 - no secret


def caller_of(response: EventStreamResponse) -> Caller:
    return response.grant.key_id, response.grant.user_id
