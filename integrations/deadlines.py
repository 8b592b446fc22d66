"""A bound in time for calls that know none: name look-ups, and libraries that talk to a network."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Protocol, TypeVar

Result = TypeVar("Result")


class TookTooLong(Exception):
    """Not over in time."""


class Places(Protocol):
    """What holds the work that nothing can stop: so much of it at once, that included which is not waited for."""

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool: ...

    def release(self) -> None: ...


class Both:
    """A place among those of an owner, and one among those of all: no owner can take all of them."""

    def __init__(self, own: Places, all_of_them: Places) -> None:
        self.places = own, all_of_them

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        own, all_of_them = self.places
        ends = time.monotonic() + (timeout or 0)
        if not own.acquire(timeout=timeout):
            return False
        if all_of_them.acquire(timeout=max(0, ends - time.monotonic())):
            return True
        own.release()
        return False

    def release(self) -> None:
        for places in self.places:
            places.release()


def within(seconds: float, work: Callable[[], Result], places: Places) -> Result:
    """What `work()` returns or raises, or `TookTooLong`.

    Nothing can stop the thread that works: one that takes too long is left to come to its end by itself. `places`: how
    many there may be at once, so that a dead name server or mail server does not fill the process with them.
    """
    ends = time.monotonic() + seconds
    if not places.acquire(timeout=max(0, seconds)):
        raise TookTooLong
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # the caller's to handle, whatever it is
            future.set_exception(error)
        finally:
            places.release()

    threading.Thread(target=run, daemon=True).start()
    if wait([future], max(0, ends - time.monotonic())).not_done:
        raise TookTooLong
    return future.result()
