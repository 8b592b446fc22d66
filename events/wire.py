"""Events as they stand in a stream."""

from typing import Any

import orjson

from events.pending import Pending
from events.positions import Position
from taskapi.rest.rendering import OPTIONS
from tasks.row import TaskRow
from tasks.wire import Place, task_on_wire

LIFE = b":\n"


def event(kind: str, body: dict[str, Any], token: str = "") -> bytes:
    # What clients sent stands in it as it was stored; a line end is only ever between two tokens of JSON.
    line = orjson.dumps(body, option=OPTIONS).replace(b"\n", b" ").replace(b"\r", b" ")
    marked = b"id: %s\n" % token.encode() if token else b""
    return b"%sevent: %s\ndata: %s\n\n" % (marked, kind.encode(), line)


def begin(retry: int) -> bytes:
    """retry: milliseconds that a client waits before it comes back."""
    return b"retry: %d\n\n" % retry


def resting(position: Position, project_id: int) -> bytes:
    """Nothing happened up to here that concerns it: a client notes the id, and shows nothing."""
    return b"id: %s\n\n" % position.encode(project_id).encode()


def reset(position: Position, project_id: int) -> bytes:
    return event("reset", {}, position.encode(project_id))


def written(pending: Pending, task: TaskRow, place: Place, before: Position, after: Position) -> bytes:
    """An event of a task as it is now. before, after: the positions at both ends of what is told together."""
    body: dict[str, Any] = {"task": task_on_wire(task, place)}
    position = None
    if pending.change is not None:
        body |= {"from": pending.change.old, "to": pending.change.new, "at": pending.change.at}
        position = after._replace(mark=pending.change.mark)
    elif pending.kind == "created":
        position = before  # a client that leaves before the next one is told of all of them again
    return event(pending.kind, body, position.encode(task.project_id) if position else "")
