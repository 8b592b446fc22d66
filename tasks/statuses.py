"""The statuses of a task, and the clocks that a move between them sets or clears.

Pure rules: time comes in as an argument, nothing is read or written here. The status words are those of Task Badger's
API, and stand in the database and on the wire as they are.
"""

from datetime import datetime, timedelta
from enum import StrEnum


class Status(StrEnum):
    """Where a task is in its life. Any status may follow any other: a retry takes a task out of a terminal one."""

    PENDING = "pending"  # made, not begun
    PRE_PROCESSING = "pre_processing"  # the three running statuses are one run, in whatever order they come
    PROCESSING = "processing"
    POST_PROCESSING = "post_processing"
    SUCCESS = "success"
    ERROR = "error"
    CANCELLED = "cancelled"
    STALE = "stale"  # not heard of for too long: neither running nor over, for the next update may revive it


RUNNING = frozenset({Status.PRE_PROCESSING, Status.PROCESSING, Status.POST_PROCESSING})
TERMINAL = frozenset({Status.SUCCESS, Status.ERROR, Status.CANCELLED})


def clocks(
    *,
    created: datetime,
    old_status: str | None,
    new_status: str,
    start_time: datetime | None,
    end_time: datetime | None,
    time_to_start: timedelta | None,
    now: datetime,
) -> dict[str, datetime | timedelta | None]:
    """Say which clocks of a task change when its status moves.

    In: the two statuses (`old_status` is None when the task is created with `new_status`), the task's clocks as they
    are before the move, and the moment of it. Out: the new values of those of `start_time`, `end_time` and
    `time_to_start` that change, by field name; None clears; a clock that stays as it is is not named. Raises nothing.

    - `start_time` is when the present run began.
    - `end_time` is when the task came to its terminal status, and null while it is in no such status.
    - `time_to_start` runs from `created` to the first status other than pending, and is set once in a task's life.

    A client may set `start_time` and `end_time` itself, and what it sends along with the move wins over what is
    computed here. That merge is the caller's: `clocks(...) | sent`.
    """
    moved: dict[str, datetime | timedelta | None] = {}
    if new_status == old_status:
        # Clients repeat the status with every progress report; that is no move, and no clock may follow it.
        return moved
    was_terminal = old_status in TERMINAL

    if new_status in RUNNING and old_status not in RUNNING:
        # Out of a terminal status a new run begins, whatever the clock shows. Out of pending the clock may have been
        # set by the client in advance, and out of stale the same run goes on: there it is only filled in.
        if was_terminal or start_time is None:
            moved["start_time"] = now
    elif new_status == Status.PENDING and was_terminal and start_time is not None:
        # A retry that waits in the queue first. Were the old start kept, the next run would take it over, and count
        # against its max_runtime all the time since the first run began. Only a finished run is forgotten: a task
        # that goes back to pending without having ended, or turns stale after its end, keeps its start.
        moved["start_time"] = None

    if new_status in TERMINAL:
        # From one terminal status to another as well: an error set right to success became a success only now.
        moved["end_time"] = now
    elif was_terminal and end_time is not None:
        moved["end_time"] = None

    if time_to_start is None and new_status != Status.PENDING:
        if old_status is None:
            moved["time_to_start"] = timedelta(0)
        elif old_status == Status.PENDING:
            # Machines' clocks differ and step back, and a wait below nothing would be nonsense to whoever adds it up.
            moved["time_to_start"] = max(now - created, timedelta(0))
    return moved
