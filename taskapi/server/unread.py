"""Connections whose client takes nothing are closed by the kernel."""

import asyncio
import logging
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

UNREAD_WITHIN = 20_000  # milliseconds that sent bytes may wait at a client that acknowledges none of them
FIRST_LOOK, LOOKS = 0.01, 500  # seconds, and how often

TCP = (socket.AF_INET, socket.AF_INET6)
DESCRIPTORS = Path("/proc/self/fd")
OPTION: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)


async def close_unread() -> None:
    """Set `TCP_USER_TIMEOUT` on the listening sockets of this process: each connection inherits it.

    The web server makes its socket after the application has started, and gives no access to it: so it is looked up
    among the process's own descriptors, until it is there. Other systems than Linux have no such option.
    """
    if OPTION is None or not DESCRIPTORS.exists():
        return
    for _ in range(LOOKS):
        is_set = False
        for listening in listening_sockets():
            with listening:
                listening.setsockopt(socket.IPPROTO_TCP, OPTION, UNREAD_WITHIN)
            is_set = True
        if is_set:
            return
        await asyncio.sleep(FIRST_LOOK)
    log.error("No listening socket was found: clients that read nothing keep their connections.")


def listening_sockets() -> Iterator[socket.socket]:
    """A duplicate of each socket of this process that listens for TCP connections."""
    for name in os.listdir(DESCRIPTORS):
        with suppress(OSError):  # closed meanwhile, or no socket
            if stat.S_ISSOCK(os.stat(DESCRIPTORS / name).st_mode):
                found = socket.socket(fileno=os.dup(int(name)))
                if found.family in TCP and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    yield found
                else:
                    found.close()
