"""The statuses of a task: which one an update leads to, and the clocks that the move sets or clears.

Pure rules: time comes in as an argument, nothing is read or written here. The status words are those of Task Badger's
API, and stand in the database and on the wire as they are.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """Where a task is in its life. A retry takes a task out of a terminal status; a cancel holds: `status_after`."""

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


class Move(NamedTuple):
    """The status that an update leads to.

    is_held: a cancel holds against the status that was sent. The update then moves no clock and fires no point.
    """

    status: str
    is_held: bool = False


def status_after(status: str, before_stale: str, sent: str | None) -> Move:
    """Return where an update leads a task that has `status`; `before_stale` counts only while that is stale.

    `sent` is the status that the update names, None if it names none (a ping).

    - A cancel holds: a running status leaves a cancelled task cancelled. A worker that reports progress learns from
      the answer that it should stop, and its next report does not undo the cancel. Each other status is accepted:
      pending starts the task again, success and error are the outcome.
    - A cancelled task that was set to stale is still a cancelled one: a running status returns it to `cancelled`.
    - An update that names no status returns a stale task to the status that it had before.
    """
    before = status if status != Status.STALE else before_stale or Status.PENDING.value
    if sent is None:
        return Move(before)
    if before == Status.CANCELLED and sent in RUNNING:
        return Move(before, is_held=True)
    return Move(sent)


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
