"""One open stream: a listener's side of the hub, over whatever transport it came."""

import asyncio
from collections.abc import Sequence

from events.grants import Grant
from events.positions import Position
from events.rounds import Told
from events.wishes import Wish

MAX_BUFFER = 1024 * 1024  # bytes that may wait for a listener; one that reads slower is told at its own speed
PIECE = 256 * 1024  # bytes, about
READS_WITHIN = 20.0  # seconds; whoever reads nothing for so long is let go of
ENDS_WITHIN = 2.0  # seconds in which it may still read what was sent before the end


class Listener:
    """Somebody who listens. grant: by what right. position: what it was told of."""

    def __init__(self, transport: asyncio.Transport, wish: Wish, grant: Grant) -> None:
        self.transport, self.wish, self.grant = transport, wish, grant
        self.position: Position | None = wish.last
        self.is_gone = False
        self.written = 0  # bytes
        self.read: int | None = None  # of them, when it was last seen to read
        self.read_at = 0.0
        self.drained = asyncio.Event()
        self.drained.set()

    def write(self, data: bytes) -> None:
        if not self.is_gone and data:
            self.written += len(data)
            self.transport.write(data)

    def reach(self, position: Position) -> None:
        """It was told of all up to there; one that has just caught up may be ahead of it."""
        if self.position is None or position.mark >= self.position.mark:
            self.position = position

    def is_behind(self) -> bool:
        """It has not read what it was sent before."""
        return self.transport.get_write_buffer_size() > MAX_BUFFER

    def has_stopped_reading(self, now: float) -> bool:
        """For a while nothing of what waits for it went out."""
        waiting = self.transport.get_write_buffer_size()
        read = self.written - waiting
        if not waiting or read != self.read:
            self.read, self.read_at = read, now
        return now - self.read_at > READS_WITHIN

    def chosen(self, events: Sequence[Told], filter_number: int) -> list[bytes]:
        """Those of a round that it asked for and has not had."""
        after = self.position.mark if self.position else (0, 0)
        return [
            event.data
            for event in events
            if (event.mark is None or event.mark > after)
            and self.wish.wants(event.statuses, event.meets[filter_number])
        ]

    async def write_slowly(self, events: Sequence[bytes]) -> None:
        """Sends as fast as it reads, until most of it is on its way, or the listener is gone."""
        size, piece = 0, []
        for event in events:
            piece.append(event)
            size += len(event)
            if size >= PIECE:
                self.write(b"".join(piece))
                size, piece = 0, []
                await self.drained.wait()
        self.write(b"".join(piece))
        await self.drained.wait()

    def end(self) -> None:
        """Ends the stream, after what was sent; the client comes back by itself, and is then looked at anew."""
        self.is_gone = True
        self.transport.close()
        asyncio.get_running_loop().call_later(ENDS_WITHIN, self.transport.abort)
