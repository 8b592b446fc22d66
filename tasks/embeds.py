"""`?embed=`: more of a task in the same answer, for one query each, however many tasks there are."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.module_loading import import_string

from projects.models import Project
from taskapi.rest.params import listed
from tasks import statements
from tasks.models import Action, StatusChange
from tasks.row import TaskRow
from tasks.wire import action_on_wire, place_of, status_change_on_wire, task_on_wire

# Takes tasks of one project; gives what to show with each, by its public id; with those that it leaves out, `[]`.
Loader = Callable[[Sequence[TaskRow], Project], Mapping[Any, Any]]


def actions(tasks: Sequence[TaskRow], project: Project) -> Mapping[Any, list[dict[str, Any]]]:
    ids = {task.number: task.public_id for task in tasks}
    grouped = defaultdict(list)
    for action in Action.objects.filter(task__in=ids):
        public_id = ids[action.task_id]
        grouped[public_id].append(action_on_wire(action, public_id))
    return grouped


def children(tasks: Sequence[TaskRow], project: Project) -> Mapping[Any, list[dict[str, Any]]]:
    grouped, place = defaultdict(list), place_of(project)
    for child in statements.children([task.public_id for task in tasks]):
        grouped[child.parent_id].append(task_on_wire(child, place))
    return grouped


def status_history(tasks: Sequence[TaskRow], project: Project) -> Mapping[Any, list[dict[str, Any]]]:
    ids = {task.number: task.public_id for task in tasks}
    grouped = defaultdict(list)
    for change in StatusChange.objects.filter(task__in=ids):
        grouped[ids[change.task_id]].append(status_change_on_wire(change))
    return grouped


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


def tasks_on_wire(tasks: Sequence[TaskRow], project: Project, embeds: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Tasks as the native API shows them, with their embeds."""
    place = place_of(project)
    shown = [task_on_wire(task, place) for task in tasks]
    for name in embeds:
        loaded = known()[name](tasks, project) if tasks else {}
        for task, body in zip(tasks, shown, strict=True):
            body[name] = loaded.get(task.public_id, [])
    return shown
