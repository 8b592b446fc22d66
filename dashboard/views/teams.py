"""Teams: made, named, filled with members, deleted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dashboard.forms import carried_out
from dashboard.visits import Visit, page
from projects.models import Membership
from projects.scopes import Scope
from projects.teams import change_team, create_team, delete_team


class TeamForm(forms.Form):
    name = forms.CharField(max_length=255)
    members = forms.TypedMultipleChoiceField(coerce=int, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = visit.organization.memberships.select_related("user").order_by("user__email")
        choices = [(member.user_id, f"{member.name} · {member.email}") for member in members]
        self.fields["members"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def team_list(visit: Visit) -> HttpResponse:
    """`/a/{org}/teams/`"""
    sent = visit.request.POST if visit.request.method == "POST" else None
    form = TeamForm(visit, sent)
    if sent is not None and carried_out(form, lambda fields: create_team(visit.organization, fields)):
        messages.success(visit.request, f"The team “{form.cleaned_data['name']}” is ready.")
        return to_list(visit)
    members = Membership.objects.select_related("user").order_by("user__email")
    teams = visit.organization.teams.prefetch_related(Prefetch("memberships", members))
    context = {"title": "Teams", "form": form, "teams": teams}
    return visit.render("dashboard/teams.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def team_page(visit: Visit, id: str) -> HttpResponse:
    """`/a/{org}/teams/{id}/`"""
    team = get_object_or_404(visit.organization.teams, pk=int(id))
    team.organization = visit.organization
    sent = visit.request.POST if visit.request.method == "POST" else None
    if sent is not None and "delete" in sent:
        delete_team(team)
        messages.success(visit.request, f"The team “{team.name}” is deleted.")
        return to_list(visit)
    now = {"name": team.name, "members": list(team.memberships.values_list("user_id", flat=True))}
    form = TeamForm(visit, sent, initial=now)
    if sent is not None and carried_out(form, lambda fields: change_team(team, fields)):
        messages.success(visit.request, f"The team “{form.cleaned_data['name']}” is changed.")
        return to_list(visit)
    context = {"title": now["name"], "team": team, "name": now["name"], "form": form}
    return visit.render("dashboard/team.html", context, status=422 if form.errors else 200)


def to_list(visit: Visit) -> HttpResponse:
    return HttpResponseRedirect(reverse("teams", kwargs={"org": visit.organization.slug}))
