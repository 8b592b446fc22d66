"""The threads that run Django. Each keeps its database connection; the event loop hands requests to them."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

from django.db import connections

from taskapi.rest.errors import ServerBusy

# Seconds that a request waits for a thread. The official client gives up after five: what comes later is not read.
PATIENCE = 4.0
MOST_WAITING = 2000
UNHURRIED = 0.05  # seconds

Result = TypeVar("Result")


class Turn:
    """The place of a new request in the queue. begin_by: the moment by which it must be taken up, by the loop's clock.

    It refers to nothing of the request: the queue's head is looked at only when the next request comes.
    """

    __slots__ = ("begin_by", "is_taken")

    def __init__(self, begin_by: float) -> None:
        self.begin_by, self.is_taken = begin_by, False


class Job(NamedTuple):
    """A call for a request thread. turn: of a new request; what follows from an admitted one has none."""

    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    turn: Turn | None
    future: "asyncio.Future[Any]"


class RequestThreads:
    """A fixed number of threads and the queue before them. `admit` and `run` belong to the event loop."""

    def __init__(self, count: int, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.queue: SimpleQueue[Job | None] = SimpleQueue()
        self.waiting: deque[Turn] = deque()  # those that may not have been taken yet, the oldest first
        self.unhurried: deque[asyncio.Future[Any]] = deque()  # of calls that returned None
        self.running = 0
        self.is_timed = False
        self.threads = [threading.Thread(target=self.work, name=f"request-{n}", daemon=True) for n in range(count)]
        for thread in self.threads:
            thread.start()

    def admit(self) -> Turn:
        """Return a new request's turn, for `run`.

        Raises `ServerBusy` (503) if others wait for so long that this one could not be answered in time.
        """
        now = self.loop.time()
        while self.waiting and self.waiting[0].is_taken:
            self.waiting.popleft()
        if self.waiting and (self.waiting[0].begin_by < now or len(self.waiting) >= MOST_WAITING):
            raise ServerBusy
        turn = Turn(now + PATIENCE)
        self.waiting.append(turn)
        return turn

    async def run(self, work: Callable[..., Result], *arguments: Any, turn: Turn | None = None) -> Result:
        """Return what `work` returns, called on a request thread; raise what it raises.

        Where it returns None, nothing is left to do in a hurry, and the loop is not woken for it: that costs as much as
        a tenth of a request. The call then ends with the next one, or within `UNHURRIED` seconds.
        Raises `ServerBusy` if no thread has taken up a new request in time.
        """
        self.end_unhurried()
        if not self.is_timed:
            self.is_timed = True
            self.loop.call_later(UNHURRIED, self.tick)
        future: asyncio.Future[Result] = self.loop.create_future()
        self.running += 1
        self.queue.put(Job(work, arguments, turn, future))
        try:
            return await future
        finally:
            self.running -= 1

    def end_unhurried(self) -> None:
        while self.unhurried:
            settle(self.unhurried.popleft(), None, None)

    def tick(self) -> None:
        self.end_unhurried()
        self.is_timed = self.running > 0
        if self.is_timed:
            self.loop.call_later(UNHURRIED, self.tick)

    def work(self) -> None:
        """What each thread does, until `stop`."""
        try:
            while (job := self.queue.get()) is not None:
                result, error = self.done(job)
                if result is None and error is None:
                    self.unhurried.append(job.future)
                else:
                    self.loop.call_soon_threadsafe(settle, job.future, result, error)
                del job, result, error  # else this thread holds them until its next one
        finally:
            connections.close_all()

    def done(self, job: Job) -> tuple[Any, BaseException | None]:
        if job.turn is not None:
            job.turn.is_taken = True
            if self.loop.time() > job.turn.begin_by:
                return None, ServerBusy()
        try:
            return job.work(*job.arguments), None
        except BaseException as error:
            return None, error

    def stop(self) -> None:
        """Let the threads end, once they have done what waits."""
        for _ in self.threads:
            self.queue.put(None)


def settle(future: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
    if future.done():  # its coroutine was cancelled
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
