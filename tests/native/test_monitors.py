"""/api/{org}/{project}/monitors."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from monitors import checkins
from monitors.models import Monitor, MonitorChange
from monitors.states import Signal
from projects.models import Organization
from projects.scopes import Role, Scope
from tests.answers import assert_failed, assert_refused
from tests.browsers import browser_of
from tests.client import Api

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NIGHTLY = {"name": "Backup", "cron": "30 2 * * *", "timezone": "Europe/Berlin"}
MINUTELY = {"name": "Worker", "interval": 60}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def owner(project, make_key):
    """The key of a project that may make monitors."""
    return Api(make_key(project, Scope.ADMIN), base="/api/acme/web")


@pytest.fixture
def make(owner):
    def _make(**fields):
        response = owner.post("monitors", {**MINUTELY, **fields})
        assert response.status_code == 201, response.content
        return response.json()

    return _make


@pytest.fixture
def put_into(owner):
    """A monitor in a state, as its runs and the sweeps would have brought it there."""

    def _put_into(monitor, **state):
        Monitor.objects.filter(pk=monitor["id"]).update(**state)
        return owner.get(f"monitors/{monitor['id']}").json()

    return _put_into


def changes():
    return [(change.old, change.new) for change in MonitorChange.objects.all()]


# -- Create ----------------------------------------------------------------------------------------------------------


def test_a_name_and_an_interval_are_enough(owner, project):
    response = owner.post("monitors", MINUTELY)
    assert response.status_code == 201
    monitor = response.json()
    assert monitor == {
        "id": monitor["id"],
        "name": "Worker",
        "interval": 60,
        "cron": None,
        "timezone": "UTC",
        "start_grace": 60,
        "grace": 300,
        "max_runtime": None,
        "enabled": True,
        "status": "new",
        "last_check_in": None,
        "next_due": "2026-03-01T12:01:00Z",
        "ping_url": f"http://testserver/ping/{monitor['id']}",
    }
    assert uuid.UUID(monitor["id"]).version == 4
    assert owner.get(f"monitors/{monitor['id']}").json() == monitor


def test_a_cron_is_read_in_its_time_zone(owner):
    sent = {**NIGHTLY, "grace": 0, "max_runtime": 3600, "enabled": False, "interval": None}
    monitor = owner.post("monitors", sent).json()
    assert monitor == {**monitor, **sent, "status": "new", "next_due": "2026-03-02T01:30:00Z"}


@pytest.mark.parametrize("scope", Scope, ids=str)
def test_the_address_to_ping_is_shown_to_keys_that_may_write(project, make, make_key, scope):
    monitor = make()
    key = Api(make_key(project, Scope.READ_TASKS, scope), base="/api/acme/web")
    expected = monitor["ping_url"] if scope in {Scope.UPDATE_TASKS, Scope.ADMIN} else None
    assert key.get(f"monitors/{monitor['id']}").json() == {**monitor, "ping_url": expected}
    assert key.get("monitors").json() == [{**monitor, "ping_url": expected}]
    assert monitor["ping_url"] is not None


@pytest.mark.parametrize("role", Role, ids=str)
def test_the_address_to_ping_is_shown_to_members_by_role(organization, make, role):
    monitor = make()
    browser = browser_of(organization, role)
    shown = browser.get(f"/api/acme/web/monitors/{monitor['id']}").json()
    assert (shown["ping_url"] is None) == (role is Role.VIEWER)
    page = browser.get(f"/a/acme/monitors/{monitor['id']}/").content.decode()
    assert ("/ping/" in page) == (role is not Role.VIEWER)
    assert ("The address is shown to members who may change tasks." in page) == (role is Role.VIEWER)


def test_monitors_are_listed_oldest_first(api, make, django_assert_num_queries):
    monitors = [make(name=name) for name in ("b", "a")]
    api.get("monitors")  # which looks the key up
    with django_assert_num_queries(1):
        assert sorted(row["name"] for row in api.get("monitors").json()) == ["a", "b"]
    Monitor.objects.filter(pk=monitors[1]["id"]).update(created=NOON - timedelta(days=1))
    assert [row["name"] for row in api.get("monitors").json()] == ["a", "b"]


@pytest.mark.parametrize("slash", ["", "/"], ids=["without", "with"])
def test_every_path_works_either_way(owner, make, slash):
    monitor = make()
    path = f"monitors/{monitor['id']}"
    for method, url, body, status in (
        ("GET", "monitors", None, 200),
        ("POST", "monitors", MINUTELY, 201),
        ("GET", path, None, 200),
        ("HEAD", path, None, 200),
        ("PUT", path, MINUTELY, 200),
        ("PATCH", path, {}, 200),
        ("DELETE", path, None, 204),
    ):
        sent = {} if body is None else {"body": body}
        assert owner.request(method, f"/api/acme/web/{url}{slash}", **sent).status_code == status


# -- Bad input -------------------------------------------------------------------------------------------------------

BAD_FIELDS = [
    pytest.param({"name": ""}, ["name"], id="no name"),
    pytest.param({"name": "x" * 256}, ["name"], id="long name"),
    pytest.param({"name": None}, ["name"], id="null name"),
    pytest.param({"name": 5}, ["name"], id="number as name"),
    pytest.param({"interval": 0}, ["interval"], id="interval of nothing"),
    pytest.param({"interval": -1}, ["interval"], id="negative interval"),
    pytest.param({"interval": 2**31}, ["interval"], id="interval over 31 bits"),
    pytest.param({"interval": 1.5}, ["interval"], id="interval with a fraction"),
    pytest.param({"interval": "60"}, ["interval"], id="interval as text"),
    pytest.param({"interval": True}, ["interval"], id="interval as a boolean"),
    pytest.param({"interval": 60, "cron": "* * * * *"}, ["interval", "cron"], id="both"),
    pytest.param({"interval": 60, "cron": "daily", "name": 5}, ["interval", "cron", "name"], id="both, and more"),
    pytest.param({"cron": ""}, ["cron"], id="empty cron"),
    pytest.param({"cron": 5}, ["cron"], id="number as cron"),
    pytest.param({"cron": "@daily"}, ["cron"], id="nickname"),
    pytest.param({"cron": "* * * *"}, ["cron"], id="four fields"),
    pytest.param({"cron": "* * * * * *"}, ["cron"], id="six fields"),
    pytest.param({"cron": "61 * * * *"}, ["cron"], id="minute 61"),
    pytest.param({"cron": "0 0 30 2 *"}, ["cron"], id="30 February"),
    pytest.param({"cron": "0 0 */31 * 1#5"}, ["cron"], id="never"),
    pytest.param({"cron": "* 2 * 3 0L", "timezone": "Europe/Berlin"}, ["cron"], id="an hour that is always skipped"),
    pytest.param({"cron": "*," * 130 + "* * * * *"}, ["cron"], id="long cron"),
    pytest.param({"cron": "* * * * *\x00"}, ["cron"], id="cron with NUL"),
    pytest.param({"timezone": ""}, ["timezone"], id="empty zone"),
    pytest.param({"timezone": None}, ["timezone"], id="null zone"),
    pytest.param({"timezone": 1}, ["timezone"], id="number as zone"),
    pytest.param({"timezone": "Europe/Nowhere"}, ["timezone"], id="unknown zone"),
    pytest.param({"timezone": "../etc/passwd"}, ["timezone"], id="path as zone"),
    pytest.param({"timezone": "/etc/passwd"}, ["timezone"], id="absolute path as zone"),
    pytest.param({"timezone": "Europe"}, ["timezone"], id="folder as zone"),
    pytest.param({"timezone": "x" * 65}, ["timezone"], id="long zone"),
    pytest.param({"timezone": "UTC\x00"}, ["timezone"], id="zone with NUL"),
    pytest.param({"cron": "nothing", "timezone": "Nowhere"}, ["cron", "timezone"], id="cron and zone"),
    pytest.param({"grace": -1}, ["grace"], id="negative grace"),
    pytest.param({"grace": None}, ["grace"], id="null grace"),
    pytest.param({"grace": 2**31}, ["grace"], id="grace over 31 bits"),
    pytest.param({"start_grace": -1}, ["start_grace"], id="negative start grace"),
    pytest.param({"start_grace": None}, ["start_grace"], id="null start grace"),
    pytest.param({"start_grace": 2**31}, ["start_grace"], id="start grace over 31 bits"),
    pytest.param({"start_grace": "60"}, ["start_grace"], id="start grace as text"),
    pytest.param({"start_grace": 11, "grace": 10}, ["start_grace"], id="start grace over the grace"),
    pytest.param({"start_grace": 301}, ["start_grace"], id="start grace over the grace that is there"),
    pytest.param({"max_runtime": 0}, ["max_runtime"], id="no time to run"),
    pytest.param({"max_runtime": 2**31}, ["max_runtime"], id="max_runtime over 31 bits"),
    pytest.param({"enabled": None}, ["enabled"], id="null enabled"),
    pytest.param({"enabled": "true"}, ["enabled"], id="enabled as text"),
    pytest.param({"enabled": 1}, ["enabled"], id="enabled as a number"),
]


@pytest.mark.parametrize(("sent", "attrs"), BAD_FIELDS)
def test_what_is_no_monitor_is_refused_by_field(owner, sent, attrs):
    schedule = {} if {"interval", "cron"} & sent.keys() else {"interval": 60}
    assert_refused(owner.post("monitors", {"name": "x", **schedule, **sent}), *attrs)
    assert not Monitor.objects.exists()


@pytest.mark.parametrize(("sent", "attrs"), BAD_FIELDS)
def test_a_change_to_what_is_no_monitor_is_refused_by_field(owner, make, sent, attrs):
    monitor = make()
    assert_refused(owner.patch(f"monitors/{monitor['id']}", sent), *attrs)
    assert_refused(owner.put(f"monitors/{monitor['id']}", {"name": "x", **sent}), *attrs)
    assert owner.get(f"monitors/{monitor['id']}").json() == monitor


@pytest.mark.parametrize(
    ("body", "attrs"),
    [
        pytest.param({}, ["name", "interval", "cron"], id="nothing"),
        pytest.param({"name": "x"}, ["interval", "cron"], id="no schedule"),
        pytest.param({"name": "x", "interval": None, "cron": None}, ["interval", "cron"], id="null for both"),
        pytest.param({"interval": 60}, ["name"], id="no name"),
        pytest.param([], [None], id="list"),
        pytest.param("x", [None], id="text"),
        pytest.param(None, [None], id="null"),
    ],
)
def test_a_monitor_needs_a_name_and_a_schedule(owner, body, attrs):
    response = owner.post("monitors", body)
    assert response.status_code == 400
    found = {error["attr"] for error in response.json()["errors"]}
    assert found == set(attrs) or (attrs == [None] and found <= {None, "non_field_errors"})


def test_the_largest_numbers_are_taken(owner):
    sent = {"name": "x" * 255, "interval": 2**31 - 1, "grace": 2**31 - 1, "max_runtime": 2**31 - 1}
    monitor = owner.post("monitors", sent).json()
    assert monitor == {**monitor, **sent, "next_due": "2094-03-19T15:14:07Z"}
    checkins.ping(uuid.UUID(monitor["id"]), Signal.START, NOON)
    assert owner.get(f"monitors/{monitor['id']}").json()["status"] == "up"


# -- Change ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_is_left_out_keeps_its_value(owner, make, method):
    monitor = make(grace=10, max_runtime=20, timezone="Asia/Tokyo")
    response = owner.request(method, f"monitors/{monitor['id']}", {"name": "Renamed"})
    assert (response.status_code, response.json()) == (200, {**monitor, "name": "Renamed"})
    sent = {"name": "Renamed", "max_runtime": None, "grace": 0, "enabled": False}
    assert owner.request(method, f"monitors/{monitor['id']}", sent).json() == {**monitor, **sent, "start_grace": 0}


@pytest.mark.parametrize(
    ("made", "sent", "shown"),
    [
        pytest.param({}, {}, (60, 300), id="defaults"),
        pytest.param({"grace": 10}, {}, (10, 10), id="a short grace bounds the default"),
        pytest.param({"grace": 10}, {"grace": 600}, (60, 600), id="until there is more of it"),
        pytest.param({"start_grace": 100}, {"grace": 10}, (10, 10), id="and what was sent before"),
        pytest.param({"start_grace": 300}, {"start_grace": 0}, (0, 300), id="late when due"),
        pytest.param({}, {"start_grace": 400, "grace": 400}, (400, 400), id="never late"),
    ],
)
def test_a_monitor_is_late_after_the_grace_at_most(owner, make, made, sent, shown):
    path = f"monitors/{make(**made)['id']}"
    monitor = owner.patch(path, sent).json()
    assert (monitor["start_grace"], monitor["grace"]) == shown
    assert owner.get(path).json() == monitor


def test_put_needs_a_name_and_patch_needs_nothing(owner, make):
    monitor = make()
    assert_refused(owner.put(f"monitors/{monitor['id']}", {"interval": 60}), "name")
    assert owner.patch(f"monitors/{monitor['id']}", {}).json() == monitor


def test_what_is_the_servers_to_say_is_ignored(owner, make):
    monitor = make()
    said = {"id": str(uuid.uuid4()), "status": "down", "last_check_in": None, "next_due": None, "ping_url": "x"}
    assert owner.patch(f"monitors/{monitor['id']}", {**said, "name": "x"}).json() == {**monitor, "name": "x"}


@pytest.mark.parametrize(
    ("sent", "interval", "cron"),
    [
        pytest.param({"cron": "0 0 * * *"}, None, "0 0 * * *", id="a cron replaces the interval"),
        pytest.param({"cron": "0 0 * * *", "interval": None}, None, "0 0 * * *", id="and so it does beside a null"),
        pytest.param({"interval": 5}, 5, None, id="another interval"),
        pytest.param({"interval": 5, "cron": None}, 5, None, id="another interval beside a null"),
        pytest.param({"cron": None}, 60, None, id="no cron where there was none"),
    ],
)
def test_one_schedule_replaces_the_other(owner, make, sent, interval, cron):
    monitor = owner.patch(f"monitors/{make()['id']}", sent).json()
    assert (monitor["interval"], monitor["cron"]) == (interval, cron)
    back = owner.patch(f"monitors/{monitor['id']}", {"interval": 60}).json()
    assert (back["interval"], back["cron"]) == (60, None)


def test_a_schedule_is_never_taken_away(owner, make):
    for monitor, sent in (
        (make(), {"interval": None}),
        (make(), {"interval": None, "cron": None}),
        (owner.post("monitors", NIGHTLY).json(), {"cron": None}),
    ):
        assert_refused(owner.patch(f"monitors/{monitor['id']}", sent), "interval", "cron")


def test_another_schedule_counts_from_now(owner, make):
    monitor = make()
    with time_machine.travel(NOON + timedelta(seconds=30), tick=False):
        path = f"monitors/{monitor['id']}"
        assert owner.patch(path, {"interval": 3600}).json()["next_due"] == "2026-03-01T13:00:30Z"
        assert owner.patch(path, {"cron": "30 2 * * *"}).json()["next_due"] == "2026-03-02T02:30:00Z"
        assert owner.patch(path, {"timezone": "Asia/Tokyo"}).json()["next_due"] == "2026-03-01T17:30:00Z"


def test_the_same_schedule_moves_nothing(owner, make):
    monitor = make()
    with time_machine.travel(NOON + timedelta(seconds=30), tick=False):
        assert owner.put(f"monitors/{monitor['id']}", {**MINUTELY, "cron": None}).json() == monitor
        sent = {"timezone": "Asia/Tokyo"}  # in which an interval is as long as anywhere
        assert owner.patch(f"monitors/{monitor['id']}", sent).json() == {**monitor, **sent}


@pytest.mark.parametrize(
    ("state", "sent", "expected"),
    [
        pytest.param({"status": "late"}, {"interval": 3600}, "up", id="late, another schedule"),
        pytest.param({"status": "down"}, {"interval": 3600}, "up", id="missed, another schedule"),
        pytest.param({"status": "down", "failed": True}, {"interval": 3600}, "down", id="failed, another schedule"),
        pytest.param({"status": "late"}, {"grace": 3600}, "late", id="late, more grace"),
        pytest.param({"status": "down"}, {"name": "x"}, "down", id="missed, another name"),
        pytest.param({"status": "down"}, {"enabled": False}, "down", id="missed, disabled"),
        pytest.param({"status": "down", "enabled": False}, {"enabled": True}, "up", id="missed, enabled again"),
        pytest.param({"status": "down", "enabled": False}, {"interval": 5}, "down", id="another schedule, disabled"),
        pytest.param(
            {"status": "down", "failed": True, "enabled": False}, {"enabled": True}, "down", id="failed, enabled again"
        ),
    ],
)
def test_a_change_by_its_owner_alarms_nobody(owner, make, put_into, state, sent, expected):
    before = put_into(make(), next_due=NOON - timedelta(days=1), last_check_in=NOON - timedelta(days=2), **state)
    after = owner.patch(f"monitors/{before['id']}", sent).json()
    assert after["status"] == expected
    assert changes() == ([] if expected == before["status"] else [(before["status"], "up")])
    look = Monitor.objects.get().look_at
    assert look is None or look > NOON or expected == "late"


def test_a_run_that_was_under_way_when_the_monitor_was_disabled_is_not_awaited(owner, make):
    monitor = make(max_runtime=10)
    checkins.ping(uuid.UUID(monitor["id"]), Signal.START, NOON)
    for enabled in (False, True):
        owner.patch(f"monitors/{monitor['id']}", {"enabled": enabled})
    row = Monitor.objects.get()
    assert (row.run_started, row.status, row.look_at) == (None, "up", NOON + timedelta(seconds=120))


# -- Delete ----------------------------------------------------------------------------------------------------------


def test_a_deleted_monitor_is_gone_and_its_tasks_stay(owner, make):
    monitor = make()
    sent = {"body": {"name": "export"}, "headers": {"X-TASKBADGER-MONITOR": monitor["id"]}}
    task = owner.request("POST", "tasks", **sent).json()
    assert task["monitor"] == monitor["id"]
    version = Organization.objects.get().rules_version
    assert owner.delete(f"monitors/{monitor['id']}").status_code == 204
    assert owner.get(f"tasks/{task['id']}").json()["monitor"] == monitor["id"]
    assert not MonitorChange.objects.exists()
    for method in ("GET", "PATCH", "DELETE"):
        response = owner.request(method, f"monitors/{monitor['id']}", **({"body": {}} if method == "PATCH" else {}))
        assert_failed(response, 404, "not_found")
    assert Organization.objects.get().rules_version == version + 1
    # Its run ends, and nobody minds.
    assert owner.patch(f"tasks/{task['id']}", {"status": "error"}).status_code == 200


# -- Who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unknown", ["x", "1", "7d0f6c1e-52a4-4b3d-9a63-1f0c8e2b4d95", "7d0f6c1e52a44b3d9a631f0c8e2b4d95", "%00", "é"]
)
def test_an_unknown_id_is_not_found(owner, make, unknown):
    make()
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        body = {"body": MINUTELY} if method in {"PUT", "PATCH"} else {}
        assert_failed(owner.request(method, f"monitors/{unknown}", **body), 404, "not_found")


def test_monitors_of_others_are_not_found(make, stranger, other_project, make_key):
    monitor = make()
    theirs = Api(make_key(stranger, Scope.ADMIN), base="/api/globex/web")
    sibling = Api(make_key(other_project, Scope.ADMIN), base="/api/acme/billing")
    for other in (theirs, sibling):
        own = other.post("monitors", MINUTELY).json()
        assert [row["id"] for row in other.get("monitors").json()] == [own["id"]]
        for path in (f"monitors/{monitor['id']}", f"/api/acme/web/monitors/{monitor['id']}"):
            assert_failed(other.get(path), 404, "not_found")
            assert_failed(other.patch(path, {"name": "x"}), 404, "not_found")
            assert_failed(other.delete(path), 404, "not_found")
        assert_failed(other.get("/api/acme/web/monitors"), 404, "not_found")
        assert_failed(other.post("/api/acme/web/monitors", MINUTELY), 404, "not_found")
    assert Monitor.objects.get(pk=monitor["id"]).name == "Worker"


def test_a_key_of_the_organization_reaches_the_monitors_of_its_projects(admin, make):
    monitor = make()
    assert admin.get("web/monitors").json() == [monitor]
    assert admin.patch(f"web/monitors/{monitor['id']}", {"name": "x"}).json()["name"] == "x"


def test_reading_needs_read_tasks_and_writing_needs_admin(api, make, project, make_key):
    monitor = make()
    assert api.get(f"monitors/{monitor['id']}").json() == monitor
    path = f"monitors/{monitor['id']}"
    for method, url, body in (
        ("POST", "monitors", {"body": MINUTELY}),
        ("PUT", path, {"body": MINUTELY}),
        ("PATCH", path, {"body": {}}),
        ("DELETE", path, {}),
    ):
        assert_failed(api.request(method, url, **body), 403, "permission_denied")
    creator = Api(make_key(project, Scope.CREATE_TASKS), base="/api/acme/web")
    assert_failed(creator.get("monitors"), 403, "permission_denied")
    assert_failed(creator.get(path), 403, "permission_denied")


def test_nobody_reads_monitors_without_a_key(project):
    assert_failed(Api(None).get("/api/acme/web/monitors"), 401, "not_authenticated")
