"""What a listener missed since the last event that it saw: how it gets back to where all others are."""

import datetime
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils import timezone

from events import reading, wire
from events.horizon import horizon
from events.pending import Pending, Slices, in_order, sliced
from events.positions import Position
from events.wishes import Wish

TOO_OLD = 24 * 3600 * 1000  # milliseconds; by then it is quicker to load the list anew
NEW_TASKS = 1000  # that a listener is told of when it comes back; where there were more, it loads the list anew
# Clocks of several machines differ, and an update takes a moment from its time to its commit.
SLACK = datetime.timedelta(seconds=10)


class Page(NamedTuple):
    """Events from `last` up to `position`. is_whole: there is nothing more to catch up with.

    is_reset: the client's place is too old, or none; it is told to load the list again, and nothing else.
    """

    last: Position
    position: Position
    slices: Slices = ()
    is_whole: bool = True
    is_reset: bool = False


@dataclass
class Heard:
    """What a listener was told of, page after page, that its position does not say: it would come with each page."""

    numbers: set[int] = field(default_factory=set)  # of new tasks
    updates: dict[int, Any] = field(default_factory=dict)  # number -> the update of a task that moves


def missed(wish: Wish, last: Position | None, floor: int | None = None, heard: Heard | None = None) -> Page:
    """What the listener gets next; without a `last` position, nothing but where it is.

    floor: the number up to which no task can appear any more; where nobody knows, the highest that there is.
    """
    heard = heard or Heard()
    limit = horizon()
    now = Position(limit.final, reading.newest_number(), milliseconds())
    if wish.is_lost or (last and (last.mark > limit.newest or last.at < now.at - TOO_OLD)):
        return Page(now, now, is_reset=True)
    if last is None:
        return Page(now, now)
    numbers = reading.new_numbers_of(wish.project_id, last.number, NEW_TASKS)
    if len(numbers) == NEW_TASKS:
        return Page(now, now, is_reset=True)
    numbers = [number for number in numbers if number not in heard.numbers]
    heard.numbers.update(numbers)
    rows = reading.changes(last.mark, limit)
    is_whole = len(rows) < reading.PAGE
    now = now._replace(number=max(last.number, now.number if floor is None else floor))
    position = now if is_whole else now._replace(mark=rows[-1].mark, at=last.at)
    changes = [change for change in rows if change.project_id == wish.project_id]
    since = datetime.datetime.fromtimestamp(last.at / 1000, datetime.UTC) - SLACK
    updates = dict(reading.moving(wish.project_id, since)) if is_whole else {}
    moving = [number for number, updated in updates.items() if heard.updates.get(number) != updated]
    heard.updates.update(updates)
    return Page(last, position, sliced(in_order(numbers, changes, moving)), is_whole)


def events_of(wish: Wish, page: Page) -> Iterator[bytes]:
    """All of a page as it stands in the stream, read slice by slice."""
    for part in page.slices:
        yield from written(wish, page, part)
    yield end_of(wish, page)


def end_of(wish: Wish, page: Page) -> bytes:
    """What follows a page's events: where the client is now."""
    return (wire.reset if page.is_reset else wire.resting)(page.position, wish.project_id)


def written(wish: Wish, page: Page, part: Sequence[Pending]) -> list[bytes]:
    """Those of a slice's events that the client asked for."""
    tasks = {found.task.number: found for found in reading.found({event.number for event in part}, [wish.conditions])}
    return [
        data
        for event in part
        if (found := tasks.get(event.number))
        and wish.wants(event.statuses_of(found.task), found.meets[0])
        and (data := wire.written(event, found.task, wish.place, page.last, page.position))
    ]


def milliseconds() -> int:
    return time.time_ns() // 1_000_000


def cutoff() -> datetime.datetime:
    return timezone.now() - SLACK
