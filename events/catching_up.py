"""What a listener missed since the last event that it saw: how it gets back to where all others are."""

import datetime
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils import timezone

from events import reading, wire
from events.horizon import horizon
from events.positions import Position
from events.reading import Change, Found
from events.wishes import Wish

TOO_OLD = 24 * 3600 * 1000  # milliseconds; by then it is quicker to load the list anew
NEW_TASKS = 1000  # that a listener is told of when it comes back; where there were more, it loads the list anew
# Clocks of several machines differ, and an update takes a moment from its time to its commit.
SLACK = datetime.timedelta(seconds=10)


class Page(NamedTuple):
    """Events, up to a position. is_whole: there is nothing more to catch up with."""

    events: list[bytes]
    position: Position
    is_whole: bool


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
        return Page([wire.reset(now, wish.project_id)], now, True)
    if last is None:
        return Page([wire.resting(now, wish.project_id)], now, True)
    numbers = reading.new_numbers_of(wish.project_id, last.number, NEW_TASKS)
    if len(numbers) == NEW_TASKS:
        return Page([wire.reset(now, wish.project_id)], now, True)
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
    wanted = {*numbers, *moving, *(change.number for change in changes)}
    tasks = {found.task.number: found for found in reading.found(wanted, [wish.conditions])}
    events = [
        *told_of_new(wish, tasks, numbers, last._replace(number=position.number)),
        *told_of_changes(wish, tasks, changes, position),
        *told_of_progress(wish, tasks, set(moving) - {*numbers, *(change.number for change in changes)}),
    ]
    return Page([*events, wire.resting(position, wish.project_id)], position, is_whole)


def told_of_new(wish: Wish, tasks: Mapping[int, Found], numbers: list[int], position: Position) -> list[bytes]:
    return [
        wire.created(found.task, wish.place, position)
        for number in numbers
        if (found := tasks.get(number)) and wish.wants([found.task.status], found.meets[0])
    ]


def told_of_changes(wish: Wish, tasks: Mapping[int, Found], changes: list[Change], position: Position) -> list[bytes]:
    return [
        wire.status(found.task, wish.place, change, position._replace(mark=change.mark))
        for change in changes
        if (found := tasks.get(change.number)) and wish.wants([change.old, change.new], found.meets[0])
    ]


def told_of_progress(wish: Wish, tasks: Mapping[int, Found], numbers: Collection[int]) -> list[bytes]:
    return [
        wire.progress(found.task, wish.place)
        for number in sorted(numbers)
        if (found := tasks.get(number)) and wish.wants([found.task.status], found.meets[0])
    ]


def milliseconds() -> int:
    return time.time_ns() // 1_000_000


def cutoff() -> datetime.datetime:
    return timezone.now() - SLACK
