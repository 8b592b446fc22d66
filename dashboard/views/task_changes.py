"""What the buttons of a task's page do. Each is one word, `do`, and calls the verb that the API calls."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from dashboard.forms import carried_out
from dashboard.task_action_form import ActionForm
from dashboard.task_messages import integrations_of
from dashboard.task_work_forms import CostForm, ReportForm, new_cost, new_report
from dashboard.visits import Visit
from integrations.models import Delivery
from integrations.outbox import redeliver
from planning import work
from projects.models import Project
from projects.scopes import Scope
from tasks import statements
from tasks.action_changes import add_action, cancel_action
from tasks.changes import cancel_task
from tasks.row import TaskRow
from tasks.sharing import share_task
from tasks.statuses import TERMINAL

Deed = Callable[[Visit, TaskRow, Project], str]
Addition = Callable[[Any, TaskRow, Project], object]


def adding_forms(visit: Visit, project: Project) -> dict[str, forms.Form]:
    """What may be added to a task, by the word that does it; the form that was sent is filled in as it was typed."""
    today, word = timezone.now().date(), visit.request.POST.get("do", "")

    def sent(own: str) -> Any:
        return visit.request.POST if own == word else None

    return {
        "report": new_report(project, visit.membership.user_id, today, sent("report")),
        "cost": new_cost(project, today, sent("cost")),
        "act": ActionForm(visit.organization, integrations_of(visit.organization), sent("act")),
    }


def carry_out(visit: Visit, task: TaskRow, project: Project) -> HttpResponse | dict[str, forms.Form]:
    """Back to the page once it is done; or the forms, one of which has errors to show."""
    word = visit.request.POST.get("do", "")
    if word in ADDITIONS:
        refuse_without(visit, Scope.UPDATE_TASKS)
        add, told = ADDITIONS[word]
        offered = adding_forms(visit, project)
        if not carried_out(offered[word], lambda _: add(offered[word], task, project)):
            return offered
    elif word in DEEDS:
        scope, deed = DEEDS[word]
        refuse_without(visit, scope)
        told = deed(visit, task, project)
    else:
        raise BadRequest("There is nothing of that name to do.")
    messages.success(visit.request, told)
    return back_to(visit, task)


def back_to(visit: Visit, task: TaskRow) -> HttpResponse:
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


def act(form: ActionForm, task: TaskRow, project: Project) -> object:
    return add_action(project, task.public_id, form.action_fields, now=timezone.now())


def report(form: ReportForm, task: TaskRow, project: Project) -> object:
    fields, number = form.work_fields, project.organization_id
    return work.add_report(task.number, fields, organization_id=number, now=timezone.now())


def cost(form: CostForm, task: TaskRow, project: Project) -> object:
    return work.add_cost(task.number, form.work_fields, now=timezone.now())


ADDITIONS: Mapping[str, tuple[Addition, str]] = {
    "act": (act, "The action is armed."),
    "report": (report, "The time is reported."),
    "cost": (cost, "The cost is added."),
}
DEEDS: Mapping[str, tuple[Scope, Deed]] = {
    "cancel": (Scope.CANCEL_TASKS, cancel),
    "share": (Scope.UPDATE_TASKS, share),
    "unshare": (Scope.UPDATE_TASKS, unshare),
    "cancel-action": (Scope.UPDATE_TASKS, cancel_one_action),
    "redeliver": (Scope.ADMIN, deliver_again),
}
