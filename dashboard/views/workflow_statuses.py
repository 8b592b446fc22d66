"""Workflow statuses: a project's own names for where work is, made, changed and deleted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dashboard.forms import carried_out
from dashboard.task_rows import STATUS_LABELS
from dashboard.visits import Visit, page
from planning.models import WorkflowStatus
from planning.workflow import change_status, create_status, delete_status, workflow_of
from projects.models import Project
from projects.scopes import Scope

INT32_MAX = 2**31 - 1


class StatusForm(forms.Form):
    name = forms.CharField(max_length=255, help_text="What people call it: “In review”, “Waiting for parts”.")
    status = forms.ChoiceField(
        label="Stands for", choices=list(STATUS_LABELS.items()), help_text="The status of a task that it is a name for."
    )
    order = forms.IntegerField(
        label="Place",
        required=False,
        min_value=-INT32_MAX,
        max_value=INT32_MAX,
        help_text="A number: the smallest stands first. Without one it comes last.",
    )
    is_done = forms.ChoiceField(
        label="Work in it is over",
        choices=[("", "As it is for its status"), ("yes", "Yes"), ("no", "No")],
        required=False,
    )

    def fields_of(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        fields = {"name": cleaned["name"], "status": cleaned["status"]}
        if cleaned["order"] is not None:
            fields["order"] = cleaned["order"]
        if cleaned["is_done"]:
            fields["is_done"] = cleaned["is_done"] == "yes"
        return fields


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def workflow_status_list(visit: Visit) -> HttpResponse:
    """`/a/{org}/workflow-statuses/`: those of one project, the first unless one is named."""
    project = visit.project or next(iter(visit.projects), None)
    sent = visit.request.POST if visit.request.method == "POST" else None
    form = StatusForm(sent)
    if (
        project is not None
        and sent is not None
        and carried_out(form, lambda fields: create_status(project, form.fields_of(fields)))
    ):
        messages.success(visit.request, f"“{form.cleaned_data['name']}” is made.")
        return to_list(visit, project)
    rows = sorted(workflow_of([project.pk]).by_id.values(), key=lambda row: (row.order, row.pk)) if project else []
    context = {"title": "Workflow statuses", "project": project, "rows": rows, "form": form}
    return visit.render("dashboard/workflow_statuses.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def workflow_status_page(visit: Visit, id: str) -> HttpResponse:
    """`/a/{org}/workflow-statuses/{id}/`"""
    rows = WorkflowStatus.objects.filter(project__in=visit.projects).select_related("project")
    row = get_object_or_404(rows, pk=int(id))
    sent = visit.request.POST if visit.request.method == "POST" else None
    is_deleting = sent is not None and "delete" in sent
    initial = {"name": row.name, "status": row.status, "order": row.order, "is_done": "yes" if row.is_done else "no"}
    form = StatusForm(None if is_deleting else sent, initial=initial)
    form.fields["is_done"].choices = [("yes", "Yes"), ("no", "No")]  # type: ignore[attr-defined]
    removal = forms.Form(sent if is_deleting else None)
    if is_deleting and carried_out(removal, lambda _: delete_status(row)):
        messages.success(visit.request, f"“{row.name}” is deleted.")
        return to_list(visit, row.project)
    if (
        sent is not None
        and not is_deleting
        and carried_out(form, lambda fields: change_status(row, form.fields_of(fields)))
    ):
        messages.success(visit.request, f"“{form.cleaned_data['name']}” is changed.")
        return to_list(visit, row.project)
    context = {"title": row.name, "row": row, "form": form, "removal": removal}
    status = 422 if form.errors or removal.errors else 200
    return visit.render("dashboard/workflow_status.html", context, status=status)


def to_list(visit: Visit, project: Project) -> HttpResponse:
    path = reverse("workflow-statuses", kwargs={"org": visit.organization.slug})
    return HttpResponseRedirect(f"{path}?project={project.slug}")
