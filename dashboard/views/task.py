"""A task as a page: whole for members, the essentials for whoever has its public link."""

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from projects.access import organizations_of
from projects.models.organization import SLUG
from projects.principals import Principal
from tasks.models import Task
from tasks.triggers import Progress
from tasks.views import public_id_of


@require_safe
@never_cache
@login_required
def task_page(request: HttpRequest, org: str, id: str) -> HttpResponse:
    """`/a/{org}/tasks/{id}/`, for members of the organization; 404 for everybody else."""
    if not SLUG.fullmatch(org):
        raise Http404
    person = Principal(organization=None, user_id=request.user.pk)
    found = Task.objects.filter(
        public_id=public_id_of(id), project__organization__in=organizations_of(person).filter(slug=org)
    )
    task = found.select_related("project__organization", "parent").first()
    if task is None:
        raise Http404
    context = {
        "person": request.user,
        "project": task.project,
        "organization": task.project.organization,
        "data": json.dumps(json.loads(task.data), indent=2, ensure_ascii=False) if task.data != "null" else "",
        "history": task.status_changes.order_by("-id"),
        "children": task.children.order_by("-number")[:100],
        "actions": task.actions.order_by("id"),
    }
    return render(request, "dashboard/task.html", {**shown(task), **context})


@require_safe
@never_cache
def public_page(request: HttpRequest, id: str, token: str) -> HttpResponse:
    """`/public/tasks/{id}/{token}/`: name, status and progress; 404 where the token is not that of the task."""
    found = Task.objects.filter(public_id=public_id_of(id), public_token=token, project__organization__deleted=None)
    task = found.first() if "\x00" not in token else None
    if task is None:
        raise Http404
    return render(request, "dashboard/public_task.html", shown(task))


def shown(task: Task) -> dict[str, Any]:
    return {"title": task.name, "task": task, "percent": Progress(task.status, task.value, task.value_max).percent}
