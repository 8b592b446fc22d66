"""One time report or one extra cost of a task: changed, or deleted."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from dashboard.forms import carried_out
from dashboard.task_work_forms import WorkForm, cost_form, report_form
from dashboard.views.task import found
from dashboard.views.task_changes import back_to, number_of
from dashboard.visits import Visit, page
from planning import work
from planning.models import ExtraCost, TimeReport
from projects.models import Project
from projects.scopes import Scope
from tasks.row import TaskRow


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.UPDATE_TASKS)
def report_page(visit: Visit, id: str, row_id: str) -> HttpResponse:
    """`/a/{org}/tasks/{id}/time-reports/{row_id}/`"""
    planned, project = found(visit, id)
    report = get_object_or_404(TimeReport, pk=number_of(row_id), task=planned.task.number)

    def change(form: WorkForm) -> None:
        work.change_report(report, form.work_fields, organization_id=project.organization_id)

    words = ("Time report", "The report is changed.", "The report is deleted.")
    form = report_form(project, report, sent_to(visit))
    return work_page(visit, planned.task, project, form, change, lambda: work.delete_report(report), words)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.UPDATE_TASKS)
def cost_page(visit: Visit, id: str, row_id: str) -> HttpResponse:
    """`/a/{org}/tasks/{id}/extra-costs/{row_id}/`"""
    planned, project = found(visit, id)
    cost = get_object_or_404(ExtraCost, pk=number_of(row_id), task=planned.task.number)
    words = ("Extra cost", "The cost is changed.", "The cost is deleted.")
    form = cost_form(project, cost, sent_to(visit))

    def change(form: WorkForm) -> None:
        work.change_cost(cost, form.work_fields)

    return work_page(visit, planned.task, project, form, change, lambda: work.delete_cost(cost), words)


def sent_to(visit: Visit) -> Any:
    return visit.request.POST if visit.request.method == "POST" else None


def work_page(
    visit: Visit,
    task: TaskRow,
    project: Project,
    form: WorkForm,
    change: Callable[[WorkForm], None],
    delete: Callable[[], None],
    words: tuple[str, str, str],
) -> HttpResponse:
    """words: what it is, and what is said once it is changed, or deleted."""
    title, changed, deleted = words
    if visit.request.POST.get("do") == "delete":
        delete()
        messages.success(visit.request, deleted)
        return back_to(visit, task)
    if form.is_bound and carried_out(form, lambda _: change(form)):
        messages.success(visit.request, changed if form.work_fields else "Nothing was changed.")
        return back_to(visit, task)
    context = {"title": title, "task": task, "project": project, "form": form}
    return visit.render("dashboard/task_work.html", context, status=422 if form.errors else 200)
