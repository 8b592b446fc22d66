"""Memory that large requests used goes back to the system soon after them."""

import asyncio
import ctypes
import gc
from typing import Any

PERIOD = 10.0  # seconds


def malloc_trim() -> Any:
    """The C library's `malloc_trim`; None where it has none, such as on macOS or musl."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


async def give_back() -> None:
    """Give unused memory back, again and again.

    The collector looks rarely at what refers to each other (`taskapi.asgi`): a refused body of 4 MB would stay with its
    exception. And glibc keeps what was freed below anything that is still used, in an arena for each thread: after a
    burst of large answers a process would stay as large as it was.
    """
    trim = malloc_trim()
    while True:
        await asyncio.sleep(PERIOD)
        gc.collect()  # of what was not there when the server started: some milliseconds
        if trim is not None:
            await asyncio.to_thread(trim, 0)
