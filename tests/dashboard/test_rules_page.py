"""Global actions on their pages."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from integrations.models import Delivery
from monitors.changes import create_monitor
from projects.models import User
from projects.scopes import Role
from tasks.models import GlobalAction
from tests.browsers import browser_of
from tests.dashboard.rule_pages import ACTIONS, FIELDS, NEW


@pytest.fixture
def make(organization):
    def made(owner=organization, **fields):
        now = timezone.now()
        config = {"to": "ops@acme.example"}
        whole = {"name": "Failures", "integration": "email", "config": config, "trigger": "error", **fields}
        return GlobalAction.objects.create(organization=owner, created=now, updated=now, **whole)

    return made


def page_of(rule):
    return f"{ACTIONS}{rule.pk}/"


# -- Making and changing ---------------------------------------------------------------------------------------------


def test_an_action_is_made(admin_browser, project, organization):
    monitor = create_monitor(project, {"name": "backup", "interval": 60}, now=timezone.now())
    response = admin_browser.post(
        NEW,
        {
            **FIELDS,
            "statuses": ["error", "stale"],
            "events": ["stalled"],
            "monitor_events": ["monitor_down"],
            "progress": " 95%, */30 ",
            "project": "web",
            "monitor": str(monitor.pk),
            "name_filter": "^exp",
            "failures_in_row": "3",
            "notify_recovery": "on",
            "snooze_until": "2099-01-02T03:04",
        },
    )
    assert (response.status_code, response.url.rstrip("/") + "/") == (302, ACTIONS)
    rule = GlobalAction.objects.get()
    assert rule.trigger == "error,stale,stalled,monitor_down,95%, */30"
    assert (rule.project, rule.monitor, rule.name_filter) == (project, monitor, "^exp")
    assert (rule.failures_in_row, rule.notify_recovery, rule.enabled) == (3, True, True)
    assert rule.config == {"to": "ops@acme.example"}
    assert rule.snooze_until == datetime.datetime(2099, 1, 2, 3, 4, tzinfo=datetime.UTC)
    organization.refresh_from_db()
    assert organization.rules_version > 0


def test_an_action_that_was_made_fires(admin_browser, make_task, api):
    assert admin_browser.post(NEW, FIELDS).status_code == 302
    make_task(status="error")
    assert Delivery.objects.get().point == "error"
    page = admin_browser.get("/a/acme/deliveries/").content.decode()
    assert "export" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"name": ""}, "This field is required", id="no name"),
        pytest.param({"statuses": []}, "Choose at least one point", id="no points"),
        pytest.param({"progress": "soon"}, "is no trigger point", id="bad point"),
        pytest.param({"progress": "1,,2"}, "none of them empty", id="empty point"),
        pytest.param({"name_filter": "(a"}, "RE2 can", id="bad filter"),
        pytest.param({"failures_in_row": "0"}, "greater than or equal to 1", id="none in a row"),
        pytest.param({"statuses": [], "progress": "5", "failures_in_row": "2"}, "Only ends are counted", id="no ends"),
        pytest.param({"statuses": ["success"], "notify_recovery": "on"}, "nothing to recover from", id="no failure"),
        pytest.param({"to": ""}, "An e-mail needs recipients", id="nobody"),
        pytest.param({"to": "a@b"}, "is no e-mail address", id="bad address"),
        pytest.param({"integration": "webhook:gone"}, "is not one of the available", id="no integration"),
        pytest.param({"project": "nowhere"}, "is not one of the available", id="no project"),
        pytest.param({"monitor": "nothing"}, "is not one of the available", id="no monitor"),
        pytest.param({"snooze_until": "later"}, "Enter a valid date", id="no date"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(admin_browser, fields, said):
    response = admin_browser.post(NEW, {**FIELDS, "name": "kept-name", **fields})
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert "name" in fields or "kept-name" in page
    assert not GlobalAction.objects.exists()


def test_a_monitor_of_another_project_is_refused(admin_browser, other_project):
    monitor = create_monitor(other_project, {"name": "backup", "interval": 60}, now=timezone.now())
    response = admin_browser.post(NEW, {**FIELDS, "project": "web", "monitor": str(monitor.pk)})
    assert response.status_code == 422
    assert "is not of the project" in response.content.decode()


def test_an_action_is_changed(admin_browser, make):
    rule = make(trigger="stale , error", config={"to": "a@acme.example", "other": 1}, failures_in_row=2)
    fields = {**FIELDS, "name": "New name", "statuses": ["error", "stale"], "to": "b@acme.example"}
    assert admin_browser.post(page_of(rule), fields).status_code == 302
    rule.refresh_from_db()
    assert (rule.name, rule.failures_in_row) == ("New name", 1)
    assert rule.trigger == "stale , error"  # the same points
    assert rule.config == {"to": "b@acme.example", "other": 1}
    del fields["enabled"]
    assert admin_browser.post(page_of(rule), {**fields, "statuses": ["success"]}).status_code == 302
    rule.refresh_from_db()
    assert (rule.enabled, rule.trigger) == (False, "success")


def test_the_form_shows_what_is_stored(admin_browser, make):
    rule = make(trigger="error,95%,monitor_up", name_filter="^a", failures_in_row=7)
    page = admin_browser.get(page_of(rule)).content.decode()
    for text in ('value="error" id="id_statuses_0" checked', 'value="95%"', 'value="^a"', 'value="7"'):
        assert text in page, text
    assert re.search(r'value="monitor_up"[^>]*checked', page)


def test_an_action_whose_integration_is_gone_can_be_changed(admin_browser, make):
    rule = make(integration="webhook:gone", config={})
    fields = {**FIELDS, "integration": "webhook:gone", "to": "", "name": "still"}
    assert admin_browser.post(page_of(rule), fields).status_code == 302
    rule.refresh_from_db()
    assert rule.name == "still"


@pytest.mark.parametrize(("what", "value"), [("disable", False), ("enable", True)])
def test_it_is_switched(admin_browser, make, what, value):
    rule = make(enabled=not value)
    assert admin_browser.post(page_of(rule), {"do": what}).status_code == 302
    rule.refresh_from_db()
    assert rule.enabled is value


def test_it_is_kept_silent_and_heard_again(admin_browser, make):
    rule = make()
    page = admin_browser.post(page_of(rule), {"do": "snooze", "hours": "8"}, follow=True).content.decode()
    assert "stays silent until" in page
    rule.refresh_from_db()
    assert rule.snooze_until > timezone.now() + datetime.timedelta(hours=7)
    assert "silent" in admin_browser.get(ACTIONS).content.decode()
    admin_browser.post(page_of(rule), {"do": "wake"})
    rule.refresh_from_db()
    assert rule.snooze_until is None
    page = admin_browser.post(page_of(rule), {"do": "snooze", "hours": "9" * 50}, follow=True).content.decode()
    assert "Choose for how long" in page


def test_it_is_deleted(admin_browser, make):
    assert admin_browser.post(page_of(make()), {"do": "delete"}).status_code == 302
    assert not GlobalAction.objects.exists()


# -- Who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_actions_are_for_administrators(organization, make, role):
    browser, rule = browser_of(organization, role), make()
    for path in (ACTIONS, NEW, page_of(rule)):
        assert browser.get(path).status_code == 403
        assert browser.post(path, {"do": "delete"}).status_code in {403, 405}
    assert GlobalAction.objects.exists()


def test_strangers_find_nothing(admin_browser, make, stranger):
    theirs = make(owner=stranger.organization, name="theirs")
    monitor = create_monitor(stranger, {"name": "their-backup", "interval": 60}, now=timezone.now())
    for path in (ACTIONS, NEW):
        page = admin_browser.get(path).content.decode()
        assert "theirs" not in page
        assert "their-backup" not in page
    for path in (page_of(theirs), f"/a/globex/actions/{theirs.pk}/", "/a/globex/actions/new/", f"{ACTIONS}0/"):
        assert admin_browser.get(path).status_code == 404, path
        for what in ("delete", "preview", "disable", "snooze", "change"):
            assert admin_browser.post(path, {**FIELDS, "do": what}).status_code == 404, path
    assert admin_browser.post(NEW, {**FIELDS, "monitor": str(monitor.pk)}).status_code == 422


def test_forms_without_their_token_are_refused(admin_browser, make):
    careful, rule = Client(enforce_csrf_checks=True), make()
    careful.force_login(User.objects.get())
    assert careful.post(page_of(rule), {"do": "delete"}).status_code == 403
    assert careful.post(NEW, FIELDS).status_code == 403


def test_names_are_only_text(admin_browser, make, make_task):
    name = '<img src=x onerror=alert(1)>"onx='
    make_task(name, status="error")
    rule = make(name=name, name_filter="<b>", config={"to": name})
    for path in (ACTIONS, page_of(rule)):
        page = admin_browser.get(path).content.decode()
        assert "<img" not in page
        assert '"onx=' not in page
    page = admin_browser.post(NEW, {**FIELDS, "do": "preview"}).content.decode()
    assert "<img" not in page
    assert "&lt;img" in page


def test_queries_do_not_grow_with_actions(admin_browser, make, django_assert_max_num_queries):
    for number in range(20):
        make(name=f"a{number}")
    with django_assert_max_num_queries(6):
        assert "a19" in admin_browser.get(ACTIONS).content.decode()
