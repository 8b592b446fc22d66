"""Events that are still to be written, in slices that need little memory, however large the tasks are."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from events.reading import Change
from tasks.list_statements import sizes
from tasks.row import TaskRow

SLICE = 256 * 1024  # bytes of a slice, about; one event may have more
EVENT = 1024  # bytes of an event without the task's `data`, about


class Pending(NamedTuple):
    """An event of a task: it is new, its status moved (`change`), or its progress did. The task is read later."""

    kind: str
    number: int
    change: Change | None = None

    def statuses_of(self, task: TaskRow) -> tuple[str, ...]:
        """What a filter by status looks at: where the task is, or from where to where it moved."""
        return (self.change.old, self.change.new) if self.change else (task.status,)


Slices = Sequence[Sequence[Pending]]


def in_order(new: Iterable[int], changes: Sequence[Change], moved: Iterable[int]) -> list[Pending]:
    """Return all events in the order in which they are sent; the first kinds show a task's progress as well."""
    new = list(new)
    told = {*new, *(change.number for change in changes)}
    return [
        *(Pending("created", number) for number in new),
        *(Pending("status", change.number, change) for change in changes),
        *(Pending("progress", number) for number in sorted(set(moved) - told)),
    ]


def sliced(pending: Sequence[Pending]) -> Slices:
    """The events in slices of about `SLICE` bytes, in their order. One statement for each 500 tasks."""
    return cut(pending, sizes({event.number for event in pending}))


def cut(pending: Sequence[Pending], sizes: Mapping[int, int]) -> Slices:
    slices: list[list[Pending]] = []
    room = 0
    for event in pending:
        size = sizes.get(event.number, 0) + EVENT
        if size > room:
            slices.append([])
            room = max(SLICE, size)
        slices[-1].append(event)
        room -= size
    return slices
