"""/ping/{monitor id}: check-ins of scripts, and those of tasks that name a monitor."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client

from monitors import checkins
from monitors.models import Monitor, MonitorChange
from projects.scopes import Scope
from tests.client import Api

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def after(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def owner(project, make_key):
    return Api(make_key(project, Scope.ADMIN), base="/api/acme/web")


@pytest.fixture
def make(owner):
    """A monitor made at noon, of an interval of a minute."""

    def _make(**fields):
        with time_machine.travel(NOON, tick=False):
            response = owner.post("monitors", {"name": "Backup", "interval": 60, **fields})
        assert response.status_code == 201, response.content
        return response.json()

    return _make


@pytest.fixture
def monitor(make):
    return make()


@pytest.fixture
def ping(monitor):
    """A script's call, without a key, seconds after noon."""
    script = Client(enforce_csrf_checks=True)

    def _ping(said="", seconds=0.0, method="GET", **kwargs):
        with time_machine.travel(after(seconds), tick=False):
            return script.generic(method, f"/ping/{monitor['id']}{said}", **kwargs)

    return _ping


@pytest.fixture
def shown(api, monitor):
    return lambda: api.get(f"monitors/{monitor['id']}").json()


def changes():
    return [(change.old, change.new, change.reason) for change in MonitorChange.objects.all()]


