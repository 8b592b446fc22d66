"""Triggers: the text that says when an action fires, and the rule that finds the point which a change reached.

Pure rules, called inside requests: no database, no clock. The grammar is Task Badger's: comma-separated points, each of
them a value (`250`), a percentage (`95%`), every n-th of either (`*/30`, `*/30%`), a status, or an event that the
server finds out (`max_runtime_exceeded`, `stalled`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import lru_cache

from tasks.statuses import Status

INT64_MAX = 2**63 - 1  # what `value` can hold: a point beyond it could never be reached
_CACHED_LENGTH = 255  # the longest trigger that is ever stored

# ASCII digits only: `\d` and str.isdigit() take Arabic or superscript ones as well.
_NUMERIC = re.compile(r"(?P<every>\*/)?(?P<number>[0-9]+)(?P<percent>%)?")


class Event(StrEnum):
    """What is found out about a task, rather than reached by it: whoever finds out fires these by name."""

    MAX_RUNTIME_EXCEEDED = "max_runtime_exceeded"
    STALLED = "stalled"


class MonitorEvent(StrEnum):
    """What happens to a monitor: only an organization's global actions hear of it."""

    LATE = "monitor_late"
    DOWN = "monitor_down"
    UP = "monitor_up"


class Kind(Enum):
    """What a point waits for."""

    VALUE = "value"
    PERCENT = "percent"
    EVERY_VALUE = "every_value"
    EVERY_PERCENT = "every_percent"
    STATUS = "status"
    EVENT = "event"


_WORDS = {str(word): Kind.STATUS for word in Status} | {str(word): Kind.EVENT for word in Event}
_GLOBAL_WORDS = _WORDS | {str(word): Kind.EVENT for word in MonitorEvent}
_NUMERIC_KINDS = {
    (False, False): Kind.VALUE,
    (False, True): Kind.PERCENT,
    (True, False): Kind.EVERY_VALUE,
    (True, True): Kind.EVERY_PERCENT,
}


class TriggerError(ValueError):
    """A trigger that does not parse. `point` is the text of the bad point, and the message names it."""

    def __init__(self, point: str, problem: str) -> None:
        super().__init__(f"“{point}” {problem}" if point else problem)
        self.point = point


@dataclass(frozen=True, slots=True)
class Point:
    """One comma-part of a trigger.

    `text` is what the user wrote, without the space around it, and is what messages show: `*/30`, not the 90 that was
    passed. `number` is the value, percentage or step; 0 and without meaning for a status or an event.
    """

    text: str
    kind: Kind
    number: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """What triggers look at in a task, at one moment."""

    status: str | None
    value: int | None
    value_max: int | None

    @property
    def percent(self) -> int | None:
        """The progress in whole percent, rounded down, over 100 where `value` is; None where there is none to tell."""
        return percent_of(self.value, self.value_max)


def percent_of(value: int | None, value_max: int | None) -> int | None:
    """100 · value / value_max, rounded down; None without a value, and where there is nothing that it could be of."""
    return None if value is None or not value_max else 100 * value // value_max


NOTHING = Progress(None, None, None)
"""A task before it is created: its creation is a change from this."""


def parse(text: str, *, is_global: bool = False) -> tuple[Point, ...]:
    """Read a trigger as Task Badger's API takes it.

    In: the text; space around a point is ignored; `is_global`: of a global action, which may name monitors' events too.
    Out: its points, in the order written, at least one. Raises
    TriggerError for the first point that is empty, unknown, or not a whole number from 0 to 2**63 - 1; `*/0` too is
    refused, while `150%` is a point that a task over its `value_max` does reach. The length of the text is not
    looked at.
    """
    # The same few texts come with every update of a busy task. Longer ones than can be stored are on their way to
    # being refused, and would let a client fill the memory with them.
    return _parse_cached(text, is_global) if len(text) <= _CACHED_LENGTH else _parse(text, is_global)


def _parse(text: str, is_global: bool) -> tuple[Point, ...]:
    words = _GLOBAL_WORDS if is_global else _WORDS
    return tuple(_parse_point(part.strip(), words) for part in text.split(","))


