"""Monitors on their pages: seen by members, made and changed by administrators."""

import re
import uuid

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from dashboard.monitor_runs import interval_as_cron
from monitors.changes import change_monitor
from monitors.checkins import ping
from monitors.models import Monitor
from monitors.states import Signal
from projects.models import User
from projects.scopes import Role
from tasks.changes import create_task
from tests.browsers import browser_of
from tests.dashboard.monitor_pages import FIELDS, MONITORS, NEW, NOON, page_of, text_of


@pytest.fixture
def viewer(organization, project):
    return browser_of(organization, Role.VIEWER)


@pytest.fixture
def member(organization, project):
    return browser_of(organization, Role.MEMBER)


# -- Seeing ----------------------------------------------------------------------------------------------------------


def test_those_that_need_somebody_come_first(viewer, make_monitor):
    for name, status in (("a-fine", "up"), ("b-late", "late"), ("c-down", "down"), ("d-new", "new")):
        Monitor.objects.filter(pk=make_monitor(name=name).pk).update(status=status)
    page = viewer.get(MONITORS).content.decode()
    assert page.index("c-down") < page.index("b-late") < page.index("a-fine") < page.index("d-new")
    assert "every hour" in page
    assert "New monitor" not in page


def test_those_of_one_project(viewer, make_monitor, other_project):
    make_monitor(name="of-web")
    make_monitor(other_project, name="of-billing")
    page = viewer.get(MONITORS).content.decode()
    assert "of-web" in page
    assert "<td>Billing</td>" in page
    page = viewer.get(MONITORS, {"project": "billing"}).content.decode()
    assert "of-web" not in page
    assert "of-billing" in page


def test_nothing_yet_says_what_to_do(viewer, admin_browser):
    assert "Administrators make them." in viewer.get(MONITORS).content.decode()
    assert "Make the first one" in admin_browser.get(MONITORS).content.decode()


def test_a_monitor_shows_its_schedule_and_how_to_ping_it(member, make_monitor):
    monitor = make_monitor(cron="30 2 * * 1-5", timezone="Europe/Berlin", max_runtime=5400)
    with time_machine.travel(NOON, tick=False):
        said = text_of(member.get(page_of(monitor)))
    assert "Runs at 02:30 on weekdays, Europe/Berlin." in said
    for day in ("Tue 03", "Wed 04", "Thu 05", "Fri 06", "Mon 09"):
        assert f"{day} Mar 2026, 02:30" in said
    assert "in 13 h 30 min" in said
    assert "1 hour 30 minutes" in said
    assert f"http://testserver/ping/{monitor.pk}" in said
    assert (
        f"30 2 * * 1-5 /path/to/job; curl -fsS -m 10 --retry 3 -o /dev/null http://testserver/ping/{monitor.pk}/$?"
        in said
    )


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ({"cron": "30 2 * * *", "timezone": "Asia/Tokyo"}, "In a crontab, of a machine whose clock shows Asia/Tokyo:"),
        ({"interval": 3600}, "In a crontab: 0 * * * * /path/to/job"),
        ({"interval": 5400}, "After the job, in a shell: /path/to/job"),
    ],
)
def test_where_the_line_belongs_is_said(member, make_monitor, schedule, said):
    assert said in text_of(member.get(page_of(make_monitor(**schedule))))


def test_the_address_that_is_shown_can_be_pinged(member, make_monitor):
    monitor = make_monitor()
    url = re.search(
        r'<code id="ping-url">http://testserver([^<]+)</code>', member.get(page_of(monitor)).content.decode()
    )
    assert Client().get(url[1]).status_code == 200
    said = text_of(member.get(page_of(monitor)))
    assert "new → up" in said
    assert "A run pinged." in said


def test_runs_that_are_tasks_are_shown(viewer, make_monitor, project, make_task):
    monitor = make_monitor()
    make_task("of.no.monitor")
    create_task(project, {"name": "nightly.run", "status": "error"}, monitor_id=monitor.pk, now=timezone.now())
    said = text_of(viewer.get(page_of(monitor)))
    assert "nightly.run error" in said
    assert "of.no.monitor" not in said
    assert "A run failed." in said


