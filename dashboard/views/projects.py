"""Projects: made, renamed, deleted. Deleting asks for the slug, since all tasks go with it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dashboard.forms import carried_out
from dashboard.visits import Visit, page
from projects.deleting import delete_project
from projects.models import Project
from projects.scopes import Scope
from projects.tenants import change_project, create_project


class ProjectForm(forms.Form):
    slug = forms.CharField(
        max_length=63, help_text="Part of every address and key; it never changes: lower-case, digits, - and _."
    )
    name = forms.CharField(max_length=255)


class RenameForm(forms.Form):
    name = forms.CharField(max_length=255)


class DeleteForm(forms.Form):
    confirm = forms.CharField(label="The project's slug, to confirm")

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project

    def clean_confirm(self) -> str:
        confirm: str = self.cleaned_data["confirm"]
        if confirm != self.project.slug:
            raise forms.ValidationError(f"Type “{self.project.slug}” to delete the project with all its tasks.")
        return confirm


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def project_list(visit: Visit) -> HttpResponse:
    """`/a/{org}/projects/`"""
    sent = visit.request.POST if visit.request.method == "POST" else None
    form = ProjectForm(sent)
    if sent is not None and carried_out(form, lambda fields: create_project(visit.organization, **fields)):
        messages.success(visit.request, f"The project “{form.cleaned_data['name']}” is ready.")
        return HttpResponseRedirect(reverse("projects", kwargs={"org": visit.organization.slug}))
    context = {"title": "Projects", "form": form}
    return visit.render("dashboard/projects.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def project_page(visit: Visit, slug: str) -> HttpResponse:
    """`/a/{org}/projects/{slug}/`"""
    project = next((project for project in visit.projects if project.slug == slug), None)
    if project is None:
        raise Http404
    sent = visit.request.POST if visit.request.method == "POST" else None
    is_deleting = sent is not None and "delete" in sent
    rename = RenameForm(None if is_deleting else sent, initial={"name": project.name})
    delete = DeleteForm(project, sent if is_deleting else None)
    back = HttpResponseRedirect(reverse("projects", kwargs={"org": visit.organization.slug}))
    if is_deleting and carried_out(delete, lambda _: delete_project(project)):
        messages.success(visit.request, f"The project “{project.name}” is deleted.")
        return back
    if sent is not None and not is_deleting and carried_out(rename, lambda fields: change_project(project, fields)):
        messages.success(visit.request, "The project has its new name.")
        return back
    context = {"title": project.name, "project": project, "rename": rename, "delete": delete}
    return visit.render("dashboard/project.html", context, status=422 if rename.errors or delete.errors else 200)
