"""The edge: owns the public port, keeps the event streams to itself and passes all other requests on as they are.

A stream may last for hours, and a thread of the API's server for each would soon leave none. So the head of every
request is looked at here; one that asks for events stays, anything else goes byte for byte to a web process, over one
connection for each of the client's. Answers are not read. What is added is one header, the client's address.
"""

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from events import refusals, wire
from events.admission import Answer, admit
from events.heads import IN_CHUNKS, MAX_HEAD, OWN_PATHS, head_of
from events.hub import Hub
from events.listener import Listener
from events.upstream import Away, Upstream, Upstreams

HEAD_WITHIN = 10.0  # seconds for a request's head: the web server's own limit
LINGER = 2.0  # seconds in which what a client still sends is thrown away, so that it can read the last answer
MAX_LISTENERS = 10_000
RETRY = 1000  # milliseconds, at least, until one whose stream ended comes back
ADMISSIONS = 2  # threads that put requests for events to the API


class Edge:
    """What the connections of one process share.

    application: the API, asked for each stream. upstreams: the web processes; without them, streams are all there is.
    address_header: by which they learn a client's address; nobody else knows its name.
    """

    def __init__(self, application: Any, hub: Hub, upstreams: Upstreams | None, address_header: str) -> None:
        self.application, self.hub, self.upstreams = application, hub, upstreams
        self.address_header = address_header.encode()
        self.loop = asyncio.get_running_loop()
        self.admissions = ThreadPoolExecutor(ADMISSIONS, "admission")
        self.clients: set[Connection] = set()
        self.owed: dict[Connection, float] = {}  # those that owe a head, and until when
        self.is_empty = asyncio.Event()
        self.is_stopping = False

    async def watch_heads(self) -> None:
        """Lets go of those that connect and send nothing, or a head bit by bit."""
        while True:
            await asyncio.sleep(1)
            now = self.loop.time()
            for client in [client for client, until in self.owed.items() if until < now]:
                client.transport.close()

    async def stop(self) -> None:
        """Ends the streams, and waits for the requests that are under way: the web processes hang up after them."""
        self.is_stopping = True
        self.hub.end()
        for client in list(self.clients):
            if client.upstream is None and not client.pending:
                client.transport.close()
        if self.clients:
            await self.is_empty.wait()


class Connection(asyncio.Protocol):
    """A client's connection."""

    transport: asyncio.Transport
    upstream: Upstream | None = None
    listener: Listener | None = None
    is_streaming = False  # or asks to; nothing goes to a web process any more
    is_over = False
    is_waiting = False  # for an answer of which nothing has come yet
    task: "asyncio.Task[None] | None" = None

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.part = b""  # of a head that is not whole
        self.rest = 0  # bytes of a body that are still to come; `IN_CHUNKS`: as many as come
        self.pending: list[bytes] = []  # until there is an upstream

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.address = str(transport.get_extra_info("peername")[0])
        self.stamp = b"%s: %s\r\n" % (self.edge.address_header, self.address.encode())
        self.edge.clients.add(self)
        self.edge.owed[self] = self.edge.loop.time() + HEAD_WITHIN

    def data_received(self, data: bytes) -> None:
        if self.is_streaming or self.is_over:  # whoever listens has nothing more to say
            return
        if self.rest:
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
        head = head_of(data)
        if head is None:
            self.keep_part(data)
            return b""
        self.edge.owed.pop(self, None)
        if self.edge.upstreams is None:
            return self.refuse_or_stream(data[: head.end])
        # Behind an answer that is still to come there is no room for a stream: the web process answers then.
        if head.asks_for_events and not self.is_waiting:
            return self.begin_stream(data[: head.end])
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

    def keep_part(self, data: bytes) -> None:
        data = data.lstrip(b"\r\n")  # some clients end a body with a line of its own
        if len(data) > MAX_HEAD:
            self.refuse(refusals.HEAD_TOO_LARGE)
        elif data and not data[:1].isalpha():
            self.refuse(refusals.NO_REQUEST)
        else:
            self.part = data
            self.edge.owed.setdefault(self, self.edge.loop.time() + HEAD_WITHIN)

    def refuse(self, answer: refusals.Refusal) -> None:
        self.transport.write(answer.as_bytes())
        self.hang_up()

    # -- Requests that are passed on ---------------------------------------------------------------------------------

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
        self.transport.resume_reading()

    def answer(self, data: bytes) -> None:
        """What the web process sends; it has as good as answered by then."""
        if not self.is_over and not self.is_streaming:
            self.is_waiting = False
            self.transport.write(data)

    def answered(self) -> None:
        """The web process hung up."""
        if not self.is_streaming:
            self.hang_up()

    def hang_up(self) -> None:
        """Ends the answer, and a little later the connection: a reset would take from the client what it has not read.

        What it still sends is thrown away.
        """
        self.edge.owed.pop(self, None)
        if not self.is_over:
            self.is_over = True
            if self.transport.can_write_eof() and not self.transport.is_closing():
                self.transport.write_eof()
            self.resume()
            self.edge.loop.call_later(LINGER, self.transport.close)

    def eof_received(self) -> bool:
        """The client will send no more; it may still wait for its answer."""
        if self.is_streaming or self.is_over or self.upstream is None:
            return False
        self.upstream.transport.write_eof()
        return True

    # -- Streams -----------------------------------------------------------------------------------------------------

    def refuse_or_stream(self, head: bytes) -> bytes:
        if OWN_PATHS.match(head):
            return self.begin_stream(head)
        self.refuse(refusals.NOT_HERE)
        return b""

    def begin_stream(self, head: bytes) -> bytes:
        self.is_streaming = True
        if self.upstream is not None:
            self.upstream.transport.close()
        self.task = self.edge.loop.create_task(self.stream(head))
        return b""

    async def stream(self, head: bytes) -> None:
        if self.edge.hub.count >= MAX_LISTENERS or self.edge.is_stopping:
            self.refuse(refusals.AWAY)
            return
        application, address = self.edge.application, self.address
        answer: Answer = await self.edge.loop.run_in_executor(self.edge.admissions, admit, application, head, address)
        if self.is_over:
            return
        wish, grant = answer.ticket.wish, answer.ticket.grant
        self.transport.write(answer.head + answer.body)
        if wish is None or grant is None or self.edge.is_stopping:
            self.hang_up()
            return
        self.transport.write(wire.begin(RETRY + random.randrange(RETRY)))  # noqa: S311 - so that not all come at once
        self.listener = Listener(self.transport, wish, grant)
        await self.edge.hub.listen(self.listener)

    # -- Both --------------------------------------------------------------------------------------------------------

    def pause_writing(self) -> None:
        """The client does not read as fast as it is sent to."""
        if self.listener is not None:
            self.listener.drained.clear()
        elif self.upstream is not None:
            self.upstream.pause()

    def resume_writing(self) -> None:
        if self.listener is not None:
            self.listener.drained.set()
        elif self.upstream is not None:
            self.upstream.resume()

    def pause(self) -> None:
        """The web process does not read as fast as the client sends."""
        if not self.transport.is_closing():
            self.transport.pause_reading()

    def resume(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over = True
        self.edge.owed.pop(self, None)
        self.edge.clients.discard(self)
        if self.upstream is not None:
            self.upstream.transport.close()
        if self.listener is not None:
            self.edge.hub.lose(self.listener)
        if self.edge.is_stopping and not self.edge.clients:
            self.edge.is_empty.set()
