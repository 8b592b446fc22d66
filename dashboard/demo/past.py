"""Thirty days of the made-up company: what ran, for how long, and how it ended."""

import datetime
import random
from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.demo.kinds import KINDS, Kind
from dashboard.demo.rhythm import moments
from tasks.history import Life, id_at
from tasks.statuses import Status

DAYS = 30
STALE_TIMEOUT = 600
# How long ago a bad day was, when one supplier's files were broken: a chart without an incident tells nothing.
INCIDENT = datetime.timedelta(days=9, hours=4)
INCIDENT_LENGTH = datetime.timedelta(hours=14)


def lives(project: str, now: datetime.datetime, chance: random.Random) -> list[Life]:
    """All of a project, the oldest first; all of it is over now."""
    since = now - datetime.timedelta(days=DAYS)
    found = [life for kind in KINDS if kind.project == project for life in of_kind(kind, since, now, chance)]
    return sorted(found, key=lambda life: life.created)


def of_kind(kind: Kind, since: datetime.datetime, now: datetime.datetime, chance: random.Random) -> Iterator[Life]:
    for created in begins(kind, since, now, chance):
        is_bad_day = now - INCIDENT <= created < now - INCIDENT + INCIDENT_LENGTH
        run = a_life(kind, created, chance, failing=kind.failing * (9 if is_bad_day else 1))
        if run.changes[-1][2] < now:
            yield run
            yield from parts_of(kind, run, chance)


def begins(
    kind: Kind, since: datetime.datetime, until: datetime.datetime, chance: random.Random
) -> Iterator[datetime.datetime]:
    if kind.at is None:
        yield from moments(kind.rhythm, kind.a_day, since, until, chance)
        return
    day = since.replace(hour=kind.at[0], minute=kind.at[1], second=0, microsecond=0)
    while day < until:
        if day >= since:
            yield day + datetime.timedelta(seconds=chance.uniform(0, 20))
        day += datetime.timedelta(days=1)


def a_life(kind: Kind, created: datetime.datetime, chance: random.Random, failing: float) -> Life:
    """One run of a kind: waits a little, runs, ends; a few are cancelled, or fall silent."""
    start = created + datetime.timedelta(seconds=chance.expovariate(1 / 4))
    length = datetime.timedelta(seconds=duration(kind, chance))
    status, share = fate(kind, chance, failing)
    items = chance.randint(*kind.items)
    end = start + length * share
    fields = {
        **named(kind, chance),
        "value_max": items,
        "value": items if status == Status.SUCCESS else int(items * share),
    }
    if status == Status.ERROR:
        fields["data"] = {**fields["data"], "error": chance.choice(kind.errors)}
    if status == Status.STALE:
        fields["stale_timeout"] = STALE_TIMEOUT
        end += datetime.timedelta(seconds=STALE_TIMEOUT)
    changes = [(Status.PENDING.value, Status.PROCESSING.value, start), (Status.PROCESSING.value, status.value, end)]
    return Life(id_at(created), created, fields, changes, start_time=start)


def fate(kind: Kind, chance: random.Random, failing: float) -> tuple[Status, float]:
    """How a run ends, and after which share of its length."""
    drawn = chance.random()
    for status, likely in ((Status.ERROR, failing), (Status.CANCELLED, kind.cancelled), (Status.STALE, kind.silent)):
        if drawn < likely:
            return status, chance.uniform(0.1, 0.9)
        drawn -= likely
    return Status.SUCCESS, 1.0


def duration(kind: Kind, chance: random.Random) -> float:
    return kind.seconds * chance.lognormvariate(0, kind.spread)


def named(kind: Kind, chance: random.Random) -> dict[str, Any]:
    return {
        "name": kind.name,
        "queue": kind.queue,
        "external_id": f"{chance.getrandbits(64):016x}",
        "tags": dict(kind.tags(chance)),
        "data": dict(kind.data(chance)),
    }


def parts_of(kind: Kind, whole: Life, chance: random.Random) -> Iterator[Life]:
    """Its subtasks, side by side within its own time; where the whole failed, the last of them did."""
    if kind.parts is None:
        return
    name, least, most = kind.parts
    count = chance.randint(least, most)
    _, end_status, end = whole.changes[-1]
    start = whole.changes[0][2]
    for index in range(count):
        created = start + datetime.timedelta(milliseconds=5 * (index + 1))
        began = created + datetime.timedelta(seconds=chance.uniform(0.1, 2))
        is_last = index == count - 1
        status = end_status if is_last else Status.SUCCESS.value
        ended = max(began, end if is_last else start + (end - start) * chance.uniform(0.5, 0.98))
        fields: Mapping[str, Any] = {
            "name": name,
            "queue": kind.queue,
            "parent": whole.public_id,
            "value": 100 if status == Status.SUCCESS else 60,
            "tags": {**whole.fields["tags"], "part": str(index + 1)},
        }
        changes = [(Status.PENDING.value, Status.PROCESSING.value, began), (Status.PROCESSING.value, status, ended)]
        yield Life(id_at(created), created, fields, changes, start_time=began)
