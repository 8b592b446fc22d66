"""Integrations: made, tested, changed, switched off and on, deleted. A signing secret is on one answer alone."""

import time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dashboard.channel_forms import change_form, new_form
from dashboard.forms import carried_out
from dashboard.visits import Visit, page
from integrations.channels import change_channel, create_channel, delete_channel, rotate_secret, send_test
from integrations.models import Channel, Kind
from projects.scopes import Scope
from tasks.global_actions import global_actions_of
from tasks.models import GlobalAction

KINDS = (
    (Kind.WEBHOOK, "Webhook", "A signed POST to a program of yours"),
    (Kind.EMAIL, "E-mail", "The same addresses for every message"),
    (Kind.APPRISE, "Chat and more", "Slack, Telegram, Discord and others, by Apprise"),
)
KIND_LABELS = {str(kind): label for kind, label, _ in KINDS}


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def channel_list(visit: Visit) -> HttpResponse:
    """`/a/{org}/integrations/`; `?kind=` says which form stands below the list."""
    sent = visit.request.POST if visit.request.method == "POST" else None
    kind = (sent or visit.request.GET).get("kind", "")
    kind = kind if kind in KIND_LABELS else Kind.WEBHOOK.value
    form = new_form(kind, sent)
    made: list[tuple[Channel, str | None]] = []

    def make(fields: dict[str, Any]) -> None:
        settings = {"kind": kind, "slug": fields["slug"], "config": form.config()}
        if fields["name"]:
            settings["name"] = fields["name"]
        made.append(create_channel(visit.organization, settings, timezone.now()))

    if sent is not None and carried_out(form, make):
        channel, secret = made[0]
        if secret is not None:
            return shown_once(visit, channel, secret, is_new=True)
        messages.success(visit.request, f"{channel.name} is ready. Send it a test.")
        return to_page(visit, channel)
    context = {
        "title": "Integrations",
        "rows": [
            {"channel": channel, "kind": KIND_LABELS[channel.kind]}
            for channel in visit.organization.channels.order_by("name", "pk")
        ],
        "kinds": [{"kind": str(one), "label": label, "about": about} for one, label, about in KINDS],
        "kind": kind,
        "form": form,
    }
    return visit.render("dashboard/channels.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def channel_page(visit: Visit, id: str) -> HttpResponse:
    """`/a/{org}/integrations/{id}/`. A POST does what its `do` says; without one, it changes name and config."""
    channel = get_object_or_404(visit.organization.channels.all(), pk=int(id))
    sent = visit.request.POST if visit.request.method == "POST" else None
    what = sent.get("do", "change") if sent is not None else ""
    if what == "test":
        return tested(visit, channel)
    if what == "rotate" and channel.kind == Kind.WEBHOOK:
        return shown_once(visit, *rotate_secret(channel, timezone.now()), is_new=False)
    if what in {"enable", "disable"}:
        change_channel(channel, {"enabled": what == "enable"}, timezone.now())
        messages.success(visit.request, f"{channel.name} is {what}d.")
        return to_page(visit, channel)
    if what == "delete":
        delete_channel(channel)
        messages.success(visit.request, f"{channel.name} is deleted.")
        return HttpResponseRedirect(reverse("integrations", kwargs={"org": visit.organization.slug}))
    form = change_form(channel, sent if what == "change" else None)

    def change(fields: dict[str, Any]) -> None:
        name = fields["name"] or channel.slug
        change_channel(channel, {"name": name, "config": form.config()}, timezone.now())

    if what == "change" and carried_out(form, change):
        messages.success(visit.request, "The integration is changed.")
        return to_page(visit, channel)
    return visit.render("dashboard/channel.html", shown(visit, channel, form), status=422 if form.errors else 200)


def shown(visit: Visit, channel: Channel, form: Any) -> dict[str, Any]:
    return {
        "title": channel.name,
        "channel": channel,
        "kind_label": KIND_LABELS[channel.kind],
        "form": form,
        "rules": rules_naming(visit, channel),
        "signs": channel.kind == Kind.WEBHOOK,
        "overlap": channel.overlap_until if channel.overlap_until and channel.overlap_until > timezone.now() else None,
    }


def tested(visit: Visit, channel: Channel) -> HttpResponse:
    """What the other side said to a test message. It changes nothing, so the answer to the form says it at once."""
    began = time.monotonic()
    outcome = send_test(channel, timezone.now())
    took = time.monotonic() - began
    context = {**shown(visit, channel, change_form(channel, None)), "outcome": outcome, "took": took}
    is_part = "HX-Request" in visit.request.headers
    return visit.render("dashboard/channel.html#result" if is_part else "dashboard/channel.html", context)


def shown_once(visit: Visit, channel: Channel, secret: str, *, is_new: bool) -> HttpResponse:
    """The page with the secret: it is stored nowhere in the clear, and no address has it."""
    context = {"title": "The signing secret", "channel": channel, "secret": secret, "is_new": is_new}
    return visit.render("dashboard/channel_secret.html", context, status=201 if is_new else 200)


def rules_naming(visit: Visit, channel: Channel) -> list[GlobalAction]:
    return list(global_actions_of(visit.organization).filter(integration=channel.integration)[:20])


def to_page(visit: Visit, channel: Channel) -> HttpResponse:
    place = {"org": visit.organization.slug, "id": str(channel.pk)}
    return HttpResponseRedirect(reverse("integration", kwargs=place))
