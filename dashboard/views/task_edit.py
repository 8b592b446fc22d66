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
from tasks.row import TaskRow

CANCEL_HOLDS = (
    "The task stays cancelled: a running status does not undo a cancel. Set the status to Pending to start the task "
    "again. Other changes are saved."
)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.UPDATE_TASKS)
def task_edit(visit: Visit, id: str) -> HttpResponse:
    """`/a/{org}/tasks/{id}/edit/`"""
    planned, project = found(visit, id)
    task = planned.task
    sent = visit.request.POST if visit.request.method == "POST" else None
    form = TaskForm(project, planned, sent)

    changed: list[TaskRow] = []

    def change(_: object) -> None:
        if form.task_fields or form.plan_fields:
            after = update_planned(
                project,
                task.public_id,
                form.task_fields,
                form.plan_fields,
                merge_tags=False,
                actor=visit.principal,
                now=timezone.now(),
            )
            changed.append(after)

    if sent is not None and carried_out(form, change, form.names):
        tell(visit, form, changed)
        place = {"org": visit.organization.slug, "id": str(task.public_id)}
        return HttpResponseRedirect(reverse("task-page", kwargs=place))
    context = {"title": f"Edit {task.name}", "task": task, "form": form, "project": project}
    return visit.render("dashboard/task_edit.html", context, status=422 if form.errors else 200)


def tell(visit: Visit, form: TaskForm, changed: list[TaskRow]) -> None:
    """Adds the message that says what has become of the form."""
    if not changed:
        messages.success(visit.request, "Nothing was changed.")
    elif form.status_asked_for in {"", changed[0].status}:
        messages.success(visit.request, "The task is changed.")
    else:
        messages.warning(visit.request, CANCEL_HOLDS)
