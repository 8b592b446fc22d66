"""The list of tasks: newest first, filtered by its address, moving by itself."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import NotFound
from rest_framework.exceptions import ValidationError as RefusedParameter

from dashboard.task_filters import changed, filters_of, heard_by, without_blanks
from dashboard.task_list import Page, TaskList, asked_for, page_of
from dashboard.task_rows import STATUS_LABELS, rows_of
from dashboard.visits import Visit, page
from projects.models import Project
from projects.scopes import Scope
from taskapi.rest.pages import Cursor, page_size
from tasks import statements
from tasks.changes import cancel_task
from tasks.models import Task
from tasks.statuses import TERMINAL

MOST_SHOWN = 500  # tasks of a page: all of them can be ticked, and a form has 1000 fields at most
NEWER_MAX = 99  # newer tasks that are counted for the reader who looks at older ones


@require_http_methods(["GET", "HEAD", "POST"])
@page()
def task_list(visit: Visit) -> HttpResponse:
    """`/a/{org}/tasks/`, with the filters of the API's lists. `part=rows`: what moves, for a script.

    `here`: a cursor as well, of a reader who is at the newest page and is not to lose his place to newer tasks.
    """
    request, params = visit.request, without_blanks(visit.request.GET)
    if request.method == "POST":
        return cancel_chosen(visit)
    if params != request.GET:
        return HttpResponseRedirect(f"{request.path}?{params.urlencode()}")
    shown = {
        "title": "Tasks",
        "projects": seen_by(visit),
        "shows_project": len(seen_by(visit)) > 1,
        "may_cancel": visit.may(Scope.CANCEL_TASKS),
        "here_url": changed(params),
        "form_url": changed(params, cursor=params.get("cursor")),
    }
    try:
        tasks = asked_for(seen_by(visit), params)
        size = size_of(params)
    except ValidationError as error:
        filters = filters_of(params, error)
        return visit.render("dashboard/tasks.html", {**shown, "filters": filters, **no_rows()}, status=422)
    at = cursor_of(params)
    found = page_of(tasks, at, size)
    rows = rows_of(found.rows, visit.projects)
    is_pinned = "here" in params
    context = {
        **shown,
        "filters": filters_of(params),
        "rows": rows,
        "tabs": tabs(tasks, params),
        "newer_count": newer_than(tasks, at) if is_pinned and at else 0,
        "newer_max": NEWER_MAX,
        **links(found, params, is_newest=at is None or is_pinned),
        "part_url": changed(params, part="rows", cursor=params.get("cursor")),
        "events_url": events_url(visit, params),
    }
    is_part = params.get("part") == "rows"
    return visit.render("dashboard/tasks.html#live" if is_part else "dashboard/tasks.html", context)


def seen_by(visit: Visit) -> list[Project]:
    return [visit.project] if visit.project else visit.projects


def size_of(params: QueryDict) -> int:
    try:
        return min(page_size(params.get("page_size")), MOST_SHOWN)
    except RefusedParameter as error:
        text = str(error.detail["page_size"][0])  # type: ignore[call-overload, index]
        raise ValidationError({"page_size": ValidationError(text, code="invalid")}) from None


def cursor_of(params: QueryDict) -> Cursor | None:
    """Raises `Http404` for one that we did not write."""
    token = params.get("here") or params.get("cursor")
    try:
        return Cursor.decode(token) if token else None
    except NotFound:
        raise Http404 from None


def newer_than(tasks: TaskList, here: Cursor) -> int:
    return len(tasks.next_newer(NEWER_MAX + 1, after=here.position - 1))


def no_rows() -> dict[str, Any]:
    return {"rows": [], "tabs": [], "is_newest": True}


def tabs(tasks: TaskList, params: QueryDict) -> list[dict[str, Any]]:
    """One for all, and one for each status; a tab that is chosen leads to all."""
    counts, chosen = tasks.counts(), params.getlist("status")
    every = {"label": "All", "href": changed(params, status=None), "is_here": not chosen, "count": ""}
    own = [
        {
            "label": STATUS_LABELS[status],
            "href": changed(params, status=status),
            "is_here": status in chosen,
            "count": count,
        }
        for status, count in counts.items()
    ]
    return [every, *own]


def links(found: Page, params: QueryDict, *, is_newest: bool) -> dict[str, Any]:
    newer = changed(params, cursor=found.newer.encode()) if found.newer and not is_newest else ""
    older = changed(params, cursor=found.older.encode()) if found.older else ""
    here = found.here.encode() if found.here else ""
    return {"newer_url": newer, "older_url": older, "here": here, "is_newest": is_newest}


def events_url(visit: Visit, params: QueryDict) -> str:
    """The live events of the one project that is looked at. A browser opens few streams at once: not one a project."""
    projects = seen_by(visit)
    if len(projects) != 1:
        return ""
    path = reverse("task-list", kwargs={"org": visit.organization.slug, "project": projects[0].slug})
    return f"{path.rstrip('/')}/events{heard_by(params)}"


def cancel_chosen(visit: Visit) -> HttpResponse:
    """The tasks whose boxes were ticked; those that are over stay as they are."""
    if not visit.may(Scope.CANCEL_TASKS):
        raise PermissionDenied("Your role does not cancel tasks.")
    chosen = visit.request.POST.getlist("task")[:MOST_SHOWN]
    ids = [public_id for text in chosen if (public_id := statements.public_id_of(text))]
    by_number = {project.pk: project for project in visit.projects}
    found = Task.objects.filter(public_id__in=ids, project__in=by_number).order_by("number")
    cancelled = over = 0
    for public_id, project_id, status in found.values_list("public_id", "project_id", "status"):
        if status in TERMINAL:
            over += 1
            continue
        try:
            cancel_task(by_number[project_id], public_id, actor=visit.principal, now=timezone.now())
        except Http404:  # deleted since
            continue
        cancelled += 1
    tell(visit, cancelled, over)
    return HttpResponseRedirect(
        f"{visit.request.path}{changed(visit.request.GET, cursor=visit.request.GET.get('cursor'))}"
    )


def tell(visit: Visit, cancelled: int, over: int) -> None:
    if cancelled:
        text = "1 task is cancelled." if cancelled == 1 else f"{cancelled} tasks are cancelled."
        messages.success(visit.request, text)
    if over:
        text = "1 task was over already." if over == 1 else f"{over} tasks were over already."
        messages.info(visit.request, text)
    if not cancelled and not over:
        messages.warning(visit.request, "No task was chosen. Tick the boxes of those that are to be cancelled.")
