"""The edge: owns the public port, keeps the event streams to itself and passes all other requests on as they are.

A stream may last for hours, and a thread of the API's server for each would soon leave none. So the head of every
request is looked at (`events.connection`); one that asks for events stays here (`events.streaming`), anything else goes
byte for byte to a web process. This is what all connections of the process share, and how they end.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from events.admission import Answer, admit
from events.hub import Hub
from events.refusals import Refusal
from events.upstream import Upstreams

LOOK_AT_HEADS = 1.0  # seconds
LINGER = 2.0  # seconds in which what a client still sends is thrown away, so that it can read the last answer
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
        self.clients: set[Client] = set()
        self.streams = 0  # of the clients, those that asked for one
        self.owed: dict[Client, float] = {}  # those that owe a head, and until when
        self.is_empty = asyncio.Event()
        self.is_stopping = False

    async def admit(self, head: bytes, address: str) -> Answer:
        return await self.loop.run_in_executor(self.admissions, admit, self.application, head, address)

    async def watch_heads(self) -> None:
        """Lets go of those that connect and send nothing, or a head bit by bit."""
        while True:
            await asyncio.sleep(LOOK_AT_HEADS)
            now = self.loop.time()
            for client in [client for client, until in self.owed.items() if until < now]:
                client.transport.close()

    async def stop(self) -> None:
        """Ends the streams, and waits for the requests that are under way: the web processes hang up after them."""
        self.is_stopping = True
        for client in list(self.clients):
            client.stop()
        if self.clients:
            await self.is_empty.wait()


class Client(asyncio.Protocol):
    """A client's connection, whatever it is used for."""

    transport: asyncio.Transport
    is_over = False

    def __init__(self, edge: Edge) -> None:
        self.edge = edge

    def stop(self) -> None:
        """Ends it, unless a request is under way."""

    def refuse(self, answer: Refusal) -> None:
        self.transport.write(answer.as_bytes())
        self.hang_up()

    def hang_up(self) -> None:
        """Ends the answer, and a little later the connection: a reset would take from the client what it has not read.

        What it still sends is thrown away.
        """
        self.edge.owed.pop(self, None)
        if not self.is_over:
            self.is_over = True
            if not self.transport.is_closing():
                self.transport.write_eof()
            self.resume()
            self.edge.loop.call_later(LINGER, self.transport.close)

    def resume(self) -> None:
        """Reads on."""
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over = True
        self.edge.owed.pop(self, None)
        self.edge.clients.discard(self)
        if self.edge.is_stopping and not self.edge.clients:
            self.edge.is_empty.set()
