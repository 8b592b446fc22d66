"""Where setting up begins: what there is of everything, and the way to it."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from dashboard.visits import Visit, page
from projects.scopes import Scope

# Name of the URL, label, what it is for.
ENTRIES = (
    ("projects", "Projects", "The systems whose tasks are watched"),
    ("keys", "API keys", "What programs sign in with"),
    ("members", "Members", "Who may see and do what"),
    ("teams", "Teams", "Members by groups"),
    ("integrations", "Integrations", "Where messages go: mail, webhooks, chat"),
    ("global-actions", "Global actions", "Rules for all tasks: what is worth a message"),
    ("monitors", "Monitors", "Schedules: which runs are expected, and when"),
    ("deliveries", "Deliveries", "Messages sent and owed, with every attempt"),
    ("workflow-statuses", "Workflow statuses", "A team's own names for where work is"),
    ("custom-fields", "Custom fields", "What plans of tasks have beyond the usual"),
)


@require_safe
@page(Scope.ADMIN)
def setup_page(visit: Visit) -> HttpResponse:
    """`/a/{org}/setup/`"""
    place = {"org": visit.organization.slug}
    entries = [{"href": reverse(name, kwargs=place), "label": label, "about": about} for name, label, about in ENTRIES]
    return visit.render("dashboard/setup.html", {"title": "Set up", "entries": entries})