# -- The path --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"], ids=["without", "with"])
@pytest.mark.parametrize("said", ["", "/start", "/fail", "/0", "/1", "/255"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_ping_is_answered_in_plain_text(ping, shown, method, said, slash):
    response = ping(said + slash, 5, method)
    assert response.status_code == 200
    assert response.content == (b"" if method == "HEAD" else b"OK")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies
    assert shown()["last_check_in"] == "2026-03-01T12:00:05Z"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_another_method_is_not_allowed(ping, shown, method):
    response = ping("", 5, method)
    assert response.status_code == 405
    assert sorted(response.headers["Allow"].split(", ")) == ["GET", "HEAD", "POST"]
    assert shown()["status"] == "new"


@pytest.mark.parametrize("said", ["/256", "/999", "/1000", "/-1", "/1.0", "/٣", "/stop", "/START", "/start/x", "/%00"])
def test_a_path_that_says_nothing_is_not_found(ping, shown, said):
    response = ping(said)
    assert response.status_code == 404
    assert shown()["status"] == "new"


@pytest.mark.parametrize(
    "unknown",
    [
        "7d0f6c1e-52a4-4b3d-9a63-1f0c8e2b4d95",
        "x",
        "%00",
        "é",
        "{id}",
        "urn:uuid:7d0f6c1e-52a4-4b3d-9a63-1f0c8e2b4d95",
        "-",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_an_unknown_monitor_is_not_found(monitor, client, method, unknown):
    response = client.generic(method, f"/ping/{unknown}")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_the_ping_url_is_the_one_to_call(monitor, client):
    assert client.get(monitor["ping_url"].removeprefix("http://testserver")).status_code == 200


@pytest.mark.parametrize(
    "body", [{"data": b"\x00" * 100_000}, {"data": b"{", "content_type": "application/json"}, {"data": b"a=b"}]
)
def test_a_body_is_ignored(ping, shown, body):
    assert ping("", 5, "POST", **body).status_code == 200
    assert shown()["status"] == "up"


def test_a_ping_costs_two_statements_and_one_more_for_a_change(ping, django_assert_num_queries):
    with django_assert_num_queries(5):  # with the two that begin and end a transaction in a test
        ping()
    with django_assert_num_queries(4):
        ping()


def test_without_a_database_it_is_to_be_tried_again(ping, monkeypatch):
    def fail(*args):
        raise OperationalError

    monkeypatch.setattr(checkins, "ping", fail)
    response = ping()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")


def test_a_monitor_of_a_deleted_organization_is_not_found(ping, admin, shown):
    assert admin.delete("/api/organizations/acme").status_code == 204
    assert ping().status_code == 404
    assert Monitor.objects.get().status == "new"


# -- What it does ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pings", "status", "expected"),
    [
        pytest.param([""], "up", [("new", "up", "A run pinged.")], id="a ping"),
        pytest.param(["/start"], "up", [("new", "up", "A run began.")], id="a start"),
        pytest.param(["/start", "/0"], "up", [("new", "up", "A run began.")], id="a run"),
        pytest.param(["/fail"], "down", [("new", "down", "A run failed.")], id="a failure"),
        pytest.param(["/3"], "down", [("new", "down", "A run ended with exit code 3.")], id="an exit code"),
        pytest.param(
            ["/start", "/1", "/start", "/2", "/start", "/0"],
            "up",
            [
                ("new", "up", "A run began."),
                ("up", "down", "A run ended with exit code 1."),
                ("down", "up", "A run ended with exit code 0."),
            ],
            id="failures in a row alert once",
        ),
    ],
)
def test_pings_move_the_status(ping, shown, pings, status, expected):
    for seconds, said in enumerate(pings):
        ping(said, seconds)
    assert shown()["status"] == status
    assert changes() == expected


def test_a_ping_counts_the_next_run_from_now(ping, shown):
    ping("", 30.5)
    assert (shown()["last_check_in"], shown()["next_due"]) == (
        "2026-03-01T12:00:30.500000Z",
        "2026-03-01T12:01:30.500000Z",
    )
    assert Monitor.objects.get().look_at == after(90.5 + 60)


def test_a_change_keeps_the_monitor_as_it_was_shown_then(ping, shown):
    ping("/fail", 5)
    was = shown()
    ping("", 10)
    told = [json.loads(change.shown) for change in MonitorChange.objects.all()]
    assert [{**one, "ping_url": was["ping_url"]} for one in told] == [was, shown()]
    assert [one for one in told if "ping_url" in one] == []
    assert [change.at for change in MonitorChange.objects.all()] == [after(5), after(10)]
    assert not MonitorChange.objects.filter(announced=True).exists()


def test_a_disabled_monitor_writes_down_that_it_was_pinged_and_no_more(ping, shown, owner, monitor):
    owner.patch(f"monitors/{monitor['id']}", {"enabled": False})
    for said in ("/start", "/fail", ""):
        assert ping(said, 7).status_code == 200
    assert shown() == {
        **monitor,
        "enabled": False,
        "last_check_in": "2026-03-01T12:00:07Z",
        "next_due": "2026-03-01T12:01:07Z",
    }
    assert Monitor.objects.get().look_at is None
    assert changes() == []


def test_a_zone_that_this_machine_does_not_know_fails_no_ping(ping, shown):
    Monitor.objects.update(interval=None, cron="* * * * *", timezone="Moon/Tranquility")
    assert ping().status_code == 200
    assert (shown()["status"], shown()["next_due"]) == ("up", None)


# -- Tasks -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(api, monitor):
    """A task of the monitor, made seconds after noon."""

    def _run(seconds=0.0, monitor=monitor, **fields):
        headers = {"X-TASKBADGER-MONITOR": monitor["id"]}
        with time_machine.travel(after(seconds), tick=False):
            response = api.post("tasks", {"name": "backup", **fields}, headers=headers)
        assert response.status_code == 201, response.content
        return response.json()

    return _run


@pytest.fixture
def update(api):
    def _update(task, seconds, **body):
        with time_machine.travel(after(seconds), tick=False):
            assert api.patch(f"tasks/{task['id']}", body).status_code == 200

    return _update


@pytest.mark.parametrize(
    ("status", "expected"),
    [("pending", "up"), ("processing", "up"), ("success", "up"), ("error", "down"), ("stale", "down")],
)
def test_a_task_checks_in(run, shown, status, expected):
    task = run(10, status=status)
    assert task["monitor"] == shown()["id"]
    assert (shown()["status"], shown()["last_check_in"]) == (expected, "2026-03-01T12:00:10Z")


def test_the_end_of_a_task_ends_the_run(run, update, shown):
    task = run(10, status="processing")
    assert Monitor.objects.get().run_started == after(10)
    update(task, 20, status="success")
    row = Monitor.objects.get()
    assert (row.run_started, row.last_check_in, row.next_due) == (None, after(10), after(70))


def test_a_task_that_fails_takes_its_monitor_down_until_one_succeeds(run, update, shown):
    update(run(0), 10, status="error")
    assert shown()["status"] == "down"
    task = run(60)
    assert shown()["status"] == "down"
    update(task, 70, status="success")
    assert shown()["status"] == "up"
    assert [change[:2] for change in changes()] == [("new", "up"), ("up", "down"), ("down", "up")]


def test_a_task_of_no_monitor_moves_none(api, make_task, shown):
    task = make_task(status="processing")
    api.patch(f"tasks/{task['id']}", {"status": "error"})
    assert shown()["status"] == "new"


def test_a_cancelled_run_says_nothing_of_the_next(run, monitor, shown):
    run(0, status="error")
    run(5)
    checkins.run_cancelled(uuid.UUID(monitor["id"]), after(10))
    row = Monitor.objects.get()
    assert (row.run_started, row.status, row.failed) == (None, "down", True)


def test_verbs_mind_no_monitor_that_is_gone(project, other_project, monitor):
    checkins.check_in(project.pk, uuid.uuid4(), NOON, is_over=True, is_failure=True)
    checkins.run_ended(uuid.uuid4(), NOON, is_failure=True)
    checkins.run_cancelled(uuid.uuid4(), NOON)
    assert checkins.find(project.pk, uuid.uuid4()) is None
    # Nor do they reach into another project.
    there = uuid.UUID(monitor["id"])
    assert checkins.find(other_project.pk, there) is None
    checkins.check_in(other_project.pk, there, NOON, is_over=True, is_failure=True)
    assert checkins.find(project.pk, there).status == "new"
