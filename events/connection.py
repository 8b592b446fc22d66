"""A client's connection to the edge, as long as its requests are passed on to a web process.

They go byte for byte over one connection for each of the client's, and answers come back unread. What is added is one
header, the client's address.
"""

import asyncio
from typing import Any

from events import refusals
from events.edge import Client, Edge
from events.heads import IN_CHUNKS, MAX_HEAD, OWN_PATHS, Head, has_bare_line_ends, head_of
from events.streaming import Streaming
from events.upstream import Away, Upstream

HEAD_WITHIN = 10.0  # seconds for a request's head: the web server's own limit
QUIET = 2.0  # seconds after which an answer has ended
MAPPED = "::ffff:"  # before the address of an IPv4 client on a socket that takes both


class Connection(Client):
    upstream: Upstream | None = None
    is_waiting = False  # for an answer of which nothing has come yet
    was_answered = False
    is_half_closed = False
    quiet: asyncio.TimerHandle | None = None
    task: "asyncio.Task[None] | None" = None

    def __init__(self, edge: Edge) -> None:
        super().__init__(edge)
        self.part = b""  # of a head that is not whole
        self.rest = 0  # bytes of a body that are still to come; `IN_CHUNKS`: as many as come
        self.pending: list[bytes] = []  # until there is an upstream

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.address = str(transport.get_extra_info("peername")[0]).removeprefix(MAPPED)
        self.stamp = b"%s: %s\r\n" % (self.edge.address_header, self.address.encode())
        self.edge.clients.add(self)
        self.edge.owed[self] = self.edge.loop.time() + HEAD_WITHIN

    # -- From the client ---------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self.is_over:
            return
        if self.rest:
            self.is_waiting = True  # for the answer to all of it: a `100 Continue` was none
            if self.rest == IN_CHUNKS:
                self.pass_on(data)
                return
            body, data = data[: self.rest], data[self.rest :]
            self.rest -= len(body)
            self.pass_on(body)
        if self.part:
            data, self.part = self.part + data, b""
        while data:
            data = self.take(data)

    def take(self, data: bytes) -> bytes:
        """Passes on what belongs to the request that `data` begins with; returns what follows it."""
        if data[0] in b"\r\n":
            data = data.lstrip(b"\r\n")  # some clients end a body with a line of its own
        head = head_of(data)
        if head is None:
            self.keep_part(data)
            return b""
        self.edge.owed.pop(self, None)
        if head.end > MAX_HEAD:
            self.refuse(refusals.HEAD_TOO_LARGE)
        elif not head.is_plain:
            self.refuse(refusals.NO_REQUEST)
        elif self.edge.upstreams is None and not OWN_PATHS.match(data):
            self.refuse(refusals.NOT_HERE)
        # Behind an answer that is still to come there is no room for a stream: the web process answers then.
        elif self.edge.upstreams is None or (head.asks_for_events and not self.is_waiting):
            self.hand_over(data[: head.end])
        else:
            return self.pass_request_on(data, head)
        return b""

    def keep_part(self, data: bytes) -> None:
        if len(data) > MAX_HEAD:
            self.refuse(refusals.HEAD_TOO_LARGE)
        elif data and (not data[:1].isalpha() or has_bare_line_ends(data)):
            self.refuse(refusals.NO_REQUEST)
        else:
            self.part = data
            self.edge.owed.setdefault(self, self.edge.loop.time() + HEAD_WITHIN)

    def hand_over(self, head: bytes) -> None:
        """The connection is a stream's from here on."""
        self.is_over = True
        if self.upstream is not None:
            self.upstream.transport.close()
        self.edge.clients.discard(self)
        Streaming(self.edge, self.transport, head, self.address)

    def eof_received(self) -> bool:
        """The client will send no more; it may still wait for its answer. The web process must not hear of it.

        It would take it for the end of everything, and leave what it is about.
        """
        self.is_half_closed = not self.is_over and self.is_waiting and self.rest <= 0
        return self.is_half_closed

    # -- To a web process --------------------------------------------------------------------------------------------

    def pass_request_on(self, data: bytes, head: Head) -> bytes:
        self.is_waiting = True
        if head.length == IN_CHUNKS:
            # Where this body ends is for the web process to find out. It refuses it, and after that hangs up.
            self.rest = IN_CHUNKS
            self.pass_on(b"%s%sConnection: close\r\n%s" % (data[: head.end - 2], self.stamp, data[head.end - 2 :]))
            return b""
        first = data.index(b"\n") + 1
        whole = head.end + head.length
        self.rest = max(whole - len(data), 0)
        self.pass_on(data[:first] + self.stamp + data[first:whole])
        return data[whole:]

    def pass_on(self, data: bytes) -> None:
        if self.upstream is not None:
            self.upstream.write(data)
            return
        self.pending.append(data)
        if len(self.pending) == 1:
            self.transport.pause_reading()
            self.task = self.edge.loop.create_task(self.connect())

    async def connect(self) -> None:
        assert self.edge.upstreams is not None  # noqa: S101 - for the type checker
        try:
            upstream = await self.edge.upstreams.connect(self)
        except Away:
            self.pending.clear()
            self.refuse(refusals.AWAY)
            return
        if self.is_over:
            upstream.transport.abort()
            return
        self.upstream = upstream
        for data in self.pending:
            upstream.write(data)
        self.pending.clear()
        self.resume()

    # -- From the web process ----------------------------------------------------------------------------------------

    def answer(self, data: bytes) -> None:
        """What it sends; it has as good as answered by then."""
        if not self.is_over:
            self.is_waiting, self.was_answered = False, True
            self.transport.write(data)
            if self.is_half_closed:
                self.hang_up_when_quiet()

    def hang_up_when_quiet(self) -> None:
        """Where an answer ends nobody knows here; nothing more for a while, and it has."""
        if self.quiet is not None:
            self.quiet.cancel()
        self.quiet = self.edge.loop.call_later(QUIET, self.hang_up)

    def answered(self) -> None:
        """It hung up. A client knows what that means for a later request, which may have come just then: send it anew.

        Of the first, it would not know.
        """
        if self.is_waiting and not self.was_answered and not self.is_over:
            self.refuse(refusals.DIED)
        else:
            self.hang_up()

    # -- When either is slow -----------------------------------------------------------------------------------------

    def pause_writing(self) -> None:
        """The client does not read as fast as it is sent to."""
        if self.upstream is not None:
            self.upstream.pause()

    def resume_writing(self) -> None:
        if self.upstream is not None:
            self.upstream.resume()

    def pause(self) -> None:
        """The web process does not read as fast as the client sends."""
        if not self.transport.is_closing():
            self.transport.pause_reading()

    # -- The end -----------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        if self.upstream is None and not self.pending:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.quiet is not None:
            self.quiet.cancel()
        if self.upstream is not None:
            self.upstream.transport.close()
