"""An organization's global actions as a process remembers them, so that a change of a task need not ask for them.

`Organization.rules_version` moves with each change of them. The statements that write a task compare it with the
version remembered here, each by itself: what is out of date is never acted upon, and nothing is asked for twice.
"""

import datetime
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.models import GlobalAction
from tasks.name_filter import matches
from tasks.statuses import TERMINAL, Status
from tasks.triggers import Kind, Point, parse

MAX_REMEMBERED = 10_000
ENDS = frozenset({*map(str, TERMINAL), str(Status.STALE)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A global action that is enabled, its trigger parsed."""

    id: int
    organization_id: int
    integration: str
    config: Mapping[str, Any]
    points: Sequence[Point]
    project_id: int | None
    monitor_id: uuid.UUID | None
    name_filter: str
    failures_in_row: int
    notify_recovery: bool
    snooze_until: datetime.datetime | None

    def applies_to(self, project_id: int, monitor_id: uuid.UUID | None, name: str) -> bool:
        return (
            self.project_id in (None, project_id)
            and self.monitor_id in (None, monitor_id)
            and matches(self.name_filter, name)
        )

    @property
    def counts(self) -> bool:
        """Whether it has to know how the last tasks of a name ended."""
        return self.failures_in_row > 1 or self.notify_recovery

    @property
    def ends(self) -> frozenset[str]:
        """The statuses among its points that a task can end in."""
        return ENDS & {point.text for point in self.points if point.kind is Kind.STATUS}

    def hears_progress(self) -> bool:
        """Whether an update that moves no status can reach one of its points."""
        return any(point.kind not in (Kind.STATUS, Kind.EVENT) for point in self.points)

    def is_snoozed(self, now: datetime.datetime) -> bool:
        return self.snooze_until is not None and now < self.snooze_until


@dataclass(frozen=True, slots=True)
class Book:
    """The rules of one organization at one version."""

    version: int
    rules: Sequence[Rule]
    deaf_to_progress: bool

    def about(self, project_id: int, monitor_id: uuid.UUID | None, name: str) -> Iterator[Rule]:
        return (rule for rule in self.rules if rule.applies_to(project_id, monitor_id, name))


EMPTY = Book(0, (), deaf_to_progress=True)
_remembered: dict[int, Book] = {}


def remembered(organization_id: int) -> Book:
    """What is remembered; costs no query, and may be out of date: compare its version."""
    return _remembered.get(organization_id, EMPTY)


def book_of(organization_id: int, version: int) -> Book:
    """The rules at that version or a later one; asks the database only where another is remembered."""
    book = remembered(organization_id)
    return book if book.version == version else reread(organization_id, version)


def reread(organization_id: int, version: int) -> Book:
    """The rules as they are now. `version` was read before: where they changed since, they are read once more."""
    actions = GlobalAction.objects.filter(organization=organization_id, enabled=True).order_by("id")
    rules = tuple(map(rule_of, actions))
    book = Book(version, rules, deaf_to_progress=not any(rule.hears_progress() for rule in rules))
    if len(_remembered) >= MAX_REMEMBERED:
        _remembered.clear()
    _remembered[organization_id] = book
    return book


def rule_of(action: GlobalAction) -> Rule:
    return Rule(
        id=action.pk,
        organization_id=action.organization_id,
        integration=action.integration,
        config=action.config,
        points=parse(action.trigger, is_global=True),
        project_id=action.project_id,
        monitor_id=action.monitor_id,
        name_filter=action.name_filter,
        failures_in_row=action.failures_in_row,
        notify_recovery=action.notify_recovery,
        snooze_until=action.snooze_until,
    )


def forget() -> None:
    """For tests, whose databases come and go while the process stays."""
    _remembered.clear()
