"""A client's connection to the edge, once it has asked for events: admitted by the API, told by the hub."""

import asyncio
import logging
import random

from events import refusals, wire
from events.edge import Client, Edge
from events.listener import Listener

log = logging.getLogger(__name__)
MAX_STREAMS = 10_000
RETRY = 1000  # milliseconds, at least, until one whose stream ended comes back


class Streaming(Client):
    listener: Listener | None = None

    def __init__(self, edge: Edge, transport: asyncio.Transport, head: bytes, address: str) -> None:
        super().__init__(edge)
        self.transport = transport
        transport.set_protocol(self)
        edge.clients.add(self)
        edge.streams += 1
        self.task = edge.loop.create_task(self.open(head, address))

    async def open(self, head: bytes, address: str) -> None:
        if self.edge.streams > MAX_STREAMS or self.edge.is_stopping:
            self.refuse(refusals.AWAY)
            return
        try:
            answer = await self.edge.admit(head, address)
        except Exception:
            log.exception("A request for events could not be answered.")
            self.refuse(refusals.BROKEN)
            return
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

    def data_received(self, data: bytes) -> None:
        """Whoever listens has nothing more to say."""

    def pause_writing(self) -> None:
        if self.listener is not None:
            self.listener.drained.clear()

    def resume_writing(self) -> None:
        if self.listener is not None:
            self.listener.drained.set()

    def stop(self) -> None:
        if self.listener is not None:
            self.listener.end()
        elif not self.is_over:
            self.refuse(refusals.AWAY)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.edge.streams -= 1
        if self.listener is not None:
            self.edge.hub.lose(self.listener)