@pytest.mark.parametrize(
    ("seconds", "cron"),
    [(60, "* * * * *"), (900, "*/15 * * * *"), (3600, "0 * * * *"), (21600, "0 */6 * * *"), (86400, "0 0 * * *")]
    + [(seconds, "") for seconds in (1, 90, 420, 5400, 18000, 172800)],
)
def test_intervals_that_a_crontab_knows(seconds, cron):
    assert interval_as_cron(seconds) == cron


# -- Changing --------------------------------------------------------------------------------------------------------


def test_a_monitor_is_changed(admin_browser, make_monitor):
    monitor = make_monitor(max_runtime=60)
    assert 'value="1 hour"' in admin_browser.get(page_of(monitor)).content.decode()
    assert admin_browser.post(page_of(monitor), {**FIELDS, "name": "nightly"}).status_code == 302
    monitor.refresh_from_db()
    assert (monitor.name, monitor.interval, monitor.cron, monitor.max_runtime) == (
        "nightly",
        None,
        "30 2 * * 1-5",
        None,
    )
    assert admin_browser.post(page_of(monitor), {**FIELDS, "cron": "x"}).status_code == 422


def test_it_is_switched_off_and_on(admin_browser, make_monitor):
    monitor = make_monitor()
    for what, is_enabled in (("disable", False), ("enable", True)):
        assert admin_browser.post(page_of(monitor), {"do": what}).status_code == 302
        monitor.refresh_from_db()
        assert monitor.enabled is is_enabled


def test_it_is_deleted(admin_browser, make_monitor):
    page = admin_browser.post(page_of(make_monitor()), {"do": "delete"}, follow=True).content.decode()
    assert "is deleted. Its tasks stay." in page
    assert not Monitor.objects.exists()


# -- Who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_members_look_and_administrators_change(organization, make_monitor, role):
    browser, monitor = browser_of(organization, role), make_monitor()
    page = browser.get(page_of(monitor))
    assert page.status_code == 200
    assert "Delete" not in text_of(page)
    for what in ("delete", "disable", "change", "runs"):
        assert browser.post(page_of(monitor), {**FIELDS, "do": what}).status_code == 403
    assert browser.get(NEW).status_code == 403
    assert browser.post(NEW, FIELDS).status_code == 403
    assert Monitor.objects.get().enabled


def test_strangers_find_nothing(admin_browser, make_monitor, stranger):
    theirs = make_monitor(stranger, name="theirs")
    assert "theirs" not in admin_browser.get(MONITORS).content.decode()
    paths = (page_of(theirs), f"/a/globex/monitors/{theirs.pk}/", f"{MONITORS}{uuid.uuid4()}/", f"{MONITORS}x/")
    for path in paths:
        assert admin_browser.get(path).status_code == 404, path
        assert admin_browser.post(path, {"do": "delete"}).status_code == 404, path
    assert admin_browser.get("/a/globex/monitors/").status_code == 404
    assert Client().get(MONITORS).status_code == 302
    assert Monitor.objects.filter(pk=theirs.pk).exists()


def test_forms_without_their_token_are_refused(admin_browser, make_monitor):
    careful, monitor = Client(enforce_csrf_checks=True), make_monitor()
    careful.force_login(User.objects.get())
    assert careful.post(page_of(monitor), {"do": "delete"}).status_code == 403
    assert careful.post(NEW, FIELDS).status_code == 403


def test_names_are_only_text(admin_browser, make_monitor):
    monitor = make_monitor(name='<img src=x onerror=alert(1)>"onx=')
    ping(monitor.pk, Signal.FAILURE, timezone.now(), "<b>why</b>")
    for path in (MONITORS, page_of(monitor)):
        page = admin_browser.get(path).content.decode()
        assert "<img" not in page
        assert '"onx=' not in page
        assert "<b>why" not in page


def test_queries_do_not_grow(admin_browser, make_monitor, project, django_assert_max_num_queries):
    monitor = make_monitor()
    for number in range(20):
        make_monitor(name=f"m{number}")
        ping(monitor.pk, Signal.FAILURE if number % 2 else Signal.SUCCESS, timezone.now())
        create_task(project, {"name": "run"}, monitor_id=monitor.pk, now=timezone.now())
    change_monitor(monitor, {"enabled": False}, now=timezone.now())
    with django_assert_max_num_queries(6):
        admin_browser.get(MONITORS)
    with django_assert_max_num_queries(8):
        admin_browser.get(page_of(monitor))
