"""/api/{org}/actions: the rules of an organization. How they fire is in test_global_firing.py."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.models import Channel
from monitors.models import Monitor
from projects.models import Organization, User
from projects.scopes import Role, Scope
from tasks.models import GlobalAction, Streak
from tests.answers import assert_failed, assert_refused, errors_of
from tests.client import Api

TO = {"to": "ops@example.org"}
LEAST = {"name": "Failures", "integration": "email", "config": TO, "trigger": "error"}
DEFAULTS = {
    "enabled": True,
    "project": None,
    "monitor": None,
    "name_filter": "",
    "failures_in_row": 1,
    "notify_recovery": False,
    "snooze_until": None,
}
FIELDS = {"id", "created", "updated", *LEAST, *DEFAULTS}


@pytest.fixture
def make_monitor():
    """A monitor of a project; its id as the wire has it."""

    def make(project):
        monitor = Monitor.objects.create(project=project, name="nightly", interval=60, created=timezone.now())
        return str(monitor.pk)

    return make


@pytest.fixture
def make_channel():
    def make(organization, slug="ops", **fields):
        now, config = timezone.now(), {"url": "https://hooks.example.org/ops"}
        Channel.objects.create(
            organization=organization, kind="webhook", slug=slug, config=config, created=now, updated=now, **fields
        )
        return f"webhook:{slug}"

    return make


@pytest.fixture
def make(admin):
    """A global action made over HTTP, of which only what matters is named."""

    def _make(**fields):
        response = admin.post("actions", {**LEAST, **fields})
        assert response.status_code == 201, response.content
        return response.json()

    return _make


@pytest.fixture
def version(organization):
    """The organization's version of its rules, as it is now."""
    return lambda: Organization.objects.get(pk=organization.pk).rules_version


def path(rule):
    return f"actions/{rule['id']}"


# -- Made, read, changed, deleted ------------------------------------------------------------------------------------


def test_there_are_none_at_first(admin):
    response = admin.get("actions")
    assert (response.status_code, response.json()) == (200, [])


def test_what_is_required_is_enough(admin):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        response = admin.post("actions", LEAST)
    assert response.status_code == 201, response.content
    body = response.json()
    moment = "2026-03-01T12:00:00Z"
    assert body == {"id": body["id"], **LEAST, **DEFAULTS, "created": moment, "updated": moment}
    assert isinstance(body["id"], int)
    assert admin.get("actions").json() == [body]
    assert admin.get(path(body)).json() == body


def test_all_of_it_can_be_sent(admin, organization, project, make_monitor, make_channel):
    sent = {
        "name": "Übertragung 🐘",
        "enabled": False,
        "integration": make_channel(organization),
        "config": {},
        "trigger": " error , stale,*/10%, monitor_down,monitor_late ,monitor_up",
        "project": "web",
        "monitor": make_monitor(project),
        "name_filter": r"^(export|import)\.\d+$",
        "failures_in_row": 1000,
        "notify_recovery": True,
        "snooze_until": "2030-01-01T00:00:00+01:00",
    }
    response = admin.post("actions", sent)
    assert response.status_code == 201, response.content
    body = response.json()
    assert set(body) == FIELDS
    assert {name: body[name] for name in sent} == {**sent, "snooze_until": "2029-12-31T23:00:00Z"}
    assert admin.get(path(body)).json() == body


@pytest.mark.parametrize("slash", ["", "/"])
def test_they_are_listed_as_they_were_made_and_shown(admin, make, project, slash):
    rules = [make(name=name) for name in ("b", "a", "c")]
    assert admin.get(f"actions{slash}").json() == rules
    assert admin.get(f"{path(rules[1])}{slash}").json() == rules[1]


def test_a_list_costs_one_query_beside_the_key(
    admin, make, project, other_project, make_monitor, django_assert_num_queries
):
    for place in (project, other_project):
        make(project=place.slug, monitor=make_monitor(place))
    make()
    with django_assert_num_queries(1):
        assert len(admin.get("actions").json()) == 3


