"""The history of a task in words: which status it had since when, for how long, and who moved it there."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dashboard.task_rows import label_of
from projects.models import ApiKey, Membership, Organization
from tasks.models import StatusChange
from tasks.row import TaskRow

SHOWN = 100  # the newest


@dataclass(frozen=True, slots=True)
class Entry:
    """before: the status that it had until then, "" for a new task. who: "" where nobody can be named."""

    status: str
    before: str
    at: datetime.datetime
    who: str
    lasted: datetime.timedelta | None

    @property
    def words(self) -> str:
        if not self.before:
            return f"Created as {label_of(self.status)}"
        return f"{label_of(self.before)} → {label_of(self.status)}"


def history_of(task: TaskRow, organization: Organization) -> tuple[list[Entry], bool]:
    """The newest entries, newest first, and whether there are older ones. Three statements."""
    changes = list(StatusChange.objects.filter(task=task.number).order_by("-id")[: SHOWN + 1])
    is_cut, changes = len(changes) > SHOWN, changes[:SHOWN]
    keys = names_of_keys(organization, {change.key_id for change in changes if change.key_id})
    members = names_of_members(organization, {change.user_id for change in changes if change.user_id})
    entries: list[Entry] = []
    until: datetime.datetime | None = None
    for change in changes:
        lasted = until - change.at if until else None
        entries.append(Entry(change.new, change.old, change.at, who_made(change, keys, members), lasted))
        until = change.at
    if not is_cut:
        first = changes[-1].old if changes else task.status
        lasted = until - task.created if until else None
        entries.append(Entry(first, "", task.created, "", lasted))
    return entries, is_cut


def who_made(change: StatusChange, keys: Mapping[int, str], members: Mapping[int, str]) -> str:
    if change.key_id:
        return f"the key “{keys[change.key_id]}”" if change.key_id in keys else "a key that is gone"
    if change.user_id:
        return members.get(change.user_id, "somebody who has left")
    return "the server, for want of news"


def names_of_keys(organization: Organization, ids: Iterable[int]) -> Mapping[int, str]:
    return dict(ApiKey.objects.filter(organization=organization, pk__in=ids).values_list("pk", "name"))


def names_of_members(organization: Organization, ids: Iterable[int]) -> Mapping[int, str]:
    """By user."""
    members = Membership.objects.filter(organization=organization, user__in=ids).select_related("user")
    return {member.user_id: member.name for member in members}
