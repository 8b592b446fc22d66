"""The threads that run Django, and the queue before them."""

import asyncio
import threading
import weakref

import pytest

from taskapi.rest.errors import ServerBusy
from taskapi.server import request_threads
from taskapi.server.request_threads import RequestThreads


@pytest.fixture
def within():
    """Runs a test's work with one request thread, which `hold` keeps busy until `free` is set."""

    def run(work):
        async def whole():
            threads, free = RequestThreads(1, asyncio.get_running_loop()), threading.Event()
            held = asyncio.ensure_future(threads.run(free.wait))
            try:
                async with asyncio.timeout(10):
                    await work(threads, free)
                    free.set()
                    await held
            finally:
                free.set()
                threads.stop()

        asyncio.run(whole())

    return run


async def turns():
    """Lets what was begun come as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_results_and_failures_come_back(within):
    async def work(threads, free):
        free.set()
        assert await threads.run(divmod, 7, 2) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            await threads.run(divmod, 7, 0)

    within(work)


def test_a_request_that_could_not_be_answered_in_time_is_refused_at_once(within, monkeypatch):
    async def work(threads, free):
        monkeypatch.setattr(request_threads, "PATIENCE", -1.0)  # whoever waits has waited for too long
        first = asyncio.ensure_future(threads.run(int, turn=threads.admit()))
        await turns()
        with pytest.raises(ServerBusy):
            threads.admit()
        free.set()
        with pytest.raises(ServerBusy):  # its client has gone by now
            await first
        threads.admit()

    within(work)


def test_the_queue_has_an_end(within, monkeypatch):
    async def work(threads, free):
        monkeypatch.setattr(request_threads, "MOST_WAITING", 2)
        waiting = [asyncio.ensure_future(threads.run(int, turn=threads.admit())) for _ in range(2)]
        await turns()
        with pytest.raises(ServerBusy):
            threads.admit()
        free.set()
        assert await asyncio.gather(*waiting) == [0, 0]
        threads.admit()

    within(work)


def test_what_follows_from_an_admitted_request_waits_as_long_as_it_takes(within, monkeypatch):
    async def work(threads, free):
        monkeypatch.setattr(request_threads, "PATIENCE", -1.0)
        follows = asyncio.ensure_future(threads.run(int))
        await turns()
        free.set()
        assert await follows == 0

    within(work)


def test_nothing_of_a_request_is_kept_once_it_is_answered(within):
    class Large:
        pass

    async def work(threads, free):
        free.set()
        held = weakref.ref(await threads.run(Large, turn=threads.admit()))
        while held() is not None:  # the thread is on its way to let it go
            await asyncio.sleep(0.001)

    within(work)