OTHERS = {
    "name": "Other",
    "enabled": False,
    "config": {"to": "a@example.org, b@example.org", "subject": [1e20, 10**18, None]},
    "trigger": "stale,monitor_up",
    "project": "billing",
    "monitor": None,
    "name_filter": "export",
    "failures_in_row": 3,
    "notify_recovery": True,
    "snooze_until": "2040-01-01T00:00:00Z",
}


@pytest.mark.parametrize("field", OTHERS)
def test_a_patch_changes_what_it_names_alone(admin, make, other_project, field):
    rule = make()
    with time_machine.travel("2036-03-01T12:00:00Z", tick=False):
        response = admin.patch(path(rule), {field: OTHERS[field]})
    assert response.status_code == 200, response.content
    assert response.json() == {**rule, field: OTHERS[field], "updated": "2036-03-01T12:00:00Z"}
    assert admin.get("actions").json() == [response.json()]


def test_an_empty_patch_moves_updated_alone(admin, make):
    rule = make()
    with time_machine.travel("2036-03-01T12:00:00Z", tick=False):
        assert admin.patch(path(rule), {}).json() == {**rule, "updated": "2036-03-01T12:00:00Z"}


def test_a_put_keeps_what_it_leaves_out(admin, make, project):
    rule = make(project="web", name_filter="x", failures_in_row=2, enabled=False)
    sent = {"name": "Other", "integration": "email", "trigger": "stale"}
    response = admin.put(path(rule), sent)
    assert response.status_code == 200, response.content
    assert response.json() == {**rule, **sent, "updated": response.json()["updated"]}


def test_a_put_requires_name_integration_and_trigger(admin, make):
    rule = make()
    assert_refused(admin.put(path(rule), {"enabled": False}), "name", "integration", "trigger")
    assert admin.get(path(rule)).json() == rule


