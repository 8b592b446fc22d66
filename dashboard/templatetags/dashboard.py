"""What the pages' templates say in their own words: the menu, spans of time, statuses."""

import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# Name of the URL, label, whether it is for administrators alone. Pages of one project keep `?project=`.
SET_UP = (
    *("setup", "projects", "keys", "members", "teams", "integrations", "global-actions"),
    *("workflow-statuses", "custom-fields"),
)
MENU = (
    ("overview", "Overview", False),
    ("tasks", "Tasks", False),
    ("monitors", "Monitors", False),
    ("deliveries", "Deliveries", True),
    ("setup", "Set up", True),
)


@register.inclusion_tag("dashboard/menu.html", takes_context=True)
def main_menu(context: dict[str, Any]) -> dict[str, Any]:
    visit, here = context["visit"], context["request"].path
    entries = []
    for name, label, is_for_admins in MENU:
        if is_for_admins and not visit.may_administer:
            continue
        place = {"org": visit.organization.slug}
        href = reverse(name, kwargs=place)
        if name == "overview":
            is_here = here.rstrip("/") == href.rstrip("/")  # which every other path begins with
        else:
            below = SET_UP if name == "setup" else (name,)
            is_here = here.startswith(tuple(reverse(page, kwargs=place) for page in below))
        entries.append({"href": href, "label": label, "is_here": is_here})
    return {"entries": entries, "project": visit.project}


@register.filter
def span(delta: datetime.timedelta | float | None) -> str:
    """A span of time in its two greatest units: `2 h 5 min`, `3.2 s`, `45 ms`; "" for None."""
    if delta is None:
        return ""
    seconds = delta.total_seconds() if isinstance(delta, datetime.timedelta) else float(delta)
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


@register.filter
def moment(at: datetime.datetime | None) -> str | SafeString:
    """A moment as `<time>`: how long ago it was for people, and exactly for whoever points at it or has no clock."""
    if at is None:
        return ""
    exact = f"{at:%Y-%m-%d %H:%M:%S} UTC"
    delta = timezone.now() - at
    near = f"{span(delta)} ago" if delta >= datetime.timedelta(0) else f"in {span(-delta)}"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, near)


@register.simple_tag
def badge(status: str) -> SafeString:
    """A status, as a word on its colour."""
    return format_html('<span class="badge {}">{}</span>', status, status.replace("_", " "))
