"""A task as a page, whole, for members of its organization."""

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dashboard.json_text import readable
from dashboard.task_family import family_of
from dashboard.task_history import history_of
from dashboard.task_messages import actions_of, deliveries_of
from dashboard.task_plan import planned_side
from dashboard.task_rows import Row
from dashboard.usual import usual_of
from dashboard.views.task_changes import adding_forms, carry_out
from dashboard.visits import Visit, page
from planning import rows
from planning.rows import Planned
from projects.models import Project
from projects.scopes import Scope
from tasks.dialects import Condition
from tasks.row import TaskRow
from tasks.statements import is_one_of
from tasks.views import public_id_of

DATA_SHOWN = 20_000  # characters: in colours they are many times longer, and asked for again while the task runs
BEGINNING = 10_000  # characters that are shown of more


@require_http_methods(["GET", "HEAD", "POST"])
@page()
def task_page(visit: Visit, id: str) -> HttpResponse:
    """`/a/{org}/tasks/{id}/`. `part=live`: what moves, for a script. A POST does what its `do` says."""
    planned, project = found(visit, id)
    refused = None
    if visit.request.method == "POST":
        answer = carry_out(visit, planned.task, project)
        if isinstance(answer, HttpResponse):
            return answer
        refused = answer
    is_part = visit.request.GET.get("part") == "live"
    context = {**shown(visit, planned, project), **links(planned.task, project)}
    if is_part:
        return visit.render("dashboard/task.html#live", context)
    if visit.may_write:
        context["adding"] = refused or adding_forms(visit, project)
    return visit.render("dashboard/task.html", context, status=422 if refused else 200)


def found(visit: Visit, id: str) -> tuple[Planned, Project]:
    """The task and its project; raises `Http404` for a task that is in none of the organization's."""
    projects = {project.pk: project for project in visit.projects}
    public_id = public_id_of(id)
    if not projects:
        raise Http404
    planned = rows.find([Condition("public_id = %s", (public_id,)), is_one_of("project_id", list(projects))])
    if planned is None:
        raise Http404
    return planned, projects[planned.task.project_id]


def shown(visit: Visit, planned: Planned, project: Project) -> dict[str, Any]:
    task, row = planned.task, Row(planned.task, project)
    family = family_of(task, project)
    history, is_cut = history_of(task, visit.organization)
    usual, taken = usual_of(task), row.duration or row.elapsed
    seconds = taken.total_seconds() if taken is not None else None
    return {
        "title": task.name,
        "task": task,
        "row": row,
        "project": project,
        "tags": list(json.loads(task.tags).items()),
        "data": data_of(task),
        "data_size": len(task.data),
        "data_is_cut": len(task.data) > DATA_SHOWN,
        "family": family,
        "history": history,
        "history_is_cut": is_cut,
        "usual": usual,
        "verdict": usual.verdict(seconds) if usual and seconds is not None else "",
        "picture": usual.picture(seconds) if usual and seconds is not None else None,
        "actions": actions_of(task),
        "deliveries": deliveries_of(visit.organization, task_id=task.public_id) if visit.may_administer else [],
        "planned": planned_side(planned, project, visit.organization, has_children=bool(family.children)),
        "children_percent": planned.children_percent,
        "may_cancel": visit.may(Scope.CANCEL_TASKS) and not row.is_over,
    }


def links(task: TaskRow, project: Project) -> dict[str, Any]:
    """Where the task is elsewhere: in the API, in public, and in the live events."""
    place = {"org": project.organization.slug, "project": project.slug}
    public = {"id": str(task.public_id), "token": task.public_token}
    return {
        "api_url": reverse("task-detail", kwargs={**place, "id": str(task.public_id)}),
        "events_path": f"{reverse('task-list', kwargs=place).rstrip('/')}/events",
        "public_url": settings.BASE_URL + reverse("public-task-page", kwargs=public) if task.public_token else "",
        "badge_url": settings.BASE_URL + reverse("task-badge", kwargs=public) if task.public_token else "",
    }


def data_of(task: TaskRow) -> str:
    """The task's data to read; of very much of it the beginning, as it was sent; "" where there is none."""
    if task.data == "null":
        return ""
    if len(task.data) > DATA_SHOWN:
        return f"{task.data[:BEGINNING]} …"
    return readable(task.data)
