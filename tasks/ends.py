"""Counts how tasks end, by hour and by day, and keeps the counts for as long as pages show them.

A sweep does it, behind whoever ends a task, so that he pays for no more than an entry in an index. Each end counts in
the hour in which it was, also when the task is retried afterwards and ends once more. An `end_time` that a client dates
back to before `EndsCounted.until` is not counted; history that is brought in is (`count_late`).
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import orjson
from django.db import transaction

from tasks.durations import step_of
from tasks.models import EndCount, EndsCounted, Task
from tasks.models.ends import DAY, HOUR
from tasks.statuses import TERMINAL, Status

# An end is seen once its transaction has committed: by then, surely.
SETTLED = datetime.timedelta(seconds=30)
KEPT = datetime.timedelta(days=32)
NAMES_MAX = 100  # of a project in an hour or a day: who puts ids into names must not make a row for each task
COUNTED_AS = {Status.SUCCESS: "succeeded", Status.ERROR: "failed", Status.CANCELLED: "cancelled"}


class End(NamedTuple):
    """One task, as far as its end goes."""

    project_id: int
    name: str
    status: str
    start_time: datetime.datetime | None
    end_time: datetime.datetime


class Period(NamedTuple):
    project_id: int
    hours: int
    since: datetime.datetime


def count_ends(now: datetime.datetime, limit: int) -> int:
    """A sweep: counts about `limit` ends that were not counted yet, the oldest first; returns how many."""
    with transaction.atomic():
        mark = held_mark(now)
        if mark is None:
            return 0
        ends, until = uncounted(mark.until, now - SETTLED, limit)
        add(ends)
        EndsCounted.objects.update(until=until)
    return len(ends)


def count_late(ends: Iterable[End], now: datetime.datetime) -> None:
    """Counts ends that are being written with dates that the sweep has passed; in the caller's transaction."""
    with transaction.atomic():
        mark = EndsCounted.objects.select_for_update().first()
        if mark is not None:
            add(end for end in ends if now - KEPT <= end.end_time < mark.until)


def purge_end_counts(now: datetime.datetime, limit: int) -> int:
    """A sweep: deletes at most `limit` counts that no page shows any more; returns how many."""
    old = EndCount.objects.filter(since__lt=now - KEPT).order_by("since").values_list("pk", flat=True)
    with transaction.atomic():
        batch = list(old.select_for_update(skip_locked=True)[:limit])
        EndCount.objects.filter(pk__in=batch).delete()
    return len(batch)


def held_mark(now: datetime.datetime) -> EndsCounted | None:
    """Until when ends are counted, held; None while another worker counts. The first look goes as far back as pages."""
    if not EndsCounted.objects.exists():
        EndsCounted.objects.bulk_create([EndsCounted(until=now - KEPT)], ignore_conflicts=True)
    return EndsCounted.objects.select_for_update(skip_locked=True).first()


def uncounted(since: datetime.datetime, until: datetime.datetime, limit: int) -> tuple[list[End], datetime.datetime]:
    """Ends since a moment, and the moment before which these are all; more than `limit` only where they are at one."""
    ended = Task.objects.filter(end_time__gte=since, end_time__lt=until, status__in=list(TERMINAL))
    rows = [End(*row) for row in ended.order_by("end_time").values_list(*End._fields)[: limit + 1]]
    if len(rows) <= limit:
        return rows, max(since, until)
    last = rows[-1].end_time
    if earlier := [row for row in rows if row.end_time < last]:
        return earlier, last
    at_once = Task.objects.filter(end_time=last, status__in=list(TERMINAL))
    return [End(*row) for row in at_once.values_list(*End._fields)], last + datetime.timedelta(microseconds=1)


def add(ends: Iterable[End]) -> None:
    """Adds ends to the counts of their hours and days; the caller holds the mark."""
    by_period: dict[Period, list[End]] = defaultdict(list)
    for end in ends:
        for hours in (HOUR, DAY):
            by_period[Period(end.project_id, hours, beginning(end.end_time, hours))].append(end)
    stored: dict[Period, dict[str, EndCount]] = defaultdict(dict)
    known = EndCount.objects.filter(
        project__in={period.project_id for period in by_period}, since__in={period.since for period in by_period}
    )
    for row in known:
        stored[Period(row.project_id, row.hours, row.since)][row.name] = row
    touched: dict[int, EndCount] = {}
    for period, found in by_period.items():
        for name, own in by_name(found, stored[period]).items():
            row = stored[period].setdefault(name, EndCount(**period._asdict(), name=name))
            lay_over(row, own)
            touched[id(row)] = row
    EndCount.objects.bulk_create([row for row in touched.values() if row.pk is None])
    changed = [*COUNTED_AS.values(), "durations"]
    EndCount.objects.bulk_update([row for row in touched.values() if row.pk is not None], changed, batch_size=200)


def by_name(ends: Iterable[End], known: Mapping[str, EndCount]) -> dict[str, list[End]]:
    """The ends of one period by the name that they are counted under."""
    found: dict[str, list[End]] = defaultdict(list)
    for end in ends:
        is_one_too_many = end.name not in known and end.name not in found and len(known.keys() | found) >= NAMES_MAX
        found["" if is_one_too_many else end.name].append(end)
    return found


def lay_over(row: EndCount, ends: Iterable[End]) -> None:
    durations: dict[str, int] = orjson.loads(row.durations)
    for end in ends:
        field = COUNTED_AS[Status(end.status)]
        setattr(row, field, getattr(row, field) + 1)
        if end.status == Status.SUCCESS and end.start_time is not None and end.end_time >= end.start_time:
            step = str(step_of((end.end_time - end.start_time).total_seconds()))
            durations[step] = durations.get(step, 0) + 1
    row.durations = orjson.dumps(durations).decode()


def beginning(moment: datetime.datetime, hours: int) -> datetime.datetime:
    """Of the hour or the day, of UTC, that a moment is in."""
    hour = moment.astimezone(datetime.UTC).replace(minute=0, second=0, microsecond=0)
    return hour if hours == HOUR else hour.replace(hour=0)
