"""One open stream: a listener's side of the hub, over whatever transport it came."""

import asyncio
from collections.abc import Sequence

from events.grants import Grant
from events.positions import Position
from events.rounds import Told
from events.wishes import Wish

MAX_BUFFER = 1024 * 1024  # bytes that may wait for a listener; one that reads slower is told at its own speed
PIECE = 256 * 1024  # bytes, about
DRAINED_WITHIN = 20.0  # seconds; whoever reads nothing for so long is let go of


class Listener:
    """Somebody who listens. grant: by what right. position: what it was told of."""

    def __init__(self, transport: asyncio.Transport, wish: Wish, grant: Grant) -> None:
        self.transport, self.wish, self.grant = transport, wish, grant
        self.position: Position | None = wish.last
        self.is_gone = False
        self.drained = asyncio.Event()
        self.drained.set()

    def write(self, data: bytes) -> None:
        if not self.is_gone and data:
            self.transport.write(data)

    def is_behind(self) -> bool:
        """It has not read what it was sent before."""
        return self.transport.get_write_buffer_size() > MAX_BUFFER

    def chosen(self, events: Sequence[Told], filter_number: int) -> list[bytes]:
        """Those of a round that it asked for and has not had."""
        after = self.position.mark if self.position else (0, 0)
        return [
            event.data
            for event in events
            if (event.mark is None or event.mark > after)
            and self.wish.wants(event.statuses, event.meets[filter_number])
        ]

    async def write_slowly(self, events: Sequence[bytes]) -> bool:
        """Sends as fast as it reads; False where it reads no more."""
        size, piece = 0, []
        for event in events:
            piece.append(event)
            size += len(event)
            if size >= PIECE:
                self.write(b"".join(piece))
                size, piece = 0, []
                if not await self.has_read():
                    return False
        self.write(b"".join(piece))
        return await self.has_read()

    async def has_read(self) -> bool:
        """Waits until most of what was sent is on its way; False where that took too long."""
        try:
            async with asyncio.timeout(DRAINED_WITHIN):
                await self.drained.wait()
        except TimeoutError:
            self.transport.abort()
            return False
        return not self.is_gone

    def end(self) -> None:
        """Ends the stream, after what was sent; the client comes back by itself, and is then looked at anew."""
        self.is_gone = True
        self.transport.close()
