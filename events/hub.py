"""The hub: who listens to what, and the rounds that tell them.

All of it lives on the event loop but for what asks the database, which runs in one thread, a step at a time.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, close_old_connections

from events import catching_up, wire
from events.catching_up import Heard, Page
from events.grants import lapsed
from events.listener import Listener
from events.pending import Pending
from events.positions import Position
from events.rounds import Audience, Filters, Rounds, Told, reached, written
from events.wishes import Wish

log = logging.getLogger(__name__)
PERIOD = 0.5  # seconds between two rounds
LOOK_AT_GRANTS = 2.0
SIGN_OF_LIFE = 15.0
MAX_PAGES = 50  # that a listener may be behind; beyond, it loads the list anew
Result = TypeVar("Result")


class Hub:
    def __init__(self) -> None:
        self.listeners: dict[int, set[Listener]] = defaultdict(set)  # by project
        self.everybody: set[Listener] = set()  # those too that still catch up
        self.rounds = Rounds()
        self.is_running = False
        self.thread = ThreadPoolExecutor(1, "events")
        self.step = asyncio.Lock()  # a round, or a listener's last look before it joins the rounds
        self.somebody = asyncio.Event()
        self.slow: set[asyncio.Task[None]] = set()  # of listeners that are told at their own speed

    async def ask(self, question: Callable[..., Result], *given: Any) -> Result:
        """What the database says."""

        def asked() -> Result:
            close_old_connections()
            return question(*given)

        return await asyncio.get_running_loop().run_in_executor(self.thread, asked)

    async def listen(self, listener: Listener) -> None:
        """Brings a listener to where all are, and leaves it there; ends its stream where the database is away."""
        if listener.is_gone:  # it left before this began
            return
        self.everybody.add(listener)
        try:
            await self.catch_up(listener)
        except (DatabaseError, InterfaceError) as error:
            log.warning("A listener was sent away: %s", error)
            listener.end()
        except Exception:
            log.exception("A listener could not be told what it missed.")
            listener.end()

    async def catch_up(self, listener: Listener) -> None:
        """Send what was missed, page by page, as fast as the client reads.

        The last page is sent under the lock, so that no round slips by between it and the rounds that follow.
        """
        pages, heard = 0, Heard()
        while not listener.is_gone:
            await listener.drained.wait()
            pages += 1
            is_lost = pages > MAX_PAGES or (listener.position is None and listener.wish.is_lost)
            wish = listener.wish._replace(is_lost=is_lost)
            async with self.step:
                page = await self.next_page(wish, listener.position, heard)
                if page.is_whole and len(page.slices) <= 1:
                    for part in page.slices:
                        await self.send(listener, wish, page, part)
                    self.finish_page(listener, wish, page)
                    self.join(listener)
                    return
            for part in page.slices:
                await self.send(listener, wish, page, part)
                await listener.drained.wait()
            self.finish_page(listener, wish, page)

    async def next_page(self, wish: Wish, last: Position | None, heard: Heard) -> Page:
        if not self.is_running:
            await self.ask(self.rounds.start)
            self.is_running = True
        return await self.ask(self.rounds.missed, wish, last, heard)

    async def send(self, listener: Listener, wish: Wish, page: Page, part: Sequence[Pending]) -> None:
        listener.write(b"".join(await self.ask(catching_up.written, wish, page, part)))

    def finish_page(self, listener: Listener, wish: Wish, page: Page) -> None:
        listener.write(catching_up.end_of(wish, page))
        listener.position = page.position

    def join(self, listener: Listener) -> None:
        """From now on the rounds tell it."""
        if not listener.is_gone:
            self.listeners[listener.wish.project_id].add(listener)
            self.somebody.set()

    def leave(self, listener: Listener) -> None:
        own = self.listeners[listener.wish.project_id]
        own.discard(listener)
        if not own:
            del self.listeners[listener.wish.project_id]

    def lose(self, listener: Listener) -> None:
        """Its connection is gone."""
        listener.is_gone = True
        listener.drained.set()
        self.everybody.discard(listener)
        self.leave(listener)

    async def run(self) -> None:
        """Round after round while somebody listens, for ever."""
        while True:
            if not self.listeners:
                async with self.step:  # under which listeners join: one that came meanwhile is not slept over
                    self.is_running = bool(self.listeners)
                    if not self.listeners:
                        self.somebody.clear()
                await self.somebody.wait()
            try:
                async with self.step:
                    await self.round()
            except (DatabaseError, InterfaceError) as error:
                log.warning("Events wait for the database: %s", error)
            except Exception:  # a mistake in one round must not silence all listeners for ever
                log.exception("A round of events failed and will be tried again.")
            await asyncio.sleep(PERIOD)

    async def round(self) -> None:
        """Tell all listeners what happened since the last round. A round that fails is told by the next."""
        audiences, numbers = {}, {}
        for project_id, own in self.listeners.items():
            filters: Filters = list({listener.wish.conditions for listener in own})
            audiences[project_id] = Audience(next(iter(own)).wish.place, filters)
            numbers[project_id] = {conditions: number for number, conditions in enumerate(filters)}
        if not audiences:
            return
        state = self.rounds.state()
        try:
            for project_id, news in (await self.ask(self.rounds.next, audiences)).items():
                for part in news.slices:
                    events = await self.ask(written, news, part)
                    self.tell(project_id, events, numbers[project_id], reached(news, part))
                self.tell(project_id, (), numbers[project_id], news.after)
        except BaseException:
            self.rounds.restore(state)
            raise

    def tell(
        self, project_id: int, events: Sequence[Told], numbers: Mapping[Any, int], position: Position | None
    ) -> None:
        """Send a slice to those who want it. A client that reads too slowly for that is told at its own speed."""
        for listener in list(self.listeners.get(project_id, ())):
            chosen = listener.chosen(events, numbers[listener.wish.conditions])
            if chosen and not listener.has_room_for(sum(map(len, chosen))):
                self.leave(listener)
                self.slow.add(task := asyncio.get_running_loop().create_task(self.listen(listener)))
                task.add_done_callback(self.slow.discard)
                continue
            listener.write(b"".join(chosen))
            if position is not None:
                listener.reach(position)

    async def watch_grants(self) -> None:
        """Ends the streams of those who may not listen any more."""
        while True:
            await asyncio.sleep(LOOK_AT_GRANTS)
            by_grant = defaultdict(list)
            for listener in self.everybody:
                by_grant[listener.grant].append(listener)
            if not by_grant:
                continue
            try:
                gone = await self.ask(lapsed, set(by_grant))
            except (DatabaseError, InterfaceError):
                continue  # the rounds have said so
            except Exception:  # a mistake must not leave revoked keys their streams
                log.exception("The rights of listeners could not be looked at, and will be again.")
                continue
            for grant in gone:
                for listener in by_grant[grant]:
                    listener.end()

    async def show_life(self) -> None:
        """With it comes where the listener is: else one that nothing concerns would fall behind by what others do."""
        while True:
            await asyncio.sleep(SIGN_OF_LIFE)
            for project_id, own in self.listeners.items():
                ids: dict[Position | None, bytes] = {}
                for listener in own:
                    at = listener.position
                    if at not in ids:
                        ids[at] = wire.LIFE + (wire.resting(at, project_id) if at else b"")
                    listener.write(ids[at])
