"""`?embed=`: more of a task in the same answer, for one query each, however many tasks there are."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.module_loading import import_string

from projects.models import Project
from taskapi.rest.pages import MAX_BYTES, Fitted
from taskapi.rest.params import listed
from taskapi.rest.rendering import dumps
from tasks import list_statements
from tasks.list_statements import is_whole, newest_rows
from tasks.models import Action, StatusChange
from tasks.row import TaskRow
from tasks.wire import action_on_wire, place_of, status_change_on_wire, task_on_wire

ALONE, IN_LISTS = 1000, 100  # of what belongs to one task: on its own, and in a list of tasks
AT_ONCE = 100  # tasks whose embeds are loaded together
ROOM = 2048  # bytes that are enough for a task without `data` and `tags`
REST = 800  # bytes of a task that are neither text of the client's nor embedded, about


class Embedded(NamedTuple):
    """What is shown with each task, by its public id, `[]` unless named.

    cut: those that have more of it. no_room: those of them that would have more in an answer of their own.
    """

    shown: Mapping[Any, Any]
    cut: Set[Any] = frozenset()
    no_room: Set[Any] = frozenset()


# Takes tasks of one project, and how many rows of each may be shown.
Loader = Callable[[Sequence[TaskRow], Project, int], Embedded]


class Newest(NamedTuple):
    """Rows by the number of their task, oldest first, none for a task without. cut: tasks that have more of them."""

    rows: defaultdict[int, list[Any]]
    cut: Set[int]


def newest_of(rows: QuerySet[Any], numbers: Sequence[int], each: int) -> Newest:
    """One statement: the newest rows of each task, `each` at most. rows: of a model with a `task`."""
    table = rows.model._meta.db_table
    grouped: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows.filter(newest_rows(table, "task_id", numbers, each + 1)).order_by("pk"):
        grouped[row.task_id].append(row)
    cut = {number for number, found in grouped.items() if len(found) > each}
    for number in cut:
        del grouped[number][0]
    return Newest(grouped, cut)


def embedded(
    rows: QuerySet[Any], tasks: Sequence[TaskRow], each: int, on_wire: Callable[[Any, uuid.UUID], dict[str, Any]]
) -> Embedded:
    ids = {task.number: task.public_id for task in tasks}
    found = newest_of(rows, list(ids), each)
    shown = {ids[number]: [on_wire(row, ids[number]) for row in own] for number, own in found.rows.items()}
    return Embedded(shown, {ids[number] for number in found.cut})


def actions(tasks: Sequence[TaskRow], project: Project, each: int) -> Embedded:
    return embedded(Action.objects.all(), tasks, each, action_on_wire)


def children(tasks: Sequence[TaskRow], project: Project, each: int) -> Embedded:
    """Of each task in turn, as many as a page holds."""
    place = place_of(project)
    order: dict[Any, int] = {task.public_id: position for position, task in enumerate(tasks)}
    found = list_statements.children(list(order), each + 1)
    found.sort(key=lambda task: order[task.parent_id])
    there = Counter(task.parent_id for task in found)
    read = next(list_statements.parts(found, MAX_BYTES, len(found)), [])
    had = Counter(task.parent_id for task in found[: len(read)])
    grouped: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for child in read:
        if child is not None and len(grouped[child.parent_id]) < each:
            grouped[child.parent_id].append(task_on_wire(child, place))
    no_room = {parent for parent, count in there.items() if had[parent] < min(count, each)}
    return Embedded(grouped, no_room | {parent for parent, count in there.items() if count > each}, no_room)


def status_history(tasks: Sequence[TaskRow], project: Project, each: int) -> Embedded:
    return embedded(StatusChange.objects.all(), tasks, each, lambda change, _: status_change_on_wire(change))


EMBEDS: Mapping[str, Loader] = {"actions": actions, "children": children, "status_history": status_history}


@cache
def known() -> Mapping[str, Loader]:
    """All embeds by name: those above, and those of rooms that build on this one, which the settings name."""
    tables = [import_string(f"{module}.EMBEDS") for module in settings.TASK_EMBEDS]
    return {name: loader for table in tables for name, loader in table.items()}


def asked_for(params: QueryDict) -> list[str]:
    """The embeds that `?embed=a,b` names; raises Django's `ValidationError` on `embed` for one that is unknown."""
    if "embed" not in params:
        return []
    try:
        names = listed(",".join(params.getlist("embed")))
    except ValidationError as error:
        raise ValidationError({"embed": error}) from None
    for name in names:
        if name not in known():
            raise ValidationError({"embed": ValidationError(f"“{name}” can't be embedded.", code="unknown")})
    return list(dict.fromkeys(names))


def task_with(task: TaskRow, project: Project, embeds: Sequence[str]) -> dict[str, Any]:
    """A task as the native API shows it, with its embeds."""
    return tasks_on_wire([task], project, embeds, ALONE)[0].body


def fitting(found: Sequence[TaskRow], project: Project, embeds: Sequence[str]) -> Fitted:
    """As many of the tasks, as the native API shows them with their embeds, as a page holds."""
    if not embeds and fits_easily(found):  # most pages
        place = place_of(project)
        return Fitted(len(found), [task_on_wire(task, place) for task in found])
    results: list[dict[str, Any]] = []
    taken = held = 0
    for part in list_statements.parts(found, MAX_BYTES, AT_ONCE if embeds else len(found)):
        shown = iter(tasks_on_wire([task for task in part if task is not None], project, embeds, IN_LISTS))
        for task in part:
            body, has_room = next(shown) if task is not None else (None, True)
            if held >= MAX_BYTES or (results and not has_room):
                return Fitted(taken, results)
            taken += 1
            if task is not None and body is not None:
                results.append(body)
                held += size_of(task) + sum(len(dumps(body[name])) for name in embeds)
    return Fitted(taken, results)


def fits_easily(found: Sequence[TaskRow]) -> bool:
    """Whether all of the tasks are read, and a page has room for them."""
    if not all(map(is_whole, found)):
        return False
    return sum([len(task.data) + len(task.tags) for task in found]) + ROOM * len(found) <= MAX_BYTES


def size_of(task: TaskRow) -> int:
    return REST + len(task.data) + len(task.tags) + len(task.name) + len(task.queue) + len(task.external_id)


class Shown(NamedTuple):
    """has_room: whether all of its embeds are there that would be in an answer of its own."""

    body: dict[str, Any]
    has_room: bool


def tasks_on_wire(tasks: Sequence[TaskRow], project: Project, embeds: Iterable[str], each: int) -> list[Shown]:
    place = place_of(project)
    bodies = [task_on_wire(task, place) for task in tasks]
    no_room: set[Any] = set()
    for name in embeds:
        found = known()[name](tasks, project, each) if tasks else Embedded({})
        no_room |= found.no_room
        for task, body in zip(tasks, bodies, strict=True):
            body[name] = found.shown.get(task.public_id, [])
            if task.public_id in found.cut:
                body[f"{name}_truncated"] = True
    return [Shown(body, task.public_id not in no_room) for task, body in zip(tasks, bodies, strict=True)]
