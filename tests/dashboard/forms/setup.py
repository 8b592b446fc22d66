"""The forms of what administrators set up."""

from collections.abc import Mapping
from typing import Any

from integrations.models import Channel
from integrations.sealing import unseal
from monitors.models import Monitor
from planning.models import CustomField, WorkflowStatus
from projects.models import ApiKey, Project
from tasks.models import GlobalAction
from tests.dashboard.forms.case import Case, Typed, newest, page_of_newest, same

SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops"
RULE: Typed = {
    "name": "Nightly failures",
    "enabled": [],
    "integration": "email",
    "to": "night@acme.example",
    "statuses": ["cancelled", "error"],
    "events": ["stalled"],
    "monitor_events": ["monitor_down", "monitor_up"],
    "progress": "95%, */25%",
    "project": "web",
    "name_filter": "^night",
    "failures_in_row": "3",
    "notify_recovery": ["on"],
    "snooze_until": "2040-01-01T10:00",
}
MONITOR: Typed = {
    "name": "nightly",
    "kind": "cron",
    "interval": "",
    "cron": "30 2 * * 1-5",
    "timezone": "Europe/Berlin",
    "start_grace": "2 minutes",
    "grace": "10 minutes",
    "max_runtime": "2 hours",
}


def made_monitor(world: Any) -> Monitor:
    """The one that was made by a form: their ids have no order."""
    return Monitor.objects.exclude(pk=world.monitor.pk).get()


def shown(channel: Channel) -> Typed:
    """What is stored of a channel, the secret of an Apprise URL as well, which no page shows."""
    config = channel.config if channel.kind != "apprise" else {"url": unseal(channel.sealed)}
    return {"slug": channel.slug, "name": channel.name, **config}


def channel(kind: str, config: Typed, wrong: Mapping[str, str]) -> list[Case]:
    return [
        Case(
            f"new {kind}",
            "integrations",
            same({"slug": "fresh", "name": "Fresh", **config}),
            {"slug": "No slug!"},
            path=lambda world: f"{world.path('integrations')}?kind={kind}",
            stored=lambda _: shown(newest(Channel)),
            answers=201 if kind == "webhook" else 302,
        ),
        Case(
            f"{kind} changed",
            "integration",
            same({"name": "Renamed", **config}),
            wrong,
            path=lambda world: world.path("integration", id=world.channels[kind].pk),
            stored=None if kind != "apprise" else lambda _: shown(Channel.objects.get(kind=kind)),
        ),
    ]


SETUP = [
    Case(
        "new monitor",
        "monitor-new",
        same({**MONITOR, "project": "billing"}),
        {"grace": "soon"},
        kept_at=lambda world: world.path("monitor-page", id=made_monitor(world).pk),
        stored=lambda world: {"project": made_monitor(world).project.slug},
    ),
    Case("monitor", "monitor-page", same(MONITOR), {"max_runtime": "long"}),
    Case(
        "new project",
        "projects",
        same({"slug": "fresh", "name": "Fresh"}),
        {"slug": "No slug!"},
        stored=lambda _: {"slug": newest(Project).slug, "name": newest(Project).name},
    ),
    Case("project", "project", same({"name": "Renamed"}), {"name": ""}),
    Case(
        "project deleted",
        "project",
        same({"confirm": "web"}),
        {"confirm": "x"},
        stored=lambda world: {"confirm": "" if world.organization.projects.filter(slug="web").exists() else "web"},
    ),
    Case(
        "new key",
        "keys",
        lambda _: {"name": "ci", "project": "web", "scopes": ["admin", "read:tasks"], "expires": "2040-01-31"},
        {"name": ""},
        kept_at=page_of_newest("key", ApiKey),
        stored=lambda _: {"project": newest(ApiKey).project.slug},
        answers=201,
    ),
    Case("key", "key", same({"name": "ci", "scopes": ["read:tasks"], "expires": "2040-01-31"}), {"name": ""}),
    *channel("webhook", {"url": "https://other.example.org/in"}, {"url": "nowhere"}),
    *channel("email", {"to": "new@acme.example"}, {"to": "nobody"}),
    *channel("apprise", {"url": SLACK}, {"url": "file:///etc/passwd"}),
    Case(
        "new global action",
        "global-action-new",
        lambda world: {**RULE, "monitor": str(world.monitor.pk)},
        {"failures_in_row": "0"},
        kept_at=page_of_newest("global-action", GlobalAction),
    ),
    Case(
        "global action",
        "global-action",
        lambda world: {**RULE, "monitor": str(world.monitor.pk)},
        {"name_filter": "("},
    ),
    Case(
        "new workflow status",
        "workflow-statuses",
        same({"name": "Waiting", "status": "post_processing", "order": "40", "is_done": "yes"}),
        {"order": "last"},
        kept_at=page_of_newest("workflow-status", WorkflowStatus),
    ),
    Case(
        "workflow status",
        "workflow-status",
        same({"name": "Waiting", "status": "processing", "order": "40", "is_done": "yes"}),
        {"order": "last"},
    ),
    Case(
        "new custom field",
        "custom-fields",
        same({"name": "Risk", "type": "multi-choice", "choices": "low\nhigh"}),
        {"name": ""},
        kept_at=page_of_newest("custom-field", CustomField),
        stored=lambda _: {"type": newest(CustomField).type},
    ),
    Case("custom field", "custom-field", same({"name": "Risk", "choices": "low\nhigh"}), {"choices": "low\nlow"}),
]
