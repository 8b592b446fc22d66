"""How it goes: of one project, or of all that an organization has; and where a person begins."""

import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard import durations
from dashboard.charts import percent
from dashboard.spans import SPANS, Span
from dashboard.throughput import Throughput, throughput
from dashboard.visits import Visit, page
from monitors.models import Monitor
from monitors.states import State
from projects.models import Membership, Project
from tasks import statistics

MISSING = (State.DOWN.value, State.LATE.value)
QUEUES_SHOWN = 12
BEHIND = datetime.timedelta(minutes=5)  # that the counting worker may be before pages say so
PARTS = ("now", "past")  # of a project's overview, that move by themselves


@require_safe
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """`/a/`: the overview of the person's first organization."""
    own = Membership.objects.filter(user=request.user.pk, organization__deleted=None).order_by("organization__name")
    slug = own.values_list("organization__slug", flat=True).first()
    if slug is not None:
        return HttpResponseRedirect(reverse("overview", kwargs={"org": slug}))
    return render(request, "dashboard/overview_nowhere.html", {"title": "No organization", "person": request.user})


@require_safe
@page()
def overview(visit: Visit) -> HttpResponse:
    """`/a/{org}/`: `?project=` shows one project, `?span=` one of `SPANS`."""
    now = timezone.now()
    span = SPANS.get(visit.request.GET.get("span", ""), SPANS["24h"])
    counted_until = statistics.counted_until()
    shown = {
        "title": visit.project.name if visit.project else "Overview",
        "span": span,
        "spans": [{"span": other, "href": place(visit, span=other.slug)} for other in SPANS.values()],
        "since": span.since(now),
        "counted_until": counted_until,
        "is_behind": counted_until is not None and counted_until < now - BEHIND,
    }
    if visit.project is None:
        return visit.render("dashboard/overview_all.html", {**shown, "cards": cards(visit, span, now)})
    part = visit.request.GET.get("part", "")
    shown["refresh"] = {name: place(visit, span=span.slug, part=name) for name in PARTS}
    if part != "past":
        shown |= under_way(visit.project)
    if part != "now":
        shown |= what_ended(visit.project, span, now)
    template = "dashboard/overview.html"
    return visit.render(f"{template}#{part}" if part in PARTS else template, shown)


def under_way(project: Project) -> dict[str, Any]:
    """What is so at this moment, of one project."""
    active, queues = statistics.active_by_queue(project.pk)
    longest = max((queue.waiting + queue.running for queue in queues), default=1)
    missing = Monitor.objects.filter(project=project, enabled=True, status__in=MISSING).order_by("next_due")
    return {
        "active": active,
        "queues": queues[:QUEUES_SHOWN],
        "more_queues": max(len(queues) - QUEUES_SHOWN, 0),
        "longest_queue": longest,
        "late": list(missing[:50]),
        "monitor_count": Monitor.objects.filter(project=project, enabled=True).count(),
    }


def what_ended(project: Project, span: Span, now: datetime.datetime) -> dict[str, Any]:
    """What was counted of the span, of one project."""
    since = span.since(now)
    by_time = statistics.ends_by_time([project.pk], span.counted_by, since)
    names = statistics.ends_by_name(project.pk, span.begins_with, since)
    found = throughput(span, now, by_time[project.pk])
    return {
        "throughput": found,
        "rate": rate_of(found.total),
        "about_counts": about_counts(found.total, span),
        "about_rates": about_rates(found, span),
        "an_hour": found.total.total / max((now - since).total_seconds() / 3600, 1),
        "names": durations.name_rows(names),
        "more_names": max(len(names) - durations.SHOWN, 0),
        "range_width": durations.WIDTH,
    }


def cards(visit: Visit, span: Span, now: datetime.datetime) -> list[dict[str, Any]]:
    """One for each project, in three statements however many there are."""
    project_ids = [project.pk for project in visit.projects]
    by_time = statistics.ends_by_time(project_ids, span.counted_by, span.since(now))
    active = statistics.active_of_projects(project_ids)
    late = Monitor.objects.filter(project__in=project_ids, enabled=True, status__in=MISSING)
    late_of = list(late.values_list("project_id", flat=True))
    found = []
    for project in visit.projects:
        own = throughput(span, now, by_time[project.pk])
        found.append(
            {
                "project": project,
                "href": place(visit, project=project.slug, span=span.slug),
                "total": own.total,
                "rate": rate_of(own.total),
                "chart": own.counts[1],
                "about": about_counts(own.total, span),
                "active": active[project.pk],
                "late": late_of.count(project.pk),
            }
        )
    return found


def about_counts(total: statistics.Ends, span: Span) -> str:
    """What the columns show, for whoever does not see them."""
    return (
        f"In the last {span.words}, {total.total:,} tasks ended: {total.succeeded:,} succeeded, "
        f"{total.failed:,} failed, {total.cancelled:,} were cancelled."
    )


def about_rates(found: Throughput, span: Span) -> str:
    judged = [stretch for stretch in found.stretches if stretch.ends.failed]
    if not judged:
        return f"In the last {span.words}, no task failed."
    worst = max(judged, key=lambda stretch: stretch.ends.failure_rate or 0)
    return f"In the last {span.words}, {rate_of(found.total)} failed; most of all, {worst.rate}, {worst.words} UTC."


def rate_of(ends: statistics.Ends) -> str:
    return percent(ends.failure_rate) if ends.failure_rate is not None else "–"


def place(visit: Visit, **wanted: str) -> str:
    """The overview's address, of the same project unless another is wanted."""
    query = {"project": visit.project.slug if visit.project else "", **wanted}
    path = reverse("overview", kwargs={"org": visit.organization.slug})
    named = urlencode({name: value for name, value in query.items() if value})
    return f"{path}?{named}" if named else path
