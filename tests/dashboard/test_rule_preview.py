"""How often a global action would have fired, before it is saved."""

import datetime
import re

import pytest
import time_machine
from django.utils import timezone

from dashboard import rule_preview
from integrations.models import Delivery
from monitors.changes import create_monitor
from monitors.checkins import ping
from monitors.models import MonitorChange
from monitors.states import Signal
from projects.scopes import Role
from tasks.changes import create_task
from tasks.lifecycle import announce_monitors
from tasks.models import GlobalAction, Task
from tests.browsers import browser_of
from tests.dashboard.rule_pages import FIELDS, NEW


@pytest.fixture
def stored(organization):
    now, config = timezone.now(), {"to": "ops@acme.example"}
    return GlobalAction.objects.create(
        organization=organization,
        name="Failures",
        integration="email",
        config=config,
        trigger="error",
        created=now,
        updated=now,
    )


def try_out(browser, path=NEW, **fields):
    """What the preview says, without its tags."""
    sent = {**FIELDS, **fields, "do": "preview"}
    response = browser.post(path, sent, headers={"hx-request": "true"})
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_failures_of_the_last_week_are_counted(admin_browser, make_task, api):
    with time_machine.travel(timezone.now() - datetime.timedelta(days=8)):
        make_task("long.ago", status="error")
    make_task("created.failed", status="error")
    task = make_task("failed.later")
    api.patch(f"tasks/{task['id']}", {"status": "processing"})
    api.patch(f"tasks/{task['id']}", {"status": "error"})
    make_task("went.well", status="success")
    said = try_out(admin_browser)
    assert "would have fired 2 times in the last 7 days" in said
    assert "failed.later error" in said
    assert "long.ago" not in said


def test_the_preview_agrees_with_what_fires(admin_browser, api, organization):
    """The rule is made first: what it then sends is what a preview of the same says it would have sent."""
    fields = {**FIELDS, "statuses": ["error", "stale"], "failures_in_row": "2", "notify_recovery": "on"}
    assert admin_browser.post(NEW, fields).status_code == 302
    for status in ("error", "error", "error", "cancelled", "success", "success", "error", "success"):
        task = api.post("tasks", {"name": "nightly"}).json()
        api.patch(f"tasks/{task['id']}", {"status": status})
    again = api.post("tasks", {"name": "nightly", "status": "error"}).json()
    for status in ("stale", "processing", "error"):
        api.patch(f"tasks/{again['id']}", {"status": status})
    sent = Delivery.objects.count()
    assert sent > 2
    assert f"would have fired {sent} times" in try_out(admin_browser, **fields)


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({}, 4),
        ({"project": "web"}, 3),
        ({"name_filter": "^exp"}, 2),
        ({"failures_in_row": "2"}, 1),
        ({"statuses": ["success"]}, 0),
        ({"statuses": ["error", "pending"]}, 4),
    ],
)
def test_it_counts_what_the_action_is_about(admin_browser, make_task, other_project, stranger, fields, count):
    make_task("export", status="error")
    make_task("export", status="error")
    make_task("import", status="error")
    create_task(other_project, {"name": "import", "status": "error"}, now=timezone.now())
    create_task(stranger, {"name": "export", "status": "error"}, now=timezone.now())
    assert f"would have fired {count} time" in try_out(admin_browser, **fields)


def test_to_be_heard_of_again_fires_nothing(admin_browser, make_task, api):
    task = make_task(status="processing")
    api.patch(f"tasks/{task['id']}", {"status": "stale"})
    api.patch(f"tasks/{task['id']}", {"value": 5})
    assert Task.objects.get().status == "processing"
    assert "would have fired 1 time " in try_out(admin_browser, statuses=["processing"])


def test_monitors_are_counted(admin_browser, project, other_project):
    now = timezone.now()
    monitors = [create_monitor(one, {"name": "backup", "interval": 60}, now=now) for one in (project, other_project)]
    for monitor in monitors:
        ping(monitor.pk, Signal.SUCCESS, now)
        ping(monitor.pk, Signal.FAILURE, now)
        ping(monitor.pk, Signal.SUCCESS, now)
    assert MonitorChange.objects.count() == 6
    fields = {"statuses": [], "monitor_events": ["monitor_down", "monitor_up"]}
    assert "would have fired 4 times" in try_out(admin_browser, **fields)
    said = try_out(admin_browser, **fields, monitor=str(monitors[0].pk))
    assert "would have fired 2 times" in said
    assert "backup monitor_up" in said
    assert "would have fired 0 times" in try_out(admin_browser, **fields, name_filter="x")
    admin_browser.post(NEW, {**FIELDS, **fields})
    announce_monitors(now, 100)
    assert Delivery.objects.count() == 4


