"""API keys: made, changed, revoked. The whole key is on the answer that makes it, and nowhere after."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dashboard.forms import carried_out
from dashboard.visits import Visit, page
from projects.issuing import change_key, issue_key, revoke_key
from projects.models import ApiKey, Project
from projects.scopes import TASK_SCOPES, Scope, allows

MOST_SHOWN = 500
SCOPES_IN_WORDS = {
    Scope.ACCESS_TASKS: "List tasks",
    Scope.READ_TASKS: "Read a task, its plan, monitors",
    Scope.CREATE_TASKS: "Make tasks",
    Scope.UPDATE_TASKS: "Change tasks",
    Scope.CANCEL_TASKS: "Cancel tasks",
    Scope.ADMIN: "Everything, and all that is set up on these pages",
}


class KeyForm(forms.Form):
    name = forms.CharField(max_length=255, help_text="What it is for: the program, the machine.")
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=[(str(scope), f"{words} ({scope})") for scope, words in SCOPES_IN_WORDS.items()],
        widget=forms.CheckboxSelectMultiple,
        initial=sorted(TASK_SCOPES),
    )
    expires = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="It works to the end of this day, in UTC. Without one it works until it is revoked.",
    )

    def clean_expires(self) -> datetime.datetime | None:
        day: datetime.date | None = self.cleaned_data["expires"]
        return datetime.datetime.combine(day, datetime.time.max, datetime.UTC) if day else None


class NewKeyForm(KeyForm):
    project = forms.ChoiceField(
        required=False, help_text="What it reaches. A program needs no more than its own project; this never changes."
    )
    field_order = ["name", "project", "scopes", "expires"]

    def __init__(self, projects: Sequence[Project], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "All projects"), *((project.slug, project.name) for project in projects)]
        self.fields["project"].choices = choices  # type: ignore[attr-defined]

    def clean_project(self) -> str | None:
        return self.cleaned_data["project"] or None


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def key_list(visit: Visit) -> HttpResponse:
    """`/a/{org}/keys/`, or of those that reach one project. A new key is shown on the answer to its form."""
    sent = visit.request.POST if visit.request.method == "POST" else None
    reach = visit.project.slug if visit.project else visit.projects[0].slug if len(visit.projects) == 1 else ""
    form = NewKeyForm(visit.projects, sent, initial={"project": reach})
    made: list[tuple[ApiKey, str]] = []
    if sent is not None and carried_out(form, lambda fields: made.append(issue(visit, fields))):
        return shown_once(visit, *made[0])
    keys = visit.organization.api_keys.select_related("project", "creator")
    if visit.project:
        keys = keys.filter(Q(project=visit.project) | Q(project=None))
    found = list(keys.order_by(F("revoked").desc(nulls_first=True), "-id")[: MOST_SHOWN + 1])
    now = timezone.now()
    context = {
        "title": "API keys",
        "keys": [{"key": key, "state": state_of(key, now)} for key in found[:MOST_SHOWN]],
        "most": MOST_SHOWN if len(found) > MOST_SHOWN else None,
        "form": form,
    }
    return visit.render("dashboard/keys.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def key_page(visit: Visit, id: str) -> HttpResponse:
    """`/a/{org}/keys/{id}/`"""
    key = get_object_or_404(visit.organization.api_keys.select_related("project", "creator"), pk=int(id))
    sent = visit.request.POST if visit.request.method == "POST" else None
    is_revoking = sent is not None and "revoke" in sent
    initial = {"name": key.name, "scopes": key.scopes, "expires": key.expires.date() if key.expires else None}
    form = KeyForm(None if is_revoking else sent, initial=initial)
    back = HttpResponseRedirect(reverse("keys", kwargs={"org": visit.organization.slug}))
    if is_revoking:
        revoke_key(key)
        messages.success(visit.request, f"The key “{key.name}” is revoked.")
        return back
    if sent is not None and carried_out(form, lambda fields: change(visit, key, form, fields)):
        messages.success(visit.request, f"The key “{form.cleaned_data['name']}” is changed.")
        return back
    context = {"title": key.name, "key": key, "state": state_of(key, timezone.now()), "form": form}
    return visit.render("dashboard/key.html", context, status=422 if form.errors else 200)


def issue(visit: Visit, fields: dict[str, Any]) -> tuple[ApiKey, str]:
    try:
        return issue_key(visit.organization, fields, by=visit.principal)
    except PermissionDenied as error:
        raise ValidationError({"scopes": str(error)}) from None


def change(visit: Visit, key: ApiKey, form: KeyForm, fields: dict[str, Any]) -> ApiKey:
    """Only what the person changed: a day says less than the moment that a program may have set."""
    try:
        return change_key(key, {name: fields[name] for name in form.changed_data}, by=visit.principal)
    except PermissionDenied as error:
        raise ValidationError({"scopes": str(error)}) from None


def shown_once(visit: Visit, key: ApiKey, text: str) -> HttpResponse:
    """The page with the whole key: it is stored nowhere, a session included, so there is no address that has it."""
    context = {
        "title": "The new key",
        "secret": text,
        "line": curl_line(visit, key, text),
        "key": key,
    }
    return visit.render("dashboard/key_made.html", context, status=201)


def curl_line(visit: Visit, key: ApiKey, text: str) -> str:
    """What shows in a shell that the key works: it makes a task where it may, else it lists what it may list."""
    base = f"{settings.BASE_URL}/api/{visit.organization.slug}"
    project = key.project or (visit.projects[0] if visit.projects else None)
    authorization = f"-H 'Authorization: Bearer {text}'"
    scopes = frozenset(key.scopes)
    if project is not None and allows(scopes, Scope.CREATE_TASKS):
        body = """-H 'Content-Type: application/json' -d '{"name": "hello", "value": 25}'"""
        return f"curl -sS {base}/{project.slug}/tasks {authorization} {body}"
    if project is not None and allows(scopes, Scope.ACCESS_TASKS):
        return f"curl -sS {base}/{project.slug}/tasks {authorization}"
    return f"curl -sS {base}/projects {authorization}"


def state_of(key: ApiKey, now: datetime.datetime) -> str:
    if key.revoked is not None:
        return "revoked"
    return "expired" if key.expires is not None and key.expires <= now else "active"
