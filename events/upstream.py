"""The web processes behind the edge: which of them gets a connection, and its end of it."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol

PATIENCE = 5.0  # seconds that a web process may take to start again: as long as a client waits
PAUSE = 0.05
REST = 262144  # bytes that are read at once


class Away(Exception):
    """No web process takes connections."""


class Client(Protocol):
    """Whom an upstream connection serves."""

    def answer(self, data: bytes) -> None: ...

    def answered(self) -> None:
        """The web process hung up."""

    def pause(self) -> None: ...

    def resume(self) -> None: ...


class Upstreams:
    """Connects to the web process that has the fewest connections; each listens on a Unix socket of its own."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.counts = dict.fromkeys(paths, 0)

    async def connect(self, client: Client) -> "Upstream":
        """A connection for one client; raises `Away` when no process has taken one for some seconds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while True:
            for path in sorted(self.counts, key=self.counts.__getitem__):
                if links := connected(path):
                    link, twin = links
                    self.counts[path] += 1
                    upstream = Upstream(self, path, client, twin)
                    await loop.create_unix_connection(lambda made=upstream: made, sock=link)  # type: ignore[misc]
                    return upstream
            if loop.time() > deadline:
                raise Away
            await asyncio.sleep(PAUSE)


def connected(path: str) -> tuple[socket.socket, socket.socket] | None:
    """A connection and its twin. A Unix socket connects at once or not at all.

    None where nobody listens, where too many wait already, or where this process may open no more.
    """
    link = None
    try:
        link = socket.socket(socket.AF_UNIX)
        link.setblocking(False)
        link.connect(path)
        return link, link.dup()
    except OSError:
        if link is not None:
            link.close()
        return None


class Upstream(asyncio.Protocol):
    """The connection to a web process that serves one client's connection; bytes pass as they are."""

    transport: asyncio.Transport

    def __init__(self, upstreams: Upstreams, path: str, client: Client, twin: socket.socket) -> None:
        self.upstreams, self.path, self.client, self.twin = upstreams, path, client, twin
        self.data_received = client.answer  # type: ignore[method-assign]

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.write = transport.write

    def connection_lost(self, exc: Exception | None) -> None:
        self.upstreams.counts[self.path] -= 1
        if exc is not None:
            self.read_the_rest()
        self.twin.close()
        self.client.answered()

    def read_the_rest(self) -> None:
        """A web process that has seen enough of a body answers and hangs up.

        The transport then fails at its next write, and closes its socket with the answer still unread in it.
        """
        with suppress(OSError):
            while data := self.twin.recv(REST):
                self.client.answer(data)

    def pause(self) -> None:
        if not self.transport.is_closing():
            self.transport.pause_reading()

    def resume(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def pause_writing(self) -> None:
        self.client.pause()

    def resume_writing(self) -> None:
        self.client.resume()
