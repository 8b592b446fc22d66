"""The door: every task is made and changed here, each change one transaction with its history and its actions.

Verbs take checked fields (`tasks.serializers.TaskInput`), raise Django's `Http404` for a task that is not in the
project, and its `ValidationError({field: error})` for what only the stored state can refuse.
"""

import datetime
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from uuid_utils.compat import uuid7

from monitors import checkins
from projects.models import Project
from projects.principals import Principal
from taskapi.rest.raw_json import RawJSON
from tasks import listened, statements
from tasks.deadlines import next_look, still_since
from tasks.firing import Happening, fire, is_heard
from tasks.models import Action, StatusChange
from tasks.models.action import ACTIONS_MAX, ActionStatus
from tasks.models.task import TAGS_MAX, make_public_token
from tasks.parents import locked_parent, locked_with_parent, refused_parent
from tasks.row import NEW, TaskRow
from tasks.rules import ENDS, book_of, remembered, reread
from tasks.statements import Locked
from tasks.statuses import TERMINAL, Status
from tasks.steps import clocks_of, step
from tasks.triggers import NOTHING

Fields = Mapping[str, Any]

# Columns that neither move the status of a task nor depend on what is stored: what most progress reports send.
MOVES_NOTHING = frozenset({"data", "end_time", "external_id", "name", "queue", "tags", "value", "value_max"})
MOVES_PROGRESS = frozenset({"value", "value_max"})
FAILURES = frozenset({Status.ERROR, Status.STALE})


def create_task(
    project: Project, fields: Fields, *, monitor_id: uuid.UUID | None = None, now: datetime.datetime
) -> TaskRow:
    """A new task with its actions. `fields`: by the wire's names; `parent` an id, `actions` a list.

    monitor_id: a monitor of the project whose run this is: it has checked in. Raises `Http404` where the project is
    deleted meanwhile.
    """
    values = columns(fields)
    actions: Sequence[Fields] = values.pop("actions", ())
    task = NEW._replace(
        public_id=uuid7(),
        project_id=project.pk,
        monitor_id=monitor_id,
        created=now,
        updated=now,
        has_actions=bool(actions),
        public_token=make_public_token(),
        **values,
    )
    task = task._replace(**{**clocks_of(task, None, task.status, now), **values})
    task = task._replace(wake_at=next_look(task), still_since=still_since(None, task, now))
    happening = Happening(project, NOTHING, task)
    rules = remembered(project.organization_id)
    is_plain = task.parent_id is None and not actions and monitor_id is None and not is_heard(happening, rules)
    # One statement is its own transaction.
    if is_plain and (stored := statements.insert(task, rules.version)):
        return stored
    with transaction.atomic():
        if task.parent_id is not None:
            locked_parent(project, task.parent_id)
        while (stored := statements.insert(task, rules.version)) is None:
            if (version := statements.rules_version(project.pk)) is None:
                raise Http404
            rules = reread(project.organization_id, version)
        armed = arm(stored.number, actions, now, has_others=False)
        if monitor_id is not None:  # locked before streaks are, as by every other change
            is_over, is_failure = stored.status in TERMINAL, stored.status in FAILURES
            checkins.check_in(project.pk, monitor_id, now, is_over=is_over, is_failure=is_failure)
        fire([happening._replace(task=stored)], rules, now, armed)
    listened.note(stored)
    return stored


def update_task(
    project: Project,
    public_id: uuid.UUID,
    fields: Fields,
    *,
    merge_tags: bool,
    actor: Principal,
    now: datetime.datetime,
) -> TaskRow:
    """The task after a change of the named fields alone; every call moves `updated`, an empty one too (a ping).

    merge_tags: whether `tags` are laid over those that the task has (a null value removes the name) or replace them.
    """
    values = columns(fields)
    actions: Sequence[Fields] = values.pop("actions", ())
    rules = remembered(project.organization_id)
    is_plain = values.keys() <= MOVES_NOTHING and not actions and not (merge_tags and "tags" in values)
    is_heard_of = listened.is_listened(public_id) or not (
        rules.deaf_to_progress or values.keys().isdisjoint(MOVES_PROGRESS)
    )
    if is_plain and not is_heard_of:
        in_place = statements.update_in_place(project, public_id, values, now, rules.version)
        if in_place is not None:
            return in_place
    with transaction.atomic():
        if values.get("parent_id") is not None:
            found = locked_with_parent(project, public_id, values["parent_id"])
        else:
            found = locked(project, public_id)
        task = found.tasks[0]
        now = max(now, task.updated)  # it was taken before the lock was waited for
        if "parent_id" in values and values["parent_id"] is None and task.parent_id is not None:
            raise refused_parent("A task's parent can't be changed once it is set.")
        if merge_tags and "tags" in values:
            values["tags"] = merged(task.tags, fields["tags"])
        armed = None
        if actions:
            values["has_actions"] = True
            added = arm(task.number, actions, now, has_others=task.has_actions)
            armed = None if task.has_actions else added
        task = move(project, found, values, actor, now, armed)
    listened.note(task)
    return task