def test_of_very_many_changes_of_monitors_the_newest_are_counted(admin_browser, project, monkeypatch):
    monkeypatch.setattr(rule_preview, "CHANGES_MAX", 3)
    now = timezone.now()
    monitor = create_monitor(project, {"name": "backup", "interval": 60}, now=now)
    fields = {"statuses": [], "monitor_events": ["monitor_down"]}
    for signal in (Signal.SUCCESS, Signal.FAILURE, Signal.SUCCESS):
        ping(monitor.pk, signal, now)
    assert "would have fired 1 time in the last 7 days" in try_out(admin_browser, **fields)
    ping(monitor.pk, Signal.FAILURE, now)
    said = try_out(admin_browser, **fields)
    assert MonitorChange.objects.count() == 4
    assert "would have fired at least 2 times in the last 7 days" in said
    assert "their newest 3 changes are counted" in said


def test_what_leaves_no_history_is_said(admin_browser, make_task):
    make_task(status="error", value=50)
    said = try_out(admin_browser, progress="95%, */30", events=["stalled"])
    assert "would have fired 1 time " in said
    assert "Not counted: stalled, 95%, */30" in said
    said = try_out(admin_browser, statuses=[], progress="95%")
    assert "would have fired" not in said
    assert "This can’t be told: 95%" in said


def test_of_very_many_tasks_the_newest_are_counted(admin_browser, make_task, monkeypatch):
    monkeypatch.setattr(rule_preview, "CHUNK", 2)
    for _ in range(5):
        make_task(status="error")
    assert "would have fired 5 times in the last 7 days" in try_out(admin_browser)
    monkeypatch.setattr(rule_preview, "TASKS_MAX", 4)
    for fields in ({"failures_in_row": "2"}, {"notify_recovery": "on"}):
        said = try_out(admin_browser, **fields)
        assert re.search("would have fired [14] times? since", said)
        assert "by the newest of them" in said


def test_of_older_tasks_those_that_are_as_they_became_are_counted(admin_browser, make_task, api, monkeypatch):
    monkeypatch.setattr(rule_preview, "CHUNK", 2)
    monkeypatch.setattr(rule_preview, "TASKS_MAX", 4)
    retried = make_task("retried", status="error")
    api.patch(f"tasks/{retried['id']}", {"status": "success"})
    make_task("old", status="error")
    for _ in range(4):
        make_task("new", status="success")
    said = try_out(admin_browser)
    assert "would have fired at least 1 time in the last 7 days" in said
    assert "only those count that still are" in said


def test_what_is_not_right_yet_is_said(admin_browser):
    said = try_out(admin_browser, name_filter="(", name="")
    assert "can’t be tried yet" in said
    assert "Names that match: RE2" in said
    assert "Name: This field" not in said


def test_nothing_is_saved_by_trying(admin_browser, stored):
    try_out(admin_browser, name="other")
    try_out(admin_browser, f"/a/acme/actions/{stored.pk}/", name="other")
    assert GlobalAction.objects.get().name == "Failures"


def test_trying_needs_no_script(admin_browser, stored, make_task):
    make_task(status="error")
    for path in (NEW, f"/a/acme/actions/{stored.pk}/"):
        page = admin_browser.post(path, {**FIELDS, "name": "", "name_filter": "exp", "do": "preview"})
        text = page.content.decode()
        assert page.status_code == 200
        assert "It would have fired <b>1</b> time" in text
        assert 'value="exp"' in text
        assert 'class="error"' not in text


def test_the_preview_of_an_organization_without_projects(stranger):
    stranger.organization.projects.all().delete()
    browser = browser_of(stranger.organization, Role.OWNER)
    sent = {**FIELDS, "monitor_events": ["monitor_up"], "do": "preview"}
    assert "<b>0</b> times" in browser.post("/a/globex/actions/new/", sent).content.decode()
