"""When time itself does something to a task: it goes stale, runs over its time, or stands still.

Pure rules: time comes in as an argument, nothing is read or written here.

`back_since` is when the server came back from an absence of its own. Nobody could reach it until then, so silence is
counted from that moment, and a run that should have ended meanwhile has a little longer to say that it did.
"""

from datetime import datetime, timedelta

from tasks.row import TaskRow
from tasks.statuses import RUNNING, TERMINAL, Status

GRACE = timedelta(seconds=60)


def stale_at(task: TaskRow, back_since: datetime | None = None) -> datetime | None:
    """When the task goes stale if nothing more is heard of it; None: never."""
    if task.stale_timeout is None or task.status in TERMINAL or task.status == Status.STALE:
        return None
    heard = task.updated if back_since is None else max(task.updated, back_since)
    return later(heard, task.stale_timeout)


def overrun_at(task: TaskRow, back_since: datetime | None = None) -> datetime | None:
    """When the present run has lasted longer than `max_runtime`; None: never, or that is known already."""
    if task.max_runtime is None or task.start_time is None or task.is_overrun or task.status not in RUNNING:
        return None
    end = later(task.start_time, task.max_runtime)
    if end is None or back_since is None or task.updated >= back_since:  # heard of since: it could have said so
        return end
    return max(end, back_since + GRACE)


def next_look(task: TaskRow, back_since: datetime | None = None) -> datetime | None:
    """When a sweep must look at the task if nothing more is heard of it; None: not at all."""
    return min(filter(None, (stale_at(task, back_since), overrun_at(task, back_since))), default=None)


def still_since(before: TaskRow | None, after: TaskRow, now: datetime) -> datetime | None:
    """Since when the task, as a change leaves it, advances no more.

    A new value or status begins anew, and so does a `stall_timeout` where there was none. To be stale and to come back
    from it is no advance. None: nobody asks, the task is over, or this standstill was told already.
    """
    if after.stall_timeout is None or after.status in TERMINAL:
        return None
    if before is None or before.stall_timeout is None or before.value != after.value:
        return now
    if before.status != after.status and Status.STALE not in (before.status, after.status):
        return now
    return before.still_since


def is_stalled(task: TaskRow, now: datetime) -> bool:
    """Whether an update that comes now finds that `value` has stood still for `stall_timeout`."""
    if task.still_since is None or task.stall_timeout is None:
        return False
    return now - task.still_since >= timedelta(seconds=task.stall_timeout)


def later(moment: datetime, seconds: int) -> datetime | None:
    """None for what is beyond all dates: a client may set any `start_time`."""
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return None