_parse_cached = lru_cache(maxsize=1024)(_parse)


def _parse_point(text: str, words: Mapping[str, Kind]) -> Point:
    if not text:
        raise TriggerError(text, "A trigger is a comma-separated list of points, none of them empty.")
    if kind := words.get(text):
        return Point(text, kind)
    match = _NUMERIC.fullmatch(text)
    if match is None:
        raise TriggerError(
            text,
            f"is no trigger point. Use a value (250), a percentage (95%), every n-th of them (*/30, */30%), "
            f"or one of {', '.join(words)}.",
        )
    digits = match["number"].lstrip("0") or "0"
    # The count of digits comes first: int() refuses very long ones with an error of its own.
    if len(digits) > len(str(INT64_MAX)) or int(digits) > INT64_MAX:
        raise TriggerError(text, f"is out of range: the largest number is {INT64_MAX}.")
    number, is_every = int(digits), bool(match["every"])
    if is_every and number == 0:
        raise TriggerError(text, "has no multiples: the number after */ must be 1 or more.")
    return Point(text, _NUMERIC_KINDS[is_every, bool(match["percent"])], number)


def last_reached(points: Sequence[Point], before: Progress, after: Progress) -> Point | None:
    """Find the one point, if any, that a change of a task fires: an update fires an action at most once.

    In: the points of a trigger, and the task's progress before (NOTHING when it is created) and after the change.
    Out: the last of the points reached, or None. Raises nothing.

    A number is reached upward only, by a value that was below it, or was null, and is now there or past it; "every n"
    by passing any multiple of n, of which 0 is one. A percentage is reached as `value_percent` moves, so a smaller
    `value_max` can do it as well. A status is reached when the task enters it; repeating it reaches nothing. Events
    are never reached by a change: see `named`.

    The last is the one furthest along the task's way, however the user ordered the points: `80,40,20` taken in one
    step from 0 to 90 fires for 80. Percentages and values lie on one axis, a percentage at its share of the new
    `value_max`, "every n" at the last multiple passed; of two at the same place the one written later counts. A status
    lies beyond all numbers, for it is what the change left the task in: `100,success` reached together fires success.

    A revival from stale by an update without a status must fire no status: there the caller passes as `before` a
    progress that carries the revived status already.
    """
    if after.status != before.status:
        for point in points:
            if point.kind is Kind.STATUS and point.text == after.status:
                return point

    # A percentage moves only with these two. A ping, or a value that is repeated, ends here.
    if after.value is None or (after.value == before.value and after.value_max == before.value_max):
        return None
    percent_before, percent_after = before.percent, after.percent
    last, furthest = None, 0
    for point in points:
        # Places are counted in hundredths of a value, so that those of percentages are whole numbers as well.
        if point.kind is Kind.VALUE or point.kind is Kind.EVERY_VALUE:
            number, scale = _passed(point, before.value, after.value), 100
        elif point.kind is Kind.PERCENT or point.kind is Kind.EVERY_PERCENT:
            number, scale = _passed(point, percent_before, percent_after), after.value_max or 0
        else:
            continue
        if number is not None and number * scale >= furthest:
            last, furthest = point, number * scale
    return last


def _passed(point: Point, before: int | None, after: int | None) -> int | None:
    """The number at which the point was last passed on the way up from `before` to `after`; None if it was not."""
    if after is None:
        return None
    number = point.number
    if point.kind is Kind.EVERY_VALUE or point.kind is Kind.EVERY_PERCENT:
        number *= after // number
    return number if number <= after and (before is None or before < number) else None


def named(points: Sequence[Point], name: str) -> Point | None:
    """Find the point for an event that was found out about a task or a monitor.

    In: the points of a trigger and the name of an Event or a MonitorEvent. Out: the point that names it, or None: also
    for a status, which only a change can reach. Raises nothing.
    """
    return next((point for point in points if point.kind is Kind.EVENT and point.text == name), None)
