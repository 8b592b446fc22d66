"""Monitors: seen by all members, made and changed by administrators."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.forms import carried_out
from dashboard.monitor_forms import MonitorForm, NewMonitorForm, initial_of
from dashboard.monitor_runs import BAD_FIRST, changes_of, check_ins, crontab_line, interval_as_cron, next_runs
from dashboard.schedule_words import schedule_in_words
from dashboard.span_field import in_words
from dashboard.visits import Visit, page
from monitors.changes import change_monitor, create_monitor, delete_monitor
from monitors.models import Monitor
from monitors.schedules import zone_names
from monitors.wire import ping_url_of
from projects.scopes import Scope
from taskapi.rest.params import public_id_of

MOST_SHOWN = 500
SCHEDULE_FIELDS = ("kind", "interval", "cron", "timezone")


@require_safe
@page()
def monitor_list(visit: Visit) -> HttpResponse:
    """`/a/{org}/monitors/`: those that need somebody first."""
    projects = [visit.project] if visit.project else visit.projects
    found = Monitor.objects.filter(project__in=projects).order_by(BAD_FIRST, "name", "created")[: MOST_SHOWN + 1]
    monitors, by_number = list(found), {project.pk: project for project in projects}
    rows = [{"monitor": one, "project": by_number[one.project_id], "words": words_of(one)} for one in monitors]
    context = {"title": "Monitors", "rows": rows[:MOST_SHOWN], "most": MOST_SHOWN if len(rows) > MOST_SHOWN else None}
    return visit.render("dashboard/monitors.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def monitor_new(visit: Visit) -> HttpResponse:
    """`/a/{org}/monitors/new/`"""
    sent = visit.request.POST if visit.request.method == "POST" else None
    form = NewMonitorForm(visit.projects, sent, initial={"project": visit.project.slug if visit.project else ""})
    if sent is not None and sent.get("do") == "runs":
        return runs_of_typed(visit, form, {"title": "New monitor", "form": form})
    made: list[Monitor] = []

    def make(fields: dict[str, Any]) -> None:
        project = next(one for one in visit.projects if one.slug == fields["project"])
        made.append(create_monitor(project, form.fields_of(fields), now=timezone.now()))

    if sent is not None and carried_out(form, make):
        messages.success(visit.request, f"{made[0].name} is made. It waits for its first ping.")
        return to_page(visit, made[0])
    context = {"title": "New monitor", "form": form, "zones": sorted(zone_names())}
    return visit.render("dashboard/monitor_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page()
def monitor_page(visit: Visit, id: str) -> HttpResponse:
    """`/a/{org}/monitors/{id}/`. A POST does what its `do` says; without one, it changes the monitor."""
    monitor = found(visit, id)
    sent = visit.request.POST if visit.request.method == "POST" else None
    if sent is not None and not visit.may_administer:
        raise PermissionDenied("Monitors are changed by administrators.")
    what = sent.get("do", "change") if sent is not None else ""
    form = MonitorForm(sent if what in {"change", "runs"} else None, initial=initial_of(monitor))
    if what == "runs":
        return runs_of_typed(visit, form, shown(visit, monitor, form))
    if what in {"enable", "disable"}:
        change_monitor(monitor, {"enabled": what == "enable"}, now=timezone.now())
        messages.success(visit.request, f"{monitor.name} is {what}d.")
        return to_page(visit, monitor)
    if what == "delete":
        delete_monitor(monitor)
        messages.success(visit.request, f"{monitor.name} is deleted. Its tasks stay.")
        return HttpResponseRedirect(reverse("monitors", kwargs={"org": visit.organization.slug}))
    if what == "change" and carried_out(
        form, lambda fields: change_monitor(monitor, form.fields_of(fields), now=timezone.now())
    ):
        messages.success(visit.request, "The monitor is changed.")
        return to_page(visit, monitor)
    return visit.render("dashboard/monitor.html", shown(visit, monitor, form), status=422 if form.errors else 200)


def found(visit: Visit, id: str) -> Monitor:
    """The monitor, of any project of the organization; raises `Http404`."""
    public_id = public_id_of(id)
    by_number = {project.pk: project for project in visit.projects}
    monitor = Monitor.objects.filter(pk=public_id, project__in=by_number).first() if public_id else None
    if monitor is None:
        raise Http404
    monitor.project = by_number[monitor.project_id]
    return monitor


def shown(visit: Visit, monitor: Monitor, form: MonitorForm) -> dict[str, Any]:
    ping_url, now = ping_url_of(monitor) if visit.may_write else "", timezone.now()
    runs = next_runs(monitor.interval, monitor.cron, monitor.timezone, now, monitor.next_due)
    return {
        "title": monitor.name,
        "monitor": monitor,
        "project": monitor.project,
        "words": words_of(monitor),
        "late_after": in_words(monitor.late_after),
        "grace": in_words(monitor.grace),
        "max_runtime": in_words(monitor.max_runtime) if monitor.max_runtime else "",
        "runs": runs,
        "is_cron": bool(monitor.cron),
        "zone": monitor.timezone,
        "check_ins": check_ins(monitor),
        "changes": changes_of(monitor),
        "ping_url": ping_url,
        "crontab": crontab_line(monitor, ping_url),
        "has_line": bool(interval_as_cron(monitor.interval or 0)),
        "form": form,
        "zones": sorted(zone_names()) if visit.may_administer else [],
    }


def runs_of_typed(visit: Visit, form: MonitorForm, context: dict[str, Any]) -> HttpResponse:
    """The schedule that is typed, in words and by its next runs, before it is saved."""
    for name in form.errors.keys() - set(SCHEDULE_FIELDS):
        del form.errors[name]  # nobody has asked about these yet
    wrong = any(name in form.errors for name in SCHEDULE_FIELDS)
    typed: dict[str, Any] = {"is_wrong": wrong}
    if not wrong:
        schedule = form.schedule(form.cleaned_data)
        typed |= {"words": schedule_in_words(*schedule), "runs": next_runs(*schedule, timezone.now())}
        typed |= {"zone": schedule[2], "is_cron": bool(schedule[1])}
    if "HX-Request" in visit.request.headers:
        return visit.render("dashboard/monitor_form.html#typed", {"typed": typed})
    template = "dashboard/monitor.html" if "monitor" in context else "dashboard/monitor_new.html"
    context = {"zones": sorted(zone_names()), **context, "typed": typed}
    return visit.render(template, context)


def words_of(monitor: Monitor) -> str:
    return schedule_in_words(monitor.interval, monitor.cron, monitor.timezone)


def to_page(visit: Visit, monitor: Monitor) -> HttpResponse:
    place = {"org": visit.organization.slug, "id": str(monitor.pk)}
    return HttpResponseRedirect(reverse("monitor-page", kwargs=place))
