"""Global actions: rules for all tasks, made, tried on the last week, changed, snoozed, deleted."""

import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.forms import carried_out
from dashboard.rule_forms import PREVIEWED, RuleForm, initial_of
from dashboard.rule_preview import Preview, preview_of
from dashboard.task_messages import deliveries_of, integrations_of
from dashboard.visits import Visit, page
from monitors.models import Monitor
from projects.scopes import Scope
from tasks.global_actions import (
    change_global_action,
    create_global_action,
    delete_global_action,
    global_actions_of,
    settled,
)
from tasks.models import GlobalAction

MOST_MONITORS = 500  # to choose from
SNOOZES = (("1", "1 hour"), ("8", "8 hours"), ("24", "1 day"), ("168", "1 week"))
NAMES = {"config": "to", "trigger": "statuses"}  # the form's field for the verb's


@require_safe
@page(Scope.ADMIN)
def rule_list(visit: Visit) -> HttpResponse:
    """`/a/{org}/actions/`"""
    now = timezone.now()
    rules = [
        {"rule": rule, "is_snoozed": rule.snooze_until is not None and rule.snooze_until > now}
        for rule in global_actions_of(visit.organization)
        if visit.project is None or rule.project_id in (None, visit.project.pk)
    ]
    return visit.render("dashboard/rules.html", {"title": "Global actions", "rules": rules})


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def rule_new(visit: Visit) -> HttpResponse:
    """`/a/{org}/actions/new/`. `do=preview` saves nothing: it says how often what is typed would have fired."""
    sent = visit.request.POST if visit.request.method == "POST" else None
    initial = {
        "statuses": ["error", "stale"],
        "integration": visit.request.GET.get("integration", "email"),
        "project": visit.project.slug if visit.project else "",
    }
    form = form_of(visit, sent, initial)
    context = {"title": "New global action", "form": form}
    if sent is not None and sent.get("do") == "preview":
        return previewed(visit, form, context)
    made: list[GlobalAction] = []

    def make(fields: dict[str, Any]) -> None:
        whole = settled(visit.organization, form.fields_of(fields, None))
        made.append(create_global_action(visit.organization, whole, now=timezone.now()))

    if sent is not None and carried_out(form, make, NAMES):
        messages.success(visit.request, f"“{made[0].name}” is made.")
        return HttpResponseRedirect(reverse("global-actions", kwargs={"org": visit.organization.slug}))
    return visit.render("dashboard/rule.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def rule_page(visit: Visit, id: str) -> HttpResponse:
    """`/a/{org}/actions/{id}/`. A POST does what its `do` says; without one, it changes the action."""
    organization, now = visit.organization, timezone.now()
    rule = get_object_or_404(global_actions_of(organization), pk=int(id))
    sent = visit.request.POST if visit.request.method == "POST" else None
    what = sent.get("do", "change") if sent is not None else ""
    form = form_of(visit, sent if what in {"change", "preview"} else None, initial_of(rule, now), rule)
    is_snoozed = rule.snooze_until is not None and rule.snooze_until > now
    context = {"title": rule.name, "rule": rule, "form": form, "snoozes": SNOOZES, "is_snoozed": is_snoozed}
    if "HX-Request" not in visit.request.headers:  # which is for the preview alone
        context["deliveries"] = deliveries_of(organization, rule_id=rule.pk)
    if what == "preview":
        return previewed(visit, form, context)
    if what == "delete":
        delete_global_action(organization, rule.pk)
        messages.success(visit.request, f"“{rule.name}” is deleted.")
        return HttpResponseRedirect(reverse("global-actions", kwargs={"org": organization.slug}))
    if sent is not None and what in {"enable", "disable", "snooze", "wake"}:
        switch(visit, rule, what, sent.get("hours", ""))
        return to_page(visit, rule)

    def change(fields: dict[str, Any]) -> None:
        change_global_action(
            organization, rule.pk, lambda now_is: settled(organization, form.fields_of(fields, now_is), now_is), now=now
        )

    if what == "change" and carried_out(form, change, NAMES):
        messages.success(visit.request, "The global action is changed.")
        return to_page(visit, rule)
    return visit.render("dashboard/rule.html", context, status=422 if form.errors else 200)


def switch(visit: Visit, rule: GlobalAction, what: str, hours: str) -> None:
    """On and off, silent for a while and heard again."""
    now = timezone.now()
    if what in {"enable", "disable"}:
        fields: dict[str, Any] = {"enabled": what == "enable"}
        text = f"“{rule.name}” is {what}d."
    elif what == "wake":
        fields, text = {"snooze_until": None}, f"“{rule.name}” is heard again."
    elif hours in dict(SNOOZES):
        until = now + datetime.timedelta(hours=int(hours))
        fields, text = {"snooze_until": until}, f"“{rule.name}” stays silent until {until:%Y-%m-%d %H:%M} UTC."
    else:
        messages.warning(visit.request, "Choose for how long it is to stay silent.")
        return
    change_global_action(
        visit.organization, rule.pk, lambda stored: settled(visit.organization, fields, stored), now=now
    )
    messages.success(visit.request, text)


def form_of(visit: Visit, sent: Any, initial: dict[str, Any], rule: GlobalAction | None = None) -> RuleForm:
    """What the action names already can be chosen also where it is not offered any more."""
    monitors = list(Monitor.objects.filter(project__in=visit.projects).order_by("name", "created")[:MOST_MONITORS])
    integrations = integrations_of(visit.organization)
    if rule is not None and rule.monitor is not None and rule.monitor not in monitors:
        monitors.append(rule.monitor)
    if rule is not None and rule.integration not in dict(integrations):
        integrations.append((rule.integration, f"{rule.integration} (disabled or gone)"))
    return RuleForm(visit.projects, monitors, integrations, sent, initial=initial)


def previewed(visit: Visit, form: RuleForm, context: dict[str, Any]) -> HttpResponse:
    """What is typed, tried on the last seven days; the rest of the form may be unfinished."""
    for name in form.errors.keys() - set(PREVIEWED):
        del form.errors[name]  # nobody has asked about these yet
    preview = None if form.errors else tried(visit, form)
    shown = {**context, "preview": preview, "is_wrong": preview is None}
    is_part = "HX-Request" in visit.request.headers
    return visit.render("dashboard/rule.html#preview" if is_part else "dashboard/rule.html", shown)


def tried(visit: Visit, form: RuleForm) -> Preview:
    rule = form.rule(visit.organization.pk, visit.projects)
    project_ids = [one.pk for one in visit.projects if rule.project_id in (None, one.pk)]
    return preview_of(rule, project_ids, timezone.now())


def to_page(visit: Visit, rule: GlobalAction) -> HttpResponse:
    place = {"org": visit.organization.slug, "id": str(rule.pk)}
    return HttpResponseRedirect(reverse("global-action", kwargs=place))
