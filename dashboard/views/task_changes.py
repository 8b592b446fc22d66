"""What the buttons of a task's page do. Each is one word, `do`, and calls the verb that the API calls."""

import uuid
from collections.abc import Callable, Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from dashboard.task_forms import ActionForm
from dashboard.visits import Visit
from integrations.models import Delivery
from integrations.outbox import redeliver
from projects.models import Project
from projects.scopes import Scope
from tasks import statements
from tasks.action_changes import add_action, cancel_action
from tasks.changes import cancel_task
from tasks.row import TaskRow
from tasks.sharing import share_task
from tasks.statuses import TERMINAL

Deed = Callable[[Visit, TaskRow, Project], str]


def carry_out(visit: Visit, task: TaskRow, project: Project, form: ActionForm) -> HttpResponse | None:
    """Back to the page once it is done; None where the form of a new action has errors to show."""
    word = visit.request.POST.get("do", "")
    if word == "act":
        refuse_without(visit, Scope.UPDATE_TASKS)
        if not form.is_valid():
            return None
        add_action(project, task.public_id, form.action_fields, now=timezone.now())
        told = "The action is armed."
    elif word in DEEDS:
        scope, deed = DEEDS[word]
        refuse_without(visit, scope)
        told = deed(visit, task, project)
    else:
        return HttpResponseBadRequest("There is nothing of that name to do.", content_type="text/plain")
    messages.success(visit.request, told)
    place = {"org": visit.organization.slug, "id": str(task.public_id)}
    return HttpResponseRedirect(reverse("task-page", kwargs=place))


def refuse_without(visit: Visit, scope: Scope) -> None:
    if not visit.may(scope):
        raise PermissionDenied(f"This needs the right {scope}.")


def cancel(visit: Visit, task: TaskRow, project: Project) -> str:
    cancel_task(project, task.public_id, actor=visit.principal, now=timezone.now())
    return "The task was over already." if task.status in TERMINAL else "The task is cancelled."


def share(visit: Visit, task: TaskRow, project: Project) -> str:
    share_task(project, task.public_id, True, timezone.now())
    return "The task has a public link."


def unshare(visit: Visit, task: TaskRow, project: Project) -> str:
    share_task(project, task.public_id, False, timezone.now())
    return "The public link is taken back: it opens nothing any more."


def cancel_one_action(visit: Visit, task: TaskRow, project: Project) -> str:
    cancel_action(project, task.public_id, number_of(visit.request.POST.get("action", "")), now=timezone.now())
    return "The action is cancelled: it never fires again."


def deliver_again(visit: Visit, task: TaskRow, project: Project) -> str:
    public_id = statements.public_id_of(visit.request.POST.get("delivery", "")) or uuid.UUID(int=0)
    own = Delivery.objects.filter(organization=visit.organization, task_id=task.public_id)
    redeliver(get_object_or_404(own, public_id=public_id), timezone.now())
    return "It is sent again, at once."


def number_of(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Http404
    return int(text)


DEEDS: Mapping[str, tuple[Scope, Deed]] = {
    "cancel": (Scope.CANCEL_TASKS, cancel),
    "share": (Scope.UPDATE_TASKS, share),
    "unshare": (Scope.UPDATE_TASKS, unshare),
    "cancel-action": (Scope.UPDATE_TASKS, cancel_one_action),
    "redeliver": (Scope.ADMIN, deliver_again),
}
