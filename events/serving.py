"""The events process: the edge and the hub on one event loop, until they are told to stop."""

import asyncio
import resource
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any

import uvloop

from events.connection import Connection
from events.edge import Edge
from events.hub import Hub
from events.upstream import Upstreams

BACKLOG = 1024
# The threads that ask the database must not keep the loop, through which all requests pass, from its turn for long.
SWITCH_INTERVAL = 0.0005


def serve(application: Any, bind: tuple[str, int], web: Sequence[str], address_header: str, grace: float) -> None:
    """Runs until SIGTERM or SIGINT. web: the Unix sockets of the web processes; without any, streams alone."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # three for a connection that is passed on
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(application, bind, web, address_header, grace))


async def run(application: Any, bind: tuple[str, int], web: Sequence[str], address_header: str, grace: float) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    hub = Hub()
    edge = Edge(application, hub, Upstreams(web) if web else None, address_header)
    server = await loop.create_server(lambda: Connection(edge), sock=listening(bind), backlog=BACKLOG)
    works = [hub.run(), hub.watch_grants(), hub.watch_readers(), hub.show_life(), edge.watch_heads()]
    tasks = [loop.create_task(work) for work in works]
    waiting = loop.create_task(stop.wait())
    # None of them ends by itself: one that does takes the process along, which is started anew.
    await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    server.close()
    try:
        async with asyncio.timeout(grace):
            await edge.stop()
    except TimeoutError:
        pass
    for task in tasks:
        if task.done():
            task.result()
        task.cancel()


def listening(bind: tuple[str, int]) -> socket.socket:
    """The address that stands for all of IPv6 stands for all of IPv4 as well, as with the web server itself."""
    family = socket.AF_INET6 if ":" in bind[0] else socket.AF_INET
    is_all = bind[0] == "::" and socket.has_dualstack_ipv6()
    return socket.create_server(bind, family=family, backlog=BACKLOG, dualstack_ipv6=is_all)
