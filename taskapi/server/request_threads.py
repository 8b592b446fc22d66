"""The threads that run Django. Each keeps its database connection; the event loop hands requests to them."""

import asyncio
import math
import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

from django.db import connections

from taskapi.rest.errors import ServerBusy

# Seconds that a request waits for a thread. The official client gives up after five: what comes later is not read.
PATIENCE = 4.0
MOST_WAITING = 2000

Result = TypeVar("Result")


class Job:
    """A call for a request thread. Times are those of the loop's clock."""

    __slots__ = ("arguments", "begin_by", "future", "is_taken", "work")

    def __init__(self, work: Callable[..., Any], arguments: tuple[Any, ...], begin_by: float, future: Any) -> None:
        self.work, self.arguments, self.begin_by, self.future = work, arguments, begin_by, future
        self.is_taken = False


class RequestThreads:
    """A fixed number of threads and the queue before them. `admit` and `run` belong to the event loop."""

    def __init__(self, count: int, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.queue: SimpleQueue[Job | None] = SimpleQueue()
        self.waiting: deque[Job] = deque()  # new requests that may not have been taken yet, the oldest first
        self.threads = [threading.Thread(target=self.work, name=f"request-{n}", daemon=True) for n in range(count)]
        for thread in self.threads:
            thread.start()

    def admit(self) -> float:
        """Return the moment by which a new request must be taken up, by the loop's clock.

        Raises `ServerBusy` (503) if others wait for so long that this one could not be answered in time.
        """
        now = self.loop.time()
        while self.waiting and self.waiting[0].is_taken:
            self.waiting.popleft()
        if self.waiting and (self.waiting[0].begin_by < now or len(self.waiting) >= MOST_WAITING):
            raise ServerBusy
        return now + PATIENCE

    async def run(self, work: Callable[..., Result], *arguments: Any, begin_by: float = math.inf) -> Result:
        """Return what `work` returns, called on a request thread; raise what it raises.

        Raises `ServerBusy` if no thread has taken it up by then: what follows from an admitted request may wait longer.
        """
        future: asyncio.Future[Result] = self.loop.create_future()
        job = Job(work, arguments, begin_by, future)
        if begin_by < math.inf:
            self.waiting.append(job)
        self.queue.put(job)
        return await future

    def work(self) -> None:
        """What each thread does, until `stop`."""
        try:
            while (job := self.queue.get()) is not None:
                job.is_taken = True
                self.loop.call_soon_threadsafe(settle, job.future, *self.done(job))
                del job  # else this thread holds it until its next one
        finally:
            connections.close_all()

    def done(self, job: Job) -> tuple[Any, BaseException | None]:
        if self.loop.time() > job.begin_by:
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
