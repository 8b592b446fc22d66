"""Keeps the server's processes alive together: starts each in a process group of its own, restarts one that died, and
on SIGTERM or SIGINT lets all of them finish what they hold.
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

FIRST_DELAY = 0.5  # seconds before a restart, doubled with each death in a row
LAST_DELAY = 10.0
SETTLED = 10.0  # seconds of life after which a death counts as the first again
TICK = 0.2  # seconds between two looks at the children
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process that should always run.

    environment: set beside that of all children. is_vital: if it can't even start, the others do not either.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    is_vital: bool = True
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = FIRST_DELAY
    start_at: float = field(default=0.0)

    def start(self, environment: Mapping[str, str]) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own command line
            self.command, env={**environment, **self.environment}, start_new_session=True, preexec_fn=die_with_parent
        )

    def bury(self) -> None:
        """Ends what a dead leader left in its group: a web worker that lives on would keep the port."""
        if self.process is not None:
            signal_group(self.process.pid, signal.SIGKILL)
        now = time.monotonic()
        self.delay = FIRST_DELAY if now - self.started > SETTLED else min(self.delay * 2, LAST_DELAY)
        self.start_at = now + self.delay
        self.process = None


def die_with_parent() -> None:
    """Asks Linux to end this process when its parent dies, even of kill -9; elsewhere there is no such thing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def supervise(children: Sequence[Child], environment: Mapping[str, str], grace: float) -> int:
    """Runs until told to stop: then SIGTERM to each child, and after `grace` seconds SIGKILL.

    Returns the exit status: 0, or that of a vital child which could not even start.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    status = 0
    while not stop.is_set():
        for child in children:
            if child.process is None and time.monotonic() >= child.start_at:
                child.start(environment)
            elif child.process is not None and (code := child.process.poll()) is not None:
                never_ran = child.is_vital and not child.start_at and time.monotonic() - child.started < SETTLED / 2
                child.bury()
                if never_ran and code > 0:  # a port in use, a broken setting: trying again would only hide it
                    status = code
                    stop.set()
                    break
                log.error(
                    "The %s process ended with status %s; it starts again in %.1f s.", child.name, code, child.delay
                )
        stop.wait(TICK)
    finish(children, grace)
    return status


def finish(children: Sequence[Child], grace: float) -> None:
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()  # the leader alone: it tells its own workers, and lets them finish
    deadline = time.monotonic() + grace
    for process in running:
        try:
            process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            log.error("A process did not finish within %.0f s and was killed.", grace)
        signal_group(process.pid, signal.SIGKILL)
        process.wait()