@pytest.mark.parametrize("field", ["project", "monitor", "name_filter", "snooze_until"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_null_narrows_nothing(admin, make, project, make_monitor, method, field):
    full = {"project": "web", "monitor": make_monitor(project), "name_filter": "x", "snooze_until": "2040-01-01T00:00Z"}
    url = "actions" if method == "POST" else path(make(**full))
    response = admin.request(method, url, {**LEAST, field: None})
    assert response.status_code in {200, 201}, response.content
    assert response.json()[field] == DEFAULTS[field]


def test_what_is_shown_can_be_sent_back(admin, make, project, make_monitor):
    rule = make(project="web", monitor=make_monitor(project), snooze_until="2040-01-01T00:00:00Z")
    response = admin.put(path(rule), rule)
    assert response.json() == {**rule, "updated": response.json()["updated"]}


def test_what_only_the_server_says_is_not_taken_from_a_client(admin, make):
    rule = make()
    sent = {"id": 7, "created": None, "updated": None, "organization": "globex", "organization_id": 7, "streaks": []}
    body = admin.patch(path(rule), sent).json()
    assert body == {**rule, "updated": body["updated"]}
    assert set(make(**sent)) == FIELDS


def test_a_deleted_one_is_gone_for_good(admin, make, project):
    rule, other = make(), make()
    Streak.objects.create(action_id=rule["id"], project=project, name="export", length=2)
    response = admin.delete(path(rule))
    assert (response.status_code, response.content) == (204, b"")
    for method in ("GET", "DELETE"):
        assert_failed(admin.request(method, path(rule)), 404, "not_found")
    for method in ("PUT", "PATCH"):
        assert_failed(admin.request(method, path(rule), LEAST), 404, "not_found")
    assert admin.get("actions").json() == [other]
    assert not GlobalAction.objects.filter(pk=rule["id"]).exists()
    assert not Streak.objects.exists()


@pytest.mark.parametrize(
    "rule_id", ["0", "999999", "9" * 18, "9" * 30, "x", "-1", "1.5", "²", "%00", str(uuid.UUID(int=7))]
)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_there_is_no_such_global_action(admin, make, method, rule_id):
    make()
    body = {"body": LEAST} if method in {"PUT", "PATCH"} else {}
    assert_failed(admin.request(method, f"actions/{rule_id}", **body), 404, "not_found")


# -- Refused ---------------------------------------------------------------------------------------------------------


def bad(field, value, *, id):
    return pytest.param(field, value, id=id)


BAD = [
    bad("name", "", id="blank name"),
    bad("name", None, id="name is null"),
    bad("name", 5, id="name is a number"),
    bad("name", "x" * 256, id="name of 256 characters"),
    bad("enabled", None, id="enabled is null"),
    bad("enabled", "true", id="enabled is text"),
    bad("enabled", 1, id="enabled is a number"),
    bad("integration", "", id="blank channel"),
    bad("integration", None, id="channel is null"),
    bad("integration", ["email"], id="channel is a list"),
    bad("integration", "sms", id="unknown kind of channel"),
    bad("integration", "webhook:ops", id="unknown channel"),
    bad("integration", "webhook:", id="channel without a slug"),
    bad("integration", "e" * 51, id="channel of 51 characters"),
    bad("config", None, id="config is null"),
    bad("config", {}, id="config is empty"),
    bad("config", "ops@example.org", id="config is text"),
    bad("config", {"to": "nobody"}, id="no address"),
    bad("trigger", "", id="blank trigger"),
    bad("trigger", None, id="trigger is null"),
    bad("trigger", 95, id="trigger is a number"),
    bad("trigger", "error,done", id="no such point"),
    bad("trigger", "monitor_new", id="no such event of a monitor"),
    bad("trigger", "Monitor_up", id="an event in capitals"),
    bad("trigger", "1," * 128, id="trigger of 256 characters"),
    bad("project", "", id="blank project"),
    bad("project", "nowhere", id="unknown project"),
    bad("project", "WEB", id="project in capitals"),
    bad("project", 5, id="project is a number"),
    bad("project", {"slug": "web"}, id="project is an object"),
    bad("project", "x" * 100_000, id="project of many characters"),
    bad("monitor", "", id="blank monitor"),
    bad("monitor", "nightly", id="monitor by its name"),
    bad("monitor", 5, id="monitor is a number"),
    bad("monitor", str(uuid.UUID(int=7)), id="unknown monitor"),
    bad("name_filter", "(", id="no regular expression"),
    bad("name_filter", "(?=x)", id="look-ahead"),
    bad("name_filter", r"(x)\1", id="back reference"),
    bad("name_filter", "(((a{1000}){1000}){1000})", id="a filter that would grow large"),
    bad("name_filter", r"\pL{1000}" * 28, id="another one"),
    bad("name_filter", "x" * 256, id="filter of 256 characters"),
    bad("name_filter", 5, id="filter is a number"),
    bad("failures_in_row", 0, id="no failure"),
    bad("failures_in_row", -1, id="less than none"),
    bad("failures_in_row", 1001, id="too many failures"),
    bad("failures_in_row", 2**63, id="failures over int64"),
    bad("failures_in_row", 1.5, id="half a failure"),
    bad("failures_in_row", "3", id="failures are text"),
    bad("failures_in_row", True, id="failures are true"),
    bad("failures_in_row", None, id="failures are null"),
    bad("notify_recovery", None, id="recovery is null"),
    bad("notify_recovery", "yes", id="recovery is text"),
    bad("snooze_until", "tomorrow", id="no moment"),
    bad("snooze_until", "", id="blank moment"),
    bad("snooze_until", 5, id="moment is a number"),
    bad("snooze_until", "2030-02-30T00:00:00Z", id="no such day"),
]


@pytest.mark.parametrize(("field", "value"), BAD)
def test_a_bad_field_is_named(admin, project, field, value):
    assert_refused(admin.post("actions", {**LEAST, field: value}), field)
    assert not GlobalAction.objects.exists()


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(("field", "value"), BAD)
def test_a_bad_field_of_a_change_is_named(admin, project, make, version, method, field, value):
    rule, before = make(), version()
    body = {**LEAST, field: value} if method == "PUT" else {field: value}
    assert_refused(admin.request(method, path(rule), body), field)
    assert admin.get(path(rule)).json() == rule
    assert version() == before


@pytest.mark.parametrize("body", [[], [LEAST], "email", 5, None], ids=repr)
def test_a_body_is_an_object(admin, make, body):
    rule = make()
    for method, url in (("POST", "actions"), ("PUT", path(rule)), ("PATCH", path(rule))):
        assert_refused(admin.request(method, url, body), "non_field_errors")


def test_name_integration_and_trigger_are_required(admin):
    assert_refused(admin.post("actions", {}), "name", "integration", "trigger")
    assert_refused(admin.post("actions", {**LEAST, "config": {}}), "config")
    without = {name: value for name, value in LEAST.items() if name != "config"}
    assert_refused(admin.post("actions", without), "config")


def test_the_detail_says_what_is_wrong(admin):
    wrong = {"trigger": "error,done", "name_filter": "(?=x)", "project": "nowhere", "integration": "webhook:away"}
    details = {error["attr"]: error["detail"] for error in errors_of(admin.post("actions", {**LEAST, **wrong}))}
    assert details.keys() == wrong.keys()
    for field, said in {
        "trigger": "“done”",
        "name_filter": "“(?=”",
        "project": "nowhere",
        "integration": "away",
    }.items():
        assert said in details[field]


def test_every_bad_field_is_named_at_once(admin, project, make, make_monitor, other_project):
    wrong = {"name": "", "enabled": 1, "trigger": "95%", "name_filter": "(", "integration": "sms", "config": {}}
    wrong |= {"project": "nowhere", "monitor": str(uuid.UUID(int=7))}
    wrong |= {"failures_in_row": 2, "notify_recovery": True, "snooze_until": "x"}
    named = wrong.keys() - {"trigger", "config"}  # the trigger is one; what a config needs, only its channel knows
    assert_refused(admin.post("actions", wrong), *named)
    assert_refused(admin.put(path(make()), wrong), *named)
    assert_refused(admin.patch(path(make()), wrong), *named)
    apart = {**LEAST, "name": None, "project": "web", "monitor": make_monitor(other_project), "config": 5}
    assert_refused(admin.post("actions", apart), "name", "monitor", "config")
    assert_refused(admin.post("actions", {**LEAST, "integration": "sms", "config": None}), "integration", "config")


def test_what_only_a_bad_field_could_tell_is_not_held_against_others(admin, make, make_monitor, other_project, project):
    rule = make(project="web", failures_in_row=2)
    there = make_monitor(other_project)
    assert_refused(admin.patch(path(rule), {"project": 5, "monitor": there}), "project")
    assert_refused(admin.patch(path(rule), {"project": "nowhere", "monitor": there}), "project")
    assert_refused(admin.patch(path(rule), {"integration": 5, "config": {}}), "integration")
    assert_refused(admin.patch(path(rule), {"trigger": "x", "failures_in_row": 3}), "trigger")
    (error,) = errors_of(admin.patch(path(rule), {"trigger": "95%", "failures_in_row": "3"}))
    assert (error["attr"], error["code"]) == ("failures_in_row", "invalid")


# -- What goes together ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trigger", "counts", "recovers"),
    [
        pytest.param("error", True, True, id="error"),
        pytest.param("cancelled", True, True, id="cancelled"),
        pytest.param("stale", True, True, id="stale"),
        pytest.param("95%, error ,success", True, True, id="an end among others"),
        pytest.param("success", True, False, id="success alone: nothing to recover from"),
        pytest.param("pending,pre_processing,processing,post_processing", False, False, id="no ends"),
        pytest.param("250,95%,*/30", False, False, id="numbers"),
        pytest.param("max_runtime_exceeded,stalled", False, False, id="events of tasks"),
        pytest.param("monitor_late,monitor_down,monitor_up", False, False, id="events of monitors"),
    ],
)
def test_only_ends_are_counted_and_only_failures_are_recovered_from(admin, make, trigger, counts, recovers):
    rule = make(trigger=trigger)
    for field, value, is_fine in (("failures_in_row", 2, counts), ("notify_recovery", True, recovers)):
        for method, url in (("POST", "actions"), ("PUT", path(rule)), ("PATCH", path(rule))):
            response = admin.request(method, url, {**LEAST, "trigger": trigger, field: value})
            if is_fine:
                assert response.status_code in {200, 201}, response.content
            else:
                assert_refused(response, field)


def test_a_monitor_is_of_the_project_that_is_named(admin, project, other_project, make_monitor):
    here, there = make_monitor(project), make_monitor(other_project)
    assert admin.post("actions", {**LEAST, "project": "web", "monitor": here}).status_code == 201
    assert admin.post("actions", {**LEAST, "monitor": there}).status_code == 201
    assert_refused(admin.post("actions", {**LEAST, "project": "web", "monitor": there}), "monitor")


def test_a_patch_is_checked_together_with_what_is_stored(
    admin, make, organization, project, other_project, make_monitor, make_channel
):
    hook = make_channel(organization)
    rule = make(project="web", monitor=make_monitor(project), failures_in_row=2, notify_recovery=True)
    assert_refused(admin.patch(path(rule), {"project": "billing"}), "monitor")
    assert_refused(admin.patch(path(rule), {"monitor": make_monitor(other_project)}), "monitor")
    assert_refused(admin.patch(path(rule), {"trigger": "95%"}), "failures_in_row", "notify_recovery")
    assert_refused(admin.patch(path(rule), {"trigger": "95%", "failures_in_row": 1}), "notify_recovery")
    assert_refused(admin.patch(path(rule), {"config": {"to": 5}}), "config")
    assert admin.get(path(rule)).json() == rule
    changes = (
        {"project": None},
        {"project": "billing", "monitor": None},
        {"trigger": "95%", "failures_in_row": 1, "notify_recovery": False},
        {"integration": hook, "config": {}},
    )
    for change in changes:
        response = admin.patch(path(rule), change)
        assert response.status_code == 200, response.content
        assert {name: response.json()[name] for name in change} == change
    assert_refused(admin.patch(path(rule), {"integration": "email"}), "config")


def test_what_names_no_channel_does_not_ask_for_it(admin, make, organization, make_channel):
    rule = make(integration=make_channel(organization), config={})
    Channel.objects.all().delete()
    assert admin.patch(path(rule), {"enabled": False}).status_code == 200
    assert_refused(admin.patch(path(rule), {"config": {}}), "integration")
    assert_refused(admin.put(path(rule), {**LEAST, "integration": "webhook:ops", "config": {}}), "integration")


def test_a_channel_may_be_switched_off_meanwhile(organization, make, make_channel):
    make(integration=make_channel(organization, enabled=False), config={})


@pytest.mark.parametrize("text", ["(a+)+$", "(a|aa)+$", "([a-z]+)*$", "(x+x+)+y"])
def test_what_stalls_other_engines_is_a_filter_as_any_other(admin, make, make_task, text):
    make(name_filter=text, trigger="pending")
    assert make_task("a" * 254 + "!")["status"] == "pending"


# -- Whose it is -----------------------------------------------------------------------------------------------------


@pytest.fixture
def foreign(stranger, make_key):
    return Api(make_key(stranger.organization, Scope.ADMIN), base="/api/globex")


def test_what_is_of_others_is_unknown(admin, organization, project, stranger, make_monitor, make_channel):
    stranger.organization.projects.create(slug="theirs", name="Theirs")
    sent = {"project": "theirs", "monitor": make_monitor(stranger), "integration": make_channel(stranger.organization)}
    assert_refused(admin.post("actions", {**LEAST, **sent}), *sent)
    here = admin.post("actions", {**LEAST, "project": "web"}).json()
    assert_refused(admin.patch(path(here), sent), *sent)
    assert GlobalAction.objects.get().project == project


def test_what_is_unknown_is_told_like_what_is_of_others(admin, stranger, make_monitor):
    theirs, none = make_monitor(stranger), str(uuid.UUID(int=7))
    said = [errors_of(admin.post("actions", {**LEAST, "monitor": monitor})) for monitor in (theirs, none)]
    assert str(said[0]).replace(theirs, none) == str(said[1])


def test_global_actions_of_others_are_not_found(make, foreign):
    rule = make()
    assert foreign.get("actions").json() == []
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        body = {"body": LEAST} if method in {"PUT", "PATCH"} else {}
        for url in (path(rule), f"/api/acme/{path(rule)}"):
            assert_failed(foreign.request(method, url, **body), 404, "not_found")
    assert_failed(foreign.get("/api/acme/actions"), 404, "not_found")
    assert GlobalAction.objects.filter(pk=rule["id"]).exists()


def test_they_are_for_admins_of_the_whole_organization(project, make, make_key):
    rule = make()
    for key in (make_key(project.organization), make_key(project), make_key(project, Scope.ADMIN)):
        caller = Api(key, base="/api/acme")
        for method, url in (
            *(("GET", "actions"), ("POST", "actions"), ("GET", path(rule))),
            *(("PUT", path(rule)), ("PATCH", path(rule)), ("DELETE", path(rule))),
        ):
            body = {"body": LEAST} if method in {"POST", "PUT", "PATCH"} else {}
            assert_failed(caller.request(method, url, **body), 403, "permission_denied")
    assert GlobalAction.objects.count() == 1


def test_a_person_with_the_role_admin_makes_them(organization, owner, join, sign_in):
    browser = sign_in(join(organization, "ada@acme.example", Role.ADMIN))
    assert browser.post("actions", LEAST).status_code == 201


# -- What else goes, and who learns of it ----------------------------------------------------------------------------


def test_each_change_moves_the_version_of_the_rules(admin, make, version, stranger):
    versions = [version()]
    rule = make()
    versions.append(version())
    admin.patch(path(rule), {"enabled": False})
    versions.append(version())
    admin.put(path(rule), LEAST)
    versions.append(version())
    admin.delete(path(rule))
    versions.append(version())
    assert versions == list(range(versions[0], versions[0] + 5))
    assert Organization.objects.get(pk=stranger.organization_id).rules_version == 0


def test_what_is_read_or_refused_moves_no_version(admin, make, version):
    rule = make()
    before = version()
    admin.get("actions")
    admin.get(path(rule))
    admin.post("actions", {})
    admin.patch(path(rule), {"name": ""})
    admin.delete("actions/999999")
    admin.patch("actions/999999", {"name": "x"})
    assert version() == before


def test_with_a_project_go_those_that_are_for_it_alone(admin, make, project, other_project, make_monitor):
    of_project, of_monitor = make(project="web"), make(monitor=make_monitor(project))
    rest = [make(), make(project="billing"), make(monitor=make_monitor(other_project))]
    assert admin.delete("projects/web").status_code == 204
    assert admin.get("actions").json() == rest
    for rule in (of_project, of_monitor):
        for method in ("GET", "PATCH", "DELETE"):
            body = {"body": {"enabled": True}} if method == "PATCH" else {}
            assert_failed(admin.request(method, path(rule), **body), 404, "not_found")
    assert_refused(admin.post("actions", {**LEAST, "project": "web"}), "project")


def test_with_a_monitor_go_those_that_are_for_it_alone(admin, make, project, make_monitor):
    make(monitor=make_monitor(project))
    rest = make(project="web")
    Monitor.objects.all().delete()
    assert admin.get("actions").json() == [rest]


def test_the_operator_switches_them_on_and_off_and_does_nothing_else(admin, make, version):
    rule, browser, before = make(name_filter="x"), Client(), version()
    browser.force_login(User.objects.create_superuser("root@server.example", "correct horse battery"))
    pages = "admin:tasks_globalaction_"
    page = reverse(f"{pages}change", args=[rule["id"]])
    for url in (reverse(f"{pages}changelist"), reverse(f"{pages}changelist") + "?q=acme", page):
        assert rule["name"] in browser.get(url).content.decode()
    assert browser.get(reverse(f"{pages}add")).status_code == 403
    assert browser.post(reverse(f"{pages}delete", args=[rule["id"]]), {"post": "yes"}).status_code == 403
    assert browser.post(page, {"name": "Other", "name_filter": "("}).status_code == 302  # an empty box: not enabled
    off = admin.get(path(rule)).json()
    assert off == {**rule, "enabled": False, "updated": off["updated"]}
    assert version() == before + 1
    browser.post(page, {"enabled": "on"})
    assert admin.get(path(rule)).json()["enabled"] is True
    assert version() == before + 2


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory has one connection")
@pytest.mark.django_db(transaction=True)
def test_changes_at_once_never_make_together_what_none_could_make_alone(admin, make, version):
    rule, before = make(), version()
    changes = [{"trigger": "95%"}, {"failures_in_row": 2}] * 4

    def change(body):
        try:
            return Api(admin.key, base="/api/acme").patch(path(rule), body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(changes)) as threads:
        assert sorted(threads.map(change, changes)) == [200] * 4 + [400] * 4
    assert version() == before + 4
