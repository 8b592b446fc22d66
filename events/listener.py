"""One open stream as the hub sees it: what its client asked for, and the events that wait to be sent to it."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from events.grants import Grant
from events.positions import Position
from events.rounds import Told
from events.wishes import Wish

MAX_QUEUE = 256 * 1024  # bytes that wait for a client at most, beside one event


class Listener:
    """A stream's queue. grant: by what right it is open. position: the last change that was sent."""

    def __init__(self, wish: Wish, grant: Grant) -> None:
        self.wish, self.grant = wish, grant
        self.position: Position | None = wish.last
        self.is_gone = False  # nothing more is written
        self.queue: list[bytes] = []
        self.waiting = 0  # bytes that are written and not sent
        self.changed = asyncio.Event()
        self.drained = asyncio.Event()
        self.drained.set()

    def write(self, data: bytes) -> None:
        if not self.is_gone and data:
            self.queue.append(data)
            self.waiting += len(data)
            self.drained.clear()
            self.changed.set()

    def has_room_for(self, size: int) -> bool:
        """Whether the queue takes `size` bytes more. An event of any size is taken if no other waits."""
        return not self.waiting or self.waiting + size <= MAX_QUEUE

    async def pieces(self) -> AsyncIterator[bytes]:
        """What is to be sent, as it comes in; ends after `end`, once everything was sent."""
        while True:
            if self.queue:
                piece = b"".join(self.queue)
                self.queue.clear()
                yield piece
                self.waiting -= len(piece)
            elif self.is_gone:
                return
            else:
                self.drained.set()
                self.changed.clear()
                await self.changed.wait()

    def reach(self, position: Position) -> None:
        """Note that everything up to there was sent. A stream that has just caught up may be ahead of it."""
        if self.position is None or position.mark >= self.position.mark:
            self.position = position

    def chosen(self, events: Sequence[Told], filter_number: int) -> list[bytes]:
        """Those of a round's events that the client asked for and was not sent before."""
        after = self.position.mark if self.position else (0, 0)
        return [
            event.data
            for event in events
            if (event.mark is None or event.mark > after)
            and self.wish.wants(event.statuses, event.meets[filter_number])
        ]

    def end(self) -> None:
        """End the stream, after what was written; the client comes back by itself and is then looked at again."""
        self.is_gone = True
        self.drained.set()
        self.changed.set()
