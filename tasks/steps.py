"""What a change that a client asked for makes of a task, and from what to what triggers then see it go. Pure."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from tasks.deadlines import is_stalled, next_look, still_since
from tasks.row import TaskRow
from tasks.statuses import Status, clocks, status_after
from tasks.triggers import Event, Progress

SET_BY_STATUS = ("start_time", "end_time")
MOVES_NEXT_LOOK = ("status", "stale_timeout", "max_runtime", "start_time", "is_overrun")


class Step(NamedTuple):
    """task, after: as it was and as it becomes. before: the progress that triggers compare with. event: or ""."""

    task: TaskRow
    before: Progress
    after: TaskRow
    event: str

    @property
    def moves_status(self) -> bool:
        return self.task.status != self.after.status

    def differing(self) -> Iterator[tuple[str, Any]]:
        """What becomes another, by column. `updated` is always among them: a statement needs one."""
        for name, old, new in zip(self.task._fields, self.task, self.after, strict=True):
            if new != old or name == "updated":
                yield name, new


def step(task: TaskRow, sent: Mapping[str, Any], now: datetime.datetime) -> Step:
    """Return what an update makes of a task: `sent` by column, as far as a cancel that holds lets it pass.

    `updated` moves, a stale task comes back to life, and a task that has stood still for too long is found.
    """
    values = dict(sent)
    before = task.progress()
    status, is_held = status_after(task.status, task.status_before_stale, values.get("status"))
    if "status" not in values:
        before = replace(before, status=status)  # what a ping revives fires nothing by that
    values["status"] = status
    if is_held:
        for name in SET_BY_STATUS:
            values.pop(name, None)
    if status != task.status:
        values["status_before_stale"] = task.status if status == Status.STALE else ""
    moved = clocks_of(task, task.status, status, now)
    if moved.get("start_time"):
        values["is_overrun"] = False  # a new run
    after = task._replace(**{**moved, **values, "updated": now})
    after = after._replace(still_since=still_since(task, after, now))
    stalled = is_stalled(after, now)
    if stalled:
        after = after._replace(still_since=None)
    if any(getattr(task, name) != getattr(after, name) for name in MOVES_NEXT_LOOK):
        after = after._replace(wake_at=next_look(after))
    return Step(task, after.progress() if is_held else before, after, Event.STALLED if stalled else "")


def clocks_of(task: TaskRow, old_status: str | None, new_status: str, now: datetime.datetime) -> dict[str, Any]:
    return clocks(
        created=task.created,
        old_status=old_status,
        new_status=new_status,
        start_time=task.start_time,
        end_time=task.end_time,
        time_to_start=task.time_to_start,
        now=now,
    )
