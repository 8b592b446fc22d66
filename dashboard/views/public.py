"""What whoever has a task's public link may see of it: name, status, progress and times; and a badge of these."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard.badges import badge
from dashboard.task_rows import Row, label_of
from tasks import statements
from tasks.dialects import Condition
from tasks.row import TaskRow
from tasks.views import public_id_of

BADGE_SECONDS = 5  # that caches may keep it


@require_safe
@never_cache
def public_page(request: HttpRequest, id: str, token: str) -> HttpResponse:
    """`/public/tasks/{id}/{token}/`; `part=progress`: what moves, for a script."""
    task = shared_task(id, token)
    is_part = request.GET.get("part") == "progress"
    template = "dashboard/public_task.html#live" if is_part else "dashboard/public_task.html"
    shown = {"row": Row(task, None), "task": task, "status_label": label_of(task.status)}
    return unlisted(render(request, template, shown))


@require_safe
def task_badge(request: HttpRequest, id: str, token: str) -> HttpResponse:
    """`/public/tasks/{id}/{token}/badge.svg`: to stand on other pages, so caches may keep it for some seconds."""
    task = shared_task(id, token)
    drawn = badge(task.name, task.status, task.progress().percent).encode()
    tag = f'"{hashlib.blake2s(drawn, digest_size=12).hexdigest()}"'
    headers = {"Cache-Control": f"public, max-age={BADGE_SECONDS}, s-maxage={BADGE_SECONDS}", "ETag": tag}
    if tag in request.headers.get("If-None-Match", "").split(", "):
        return unlisted(HttpResponse(status=304, headers=headers))
    return unlisted(HttpResponse(drawn, content_type="image/svg+xml", headers=headers))


def shared_task(id: str, token: str) -> TaskRow:
    """Raises `Http404` where the token is not that of the task, also where that has none."""
    if not token or "\x00" in token:
        raise Http404
    living = Condition(
        "project_id IN (SELECT p.number FROM projects_project p "
        "JOIN projects_organization o ON o.id = p.organization_id WHERE o.deleted IS NULL)",
        (),
    )
    own = [Condition("public_id = %s", (public_id_of(id),)), Condition("public_token = %s", (token,)), living]
    found = statements.select(own, "LIMIT 1")
    if not found:
        raise Http404
    return found[0]


def unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
