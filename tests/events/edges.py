"""An edge in the test's own process, before a web process of the test's making: what passes, byte for byte."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvloop

from events.connection import Connection
from events.edge import Edge
from events.hub import Hub
from events.upstream import Upstreams

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"
HEADER = "X-Secret"
WITHIN = 10
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
EVENTS = b"GET /api/acme/web/tasks/events HTTP/1.1\r\nHost: x\r\n\r\n"


class WebProcess(asyncio.Protocol):
    """Notes all that it gets, and answers each piece with the next of its answers; None: it hangs up."""

    def __init__(self, own: "Edges") -> None:
        self.own = own

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.own.connections += 1

    def data_received(self, data: bytes) -> None:
        self.own.received += data
        if (answer := self.own.answers.pop(0) if self.own.answers else OK) is None:
            self.transport.close()
        else:
            self.transport.write(answer)


class Edges:
    def __init__(self) -> None:
        self.received = b""
        self.connections = 0
        self.answers: list[bytes | None] = []
        self.callers: list[Caller] = []

    async def connect(self) -> "Caller":
        self.callers.append(caller := Caller(*await asyncio.open_connection("127.0.0.1", self.port)))
        return caller


class Caller:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def read(self, end: bytes) -> bytes:
        async with asyncio.timeout(WITHIN):
            return await self.reader.readuntil(end)

    async def rest(self) -> bytes:
        """All that comes until the edge hangs up."""
        received = b""
        async with asyncio.timeout(WITHIN):
            with suppress(ConnectionError):
                while data := await self.reader.read(65536):
                    received += data
        return received

    async def ask(self, data: bytes) -> bytes:
        await self.send(data)
        return await self.rest()


@asynccontextmanager
async def edges(folder: Any, application: Any = None, web: bool = True, up: bool = True) -> Any:
    """web: there are web processes; up: they run."""
    own, loop = Edges(), asyncio.get_running_loop()
    path = str(folder / "web")
    upstreams = Upstreams([path]) if web else None
    own.edge = Edge(application, Hub(), upstreams, HEADER)
    servers = [await loop.create_server(lambda: Connection(own.edge), "127.0.0.1", 0)]
    own.port = servers[0].sockets[0].getsockname()[1]
    if web and up:
        servers.append(await loop.create_unix_server(lambda: WebProcess(own), path))
    try:
        yield own
    finally:
        for caller in own.callers:
            caller.writer.close()
        async with asyncio.timeout(WITHIN):
            await own.edge.stop()
        for server in servers:
            server.close()
        own.edge.admissions.shutdown()
        own.edge.hub.thread.shutdown()


def run(work: Callable[[], Awaitable[None]]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())


def refusal(answer):
    """Status, headers and the error's code of an answer in the envelope."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    assert headers["content-type"] == "application/json"
    assert int(headers["content-length"]) == len(body)
    assert headers["x-request-id"]
    (error,) = json.loads(body)["errors"]
    return int(status.split()[1]), error["code"], headers