def cancel_task(project: Project, public_id: uuid.UUID, *, actor: Principal, now: datetime.datetime) -> None:
    """Sets `cancelled`; a task that is already over stays as it is."""
    with transaction.atomic():
        found = locked(project, public_id)
        task = found.tasks[0]
        if task.status not in TERMINAL:
            move(project, found, {"status": Status.CANCELLED.value}, actor, max(now, task.updated))


def add_actions(
    project: Project, public_id: uuid.UUID, actions: Sequence[Fields], now: datetime.datetime
) -> list[Action]:
    """Adds actions to a task and changes nothing else of it; raises as `arm` does."""
    with transaction.atomic():
        task = locked(project, public_id).tasks[0]
        if not task.has_actions:
            statements.update(task.number, {"has_actions": True})
        return arm(task.number, actions, now, has_others=task.has_actions)


def arm(number: int, actions: Sequence[Fields], now: datetime.datetime, *, has_others: bool) -> list[Action]:
    """Adds actions to the task, which the caller holds; costs nothing where there are none.

    has_others: whether it has had actions before. Raises `ValidationError` on `actions` for more than a task can have.
    """
    if not actions:
        return []
    active = Action.objects.filter(task=number, status=ActionStatus.ACTIVE).count() if has_others else 0
    if active + len(actions) > ACTIONS_MAX:
        text = f"A task has at most {ACTIONS_MAX} active actions; this one has {active}."
        raise ValidationError({"actions": ValidationError(text, "max_length")})
    rows = [Action(task_id=number, created=now, updated=now, **fields) for fields in actions]
    return Action.objects.bulk_create(rows)


def locked(project: Project, public_id: uuid.UUID) -> Locked:
    """The task, held; raises `Http404`."""
    found = statements.lock(project.pk, [public_id])
    if not found.tasks:
        raise Http404
    return found


def columns(fields: Fields) -> dict[str, Any]:
    """Fields of the wire as columns of the table."""
    values = dict(fields)
    if "parent" in values:
        values["parent_id"] = values.pop("parent")
    if "data" in values:
        values["data"] = RawJSON.of(values["data"]).text
    if "tags" in values:
        values["tags"] = written_tags(values["tags"], TAGS_MAX)
    return values


def merged(tags: str, sent: Mapping[str, str | None]) -> str:
    before = json.loads(tags)
    after = {name: value for name, value in {**before, **sent}.items() if value is not None}
    return written_tags(after, max(TAGS_MAX, len(before)))


def written_tags(tags: Mapping[str, str], most: int) -> str:
    if len(tags) > most:
        raise ValidationError({"tags": ValidationError(f"A task has at most {TAGS_MAX} tags.", "max_length")})
    return orjson.dumps(tags).decode()


def move(
    project: Project,
    found: Locked,
    values: Fields,
    actor: Principal,
    now: datetime.datetime,
    armed: Sequence[Action] | None = None,
) -> TaskRow:
    """The one task that is held, after a change; armed: all actions of it, where they are known."""
    return move_all(project, found, [values], actor, now, armed)[0]


def move_all(
    project: Project,
    found: Locked,
    changes: Sequence[Fields],
    actor: Principal,
    now: datetime.datetime,
    armed: Sequence[Action] | None = None,
) -> list[TaskRow]:
    """The tasks that are held, each after its own of the changes, and what hears of them has heard.

    Several are changed here at once and not one by one: monitors are locked before streaks are. `now`: none of the
    tasks was updated later.
    """
    steps = [step(task, values, now) for task, values in zip(found.tasks, changes, strict=True)]
    for taken in steps:
        statements.update(taken.task.number, dict(taken.differing()))
    if moved := [(taken.task, taken.after) for taken in steps if taken.moves_status]:
        record(moved, actor, now)
    happenings = [Happening(project, taken.before, taken.after, taken.event) for taken in steps]
    # By name, so that no two callers wait for each other's streaks in a ring.
    happenings.sort(key=lambda happening: happening.task.name)
    fire(happenings, book_of(project.organization_id, found.rules_version), now, armed)
    return [taken.after for taken in steps]


def record(changes: Sequence[tuple[TaskRow, TaskRow]], actor: Principal | None, now: datetime.datetime) -> None:
    """The history of changes of status, by whom, and word to the monitors whose runs have ended by them."""
    key_id, user_id = (actor.key_id, actor.user_id) if actor else (None, None)
    StatusChange.objects.bulk_create(
        StatusChange(task_id=task.number, old=task.status, new=after.status, at=now, key_id=key_id, user_id=user_id)
        for task, after in changes
    )
    # In one order, so that no two sweeps wait for each other's monitors in a ring.
    for _, after in sorted(changes, key=lambda change: str(change[1].monitor_id)):
        if after.monitor_id is None or after.status not in ENDS:
            continue
        if after.status == Status.CANCELLED:
            checkins.run_cancelled(after.monitor_id, now)
        else:
            checkins.run_ended(after.monitor_id, now, is_failure=after.status in FAILURES)
