"""One round of reading for all listeners of this process: what happened since the last one.

Runs in one thread of its own. However many listen, a round is a few statements, and a single one where nothing was
committed since the last.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from events import catching_up, reading, wire
from events.catching_up import Heard, Page
from events.horizon import Horizon, horizon
from events.pending import Pending, Slices, in_order, sliced
from events.positions import Mark, Position
from events.wishes import Wish
from tasks.dialects import Condition
from tasks.wire import Place

Filters = Sequence[tuple[Condition, ...]]


class Told(NamedTuple):
    """An event, written once for all that want it.

    mark: of a status change. statuses, meets: what `Wish.wants` asks; `meets` in the order of the filters.
    """

    data: bytes
    mark: Mark | None
    statuses: Sequence[str]
    meets: Sequence[Any]


class Audience(NamedTuple):
    """The listeners of a project: how its tasks are shown, and all filters that they have."""

    place: Place
    filters: Filters


class News(NamedTuple):
    """What happened in a project between two positions."""

    audience: Audience
    before: Position
    after: Position
    slices: Slices = ()


class Rounds:
    """What is known of the past; of no use while nobody listens."""

    def __init__(self) -> None:
        self.seen = ""
        self.mark: Mark = (0, 0)
        self.position = Position((0, 0), 0, 0)  # of the last round
        self.begun = 0  # the highest number when it all began
        self.floor = 0  # no task up to this number can appear any more
        self.told: set[int] = set()  # those above it that were told of
        self.newest: deque[tuple[Mark, int]] = deque()  # highest numbers, each final when its mark is
        self.updates: dict[int, dict[int, Any]] = {}  # by project: number -> the update that was told of

    def start(self) -> None:
        """From here on; what is already there was told of, though it be to nobody."""
        now = horizon()
        self.seen, self.mark = "", now.final
        self.begun = highest = reading.newest_number()
        self.floor = max(highest - reading.PAGE, 0)
        self.told = {number for number, _ in reading.new_numbers(self.floor)}
        self.newest = deque([(now.newest, highest)])
        self.updates = {}

    def missed(self, wish: Wish, last: Position | None, heard: Heard) -> Page:
        """As `catching_up.missed`; a listener with nothing more to catch up with is where the rounds are, or ahead."""
        if wish.project_id not in self.updates:
            self.moved(wish.project_id)
        return catching_up.missed(wish, last, max(self.floor, self.begun), heard)

    def state(self) -> dict[str, Any]:
        """A copy of what is known, for `restore`."""
        return {**vars(self), "told": set(self.told), "newest": deque(self.newest), "updates": dict(self.updates)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """After a round that failed: the next one tells what it could not."""
        vars(self).update(state, seen="")  # what was seen means nothing to another connection

    def next(self, audiences: Mapping[int, Audience]) -> dict[int, News]:
        """By project, what happened since the last round, in the order in which it is to be sent."""
        now = horizon()
        self.updates = {project_id: self.updates[project_id] for project_id in audiences}
        at = catching_up.milliseconds()
        if now.seen == self.seen:
            self.position = self.position._replace(at=at)
            return {
                project_id: News(audience, self.position, self.position) for project_id, audience in audiences.items()
            }
        before = Position(self.mark, max(self.floor, self.begun), at)
        rows = reading.changes(self.mark, now)
        new = self.new_numbers(now)
        is_whole = len(rows) < reading.PAGE
        self.mark = max(now.final, self.mark) if is_whole else rows[-1].mark
        self.seen = now.seen if is_whole else ""
        after = self.position = Position(self.mark, max(self.floor, self.begun), at)
        return {
            project_id: News(
                audience,
                before,
                after,
                sliced(
                    in_order(
                        [number for number, project in new if project == project_id],
                        [change for change in rows if change.project_id == project_id],
                        self.moved(project_id),
                    )
                ),
            )
            for project_id, audience in audiences.items()
        }

    def new_numbers(self, now: Horizon) -> list[tuple[int, int]]:
        """Number and project of the tasks that nobody was told of yet.

        A number is drawn before its transaction ends, so it may appear after a higher one. The floor rises to a number
        once all transactions have ended that were under way when it was the highest; a round later, for the moment
        between drawing it and beginning a transaction.
        """
        found = reading.new_numbers(self.floor)
        new = [(number, project) for number, project in found if number not in self.told]
        self.told.update(number for number, _ in new)
        while self.newest and self.newest[0][0] <= now.final:
            self.floor = max(self.floor, self.newest.popleft()[1])
            self.told = {number for number in self.told if number > self.floor}
        if found:
            self.newest.append((now.newest, found[-1][0]))
        return new

    def moved(self, project_id: int) -> set[int]:
        """The tasks whose progress is another than was told; the first look at a project tells nothing."""
        known = self.updates.get(project_id)
        rows = self.updates[project_id] = dict(reading.moving(project_id, catching_up.cutoff()))
        return set() if known is None else {number for number, updated in rows.items() if known.get(number) != updated}


def written(news: News, part: Sequence[Pending]) -> list[Told]:
    """The events of a slice, each written once for all who listen; those that meet no filter are left out."""
    tasks = {
        found.task.number: found for found in reading.found({event.number for event in part}, news.audience.filters)
    }
    return [
        Told(
            wire.written(event, found.task, news.audience.place, news.before, news.after),
            event.change.mark if event.change else None,
            event.statuses_of(found.task),
            found.meets,
        )
        for event in part
        if (found := tasks.get(event.number))
    ]


def reached(news: News, part: Sequence[Pending]) -> Position | None:
    """Where a client is that was sent all slices up to this one; None before the first change of a status."""
    marks = [event.change.mark for event in part if event.change]
    return news.after._replace(mark=marks[-1]) if marks else None
