"""Reading a request's whole body on the event loop, before a request thread knows of the request.

A body has a size limit, a deadline, and a part in the memory that all unfinished requests of the process share. So a
slow or greedy sender holds neither a thread nor more memory than its share.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from rest_framework import exceptions

from taskapi.rest.errors import BadRequest, RequestTimeout, RequestTooLarge, ServerBusy

FIRST = 1024 * 1024  # bytes that must have come ...
WITHIN = 10.0  # ... within so many seconds; the rest at this rate, in bytes a second:
RATE = 100_000
MOST_PARTS = 10_000  # in which a body may come: each takes the loop some 30 microseconds
SMALL = 65_536  # bytes that a body may have even if the shared memory is used up
SHARED = 64 * 1024 * 1024  # bytes of bodies that a process holds at a time

Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class BodyRefused(Exception):
    """The body can't be read. `error` says what the client is told."""

    def __init__(self, error: exceptions.APIException) -> None:
        super().__init__(error)
        self.error = error


def announced(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """Return how long a request's body is, in bytes: 0 without one, None if it comes in chunks."""
    length: int | None = 0
    for name, value in headers:
        if name == b"content-length":
            length = int(value)  # the web server has refused what is no number
        elif name == b"transfer-encoding":
            return None  # which hides a length that came with it; the web server then ends the connection
    return length


def time_for(size: int) -> float:
    """Return the seconds within which more than `size` bytes of a body must have come."""
    return WITHIN + max(size - FIRST, 0) / RATE


class Bodies:
    """The request bodies that this process holds. limit: bytes of one body. held: bytes of all of them."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.held = 0

    async def read(self, receive: Receive, announced: int | None) -> bytes:
        """Return the whole body; call `release` with it once the request is answered.

        announced: its `Content-Length`; None for a body in chunks.
        Raises `BodyRefused`: 400 for a body that breaks off, 408 for one that comes too slowly, 413 for one over the
        limit, 503 if this process holds too many bytes of others.
        """
        if announced is not None and announced > self.limit:
            raise BodyRefused(RequestTooLarge())
        parts: list[bytes] = []
        size = 0
        started = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(started + WITHIN) as deadline:
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise BodyRefused(BadRequest("The request body is incomplete."))
                    part = message.get("body", b"")
                    parts.append(part)
                    if len(parts) > MOST_PARTS:
                        raise BodyRefused(RequestTooLarge("The request body comes in too many chunks."))
                    size += len(part)
                    self.held += len(part)
                    self.check(size)
                    if size == announced or not message.get("more_body"):
                        return parts[0] if len(parts) == 1 else b"".join(parts)
                    if size > FIRST:
                        deadline.reschedule(started + time_for(size))
        except BaseException as error:
            self.held -= size
            if isinstance(error, TimeoutError):
                raise BodyRefused(RequestTimeout()) from None
            raise

    def check(self, size: int) -> None:
        if size > self.limit:
            raise BodyRefused(RequestTooLarge())
        if size > SMALL and self.held > SHARED:
            raise BodyRefused(ServerBusy())

    def release(self, body: bytes) -> None:
        self.held -= len(body)


async def disconnected(receive: Receive) -> None:
    """Return when the client is gone. Its body has been read."""
    while (await receive())["type"] != "http.disconnect":
        pass
