"""Tasks that an update can't change in place, for something listens to them, as far as this process has noticed.

A hint which way to go first, and never more than that: both ways lead to the same end.
"""

import uuid

from tasks.row import TaskRow

MAX_REMEMBERED = 100_000
_listened: dict[uuid.UUID, None] = {}


def note(task: TaskRow) -> None:
    """After a change: does it have actions, or does somebody ask whether it stands still?"""
    if task.has_actions or task.stall_timeout is not None:
        if len(_listened) >= MAX_REMEMBERED:
            _listened.clear()
        _listened[task.public_id] = None


def is_listened(public_id: uuid.UUID) -> bool:
    return public_id in _listened
