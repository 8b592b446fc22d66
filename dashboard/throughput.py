"""How much ended and how much of it failed, over time, as charts."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.charts import Columns, Point, columns, percent, short
from dashboard.spans import Span
from tasks.statistics import Ends

KINDS = ("succeeded", "failed", "cancelled")
WIDE, NARROW = (1060, 260), (360, 230)  # the viewBox on a desk, and on a phone
RATE_HEIGHT = 160


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one column stands for."""

    since: datetime.datetime
    until: datetime.datetime
    ends: Ends
    words: str  # when that is, in UTC

    @property
    def rate(self) -> str:
        return percent(self.ends.failure_rate) if self.ends.failure_rate is not None else ""


@dataclass(frozen=True, slots=True)
class Throughput:
    """Of one span: all of it, column by column, and the charts, each for a desk and for a phone."""

    total: Ends
    stretches: Sequence[Stretch]
    counts: Sequence[Columns]
    rates: Sequence[Columns]


def throughput(span: Span, now: datetime.datetime, by_time: Mapping[datetime.datetime, Ends]) -> Throughput:
    """by_time: by the hour or day, as `span.counted_by` says."""
    wide = stretches(span, now, by_time)
    narrow = [merged(wide[start : start + span.folded]) for start in range(0, len(wide), span.folded)]
    both = ((wide, WIDE, every(span)), (narrow, NARROW, max(every(span) // span.folded, 2)))
    return Throughput(
        total=Ends.together([Ends(), *by_time.values()]),
        stretches=wide,
        counts=[count_chart(span, parts, size, labelled) for parts, size, labelled in both],
        rates=[rate_chart(span, parts, size[0], labelled) for parts, size, labelled in both],
    )


def stretches(span: Span, now: datetime.datetime, by_time: Mapping[datetime.datetime, Ends]) -> list[Stretch]:
    """The whole span, without a gap, also where nothing ended."""
    length, since = datetime.timedelta(hours=span.column), span.since(now)
    found = []
    while since <= now:
        until = since + length
        ends = [ends for moment, ends in by_time.items() if since <= moment < until]
        found.append(Stretch(since, until, Ends.together([Ends(), *ends]), when(since, until)))
        since = until
    return found


def merged(parts: Sequence[Stretch]) -> Stretch:
    since, until = parts[0].since, parts[-1].until
    return Stretch(since, until, Ends.together([part.ends for part in parts]), when(since, until))


def every(span: Span) -> int:
    """Every how many columns of a wide chart there is a label."""
    return {1: 3, 6: 4}.get(span.column, 3)


def count_chart(span: Span, parts: Sequence[Stretch], size: tuple[int, int], labelled: int) -> Columns:
    points = [Point(label(span, part, index, labelled), part.words, part.ends) for index, part in enumerate(parts)]
    return columns(points, KINDS, width=size[0], height=size[1], write=short, least_top=4)


def rate_chart(span: Span, parts: Sequence[Stretch], width: int, labelled: int) -> Columns:
    points = [
        Point(label(span, part, index, labelled), part.words, [part.ends.failure_rate or 0])
        for index, part in enumerate(parts)
    ]
    return columns(points, ["failed"], width=width, height=RATE_HEIGHT, write=percent, least_top=0.02)


def label(span: Span, part: Stretch, index: int, labelled: int) -> str:
    if index % labelled:
        return ""
    return f"{part.since:%H:%M}" if span.column == 1 else f"{part.since.day} {part.since:%b}"


def when(since: datetime.datetime, until: datetime.datetime) -> str:
    """From when to when: whole days by their dates, else by the hours too."""
    day, last = f"{since.day} {since:%b}", until - datetime.timedelta(microseconds=1)
    if until - since < datetime.timedelta(days=1):
        return f"{since:%a} {day}, {since:%H:%M} to {until:%H:%M}"
    return f"{since:%a} {day}" if since.date() == last.date() else f"{day} to {last.day} {last:%b}"
