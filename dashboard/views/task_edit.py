"""A task and its plan, changed by hand."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dashboard.forms import carried_out
from dashboard.task_forms import TaskForm
from dashboard.views.task import found
from dashboard.visits import Visit, page
from planning.plans import update_planned
from projects.scopes import Scope


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.UPDATE_TASKS)
def task_edit(visit: Visit, id: str) -> HttpResponse:
    """`/a/{org}/tasks/{id}/edit/`"""
    planned, project = found(visit, id)
    task = planned.task
    sent = visit.request.POST if visit.request.method == "POST" else None
    form = TaskForm(project, planned, sent)

    def change(_: object) -> None:
        if form.task_fields or form.plan_fields:
            update_planned(
                project,
                task.public_id,
                form.task_fields,
                form.plan_fields,
                merge_tags=False,
                actor=visit.principal,
                now=timezone.now(),
            )

    if sent is not None and carried_out(form, change, form.names):
        is_changed = form.task_fields or form.plan_fields
        messages.success(visit.request, "The task is changed." if is_changed else "Nothing was changed.")
        place = {"org": visit.organization.slug, "id": str(task.public_id)}
        return HttpResponseRedirect(reverse("task-page", kwargs=place))
    context = {"title": f"Edit {task.name}", "task": task, "form": form, "project": project}
    return visit.render("dashboard/task_edit.html", context, status=422 if form.errors else 200)
