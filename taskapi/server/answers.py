"""Writing answers to clients, as fast as they read and no further ahead than some pieces."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

PIECE = 65_536  # bytes that are sent at once
READS_WITHIN = 20.0  # seconds that a client has for each piece
SHARED = 32 * 1024 * 1024  # bytes of large answers that a process holds in memory

Headers = list[tuple[bytes, bytes]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class SlowReader(Exception):
    """The client did not read; its connection is cut."""


class Head(NamedTuple):
    """The status and the headers of an answer, as ASGI takes them."""

    status: int
    headers: Headers


async def start(send: Send, head: Head) -> None:
    await send({"type": "http.response.start", "status": head.status, "headers": head.headers})


class LargeAnswers:
    """Answers that are too large to be sent at once, and that their clients have not read. held: bytes of them.

    Beyond `SHARED` they wait in a file: a process's memory does not depend on how fast its clients read.
    """

    def __init__(self) -> None:
        self.held = 0

    async def send(self, send: Send, head: Head, content: bytes) -> None:
        """Send an answer. Raises `SlowReader`."""
        size = len(content)
        if self.held + size > SHARED:
            with tempfile.TemporaryFile() as file:
                file.write(content)
                content = b""
                file.seek(0)
                await send_all(send, head, read_pieces(file))
            return
        self.held += size
        try:
            await send_all(send, head, cut(content))
        finally:
            self.held -= size


async def send_whole(send: Send, head: Head, content: bytes) -> None:
    """Send an answer of the loop's own, which is small."""
    await start(send, head)
    await send({"type": "http.response.body", "body": content})


async def send_all(send: Send, head: Head, pieces: Iterable[bytes]) -> None:
    await start(send, head)
    for piece in pieces:
        await send_piece(send, piece)
    await finish(send)


def send_at_once(send: Send, head: Head, content: bytes) -> bool:
    """Send an answer from any thread, if it is small enough for what the server holds for a connection.

    granian's `send` does its work when it is called: to wait for what it returns is to wait for room, of which there
    is enough. So a request thread need not wake the event loop for each answer.
    """
    if len(content) > PIECE:
        return False
    send({"type": "http.response.start", "status": head.status, "headers": head.headers})
    send({"type": "http.response.body", "body": content})
    return True


async def send_pieces(send: Send, head: Head, pieces: AsyncIterator[bytes], leaving: "asyncio.Future[None]") -> None:
    """Send an answer piece by piece; each is asked for when the one before is on its way. Raises `SlowReader`.

    leaving: done when the client has gone, for whom nothing more is made. The server's `send` would not say so.
    """
    await start(send, head)
    async for content in pieces:
        if leaving.done():
            return
        for piece in cut(content):
            await send_piece(send, piece)
    await finish(send)


async def send_piece(send: Send, piece: bytes) -> None:
    """Send a part of an answer; raises `SlowReader` if the client does not read on in time."""
    try:
        async with asyncio.timeout(READS_WITHIN):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except TimeoutError:
        raise SlowReader from None


async def finish(send: Send) -> None:
    await send({"type": "http.response.body", "body": b""})


def encoded(headers: Iterable[tuple[str, str]]) -> Headers:
    """Header names and values as bytes; Django has made sure that they can be."""
    return [(name_of(name), value.encode("latin-1")) for name, value in headers]


@lru_cache(1000)
def name_of(header: str) -> bytes:
    return header.encode("latin-1")


def cut(content: bytes) -> Iterator[bytes]:
    return (content[begin : begin + PIECE] for begin in range(0, len(content), PIECE))


def read_pieces(file: Any) -> Iterator[bytes]:
    """The content of a file on disk, piece by piece."""
    while piece := file.read(PIECE):
        yield piece
