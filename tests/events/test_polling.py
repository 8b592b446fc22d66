"""The path where no stream can be: the web process tells what happened, and hangs up. And what it refuses."""

import json

import pytest
from django.utils import timezone

from events.positions import Position
from projects.models import User
from projects.scopes import Scope
from tests.answers import assert_failed, assert_refused
from tests.client import Api

PATH = "tasks/events"


def events_of(text):
    """Name and body of each event that a client would show, and the last id that it keeps."""
    found, last = [], ""
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        last = fields.get("id", last)
        if "data" in fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found, last


def poll(api, last="", query=""):
    response = api.get(f"{PATH}{query}", headers={"Last-Event-ID": last} if last else {})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"
    text = response.getvalue().decode()
    assert text.startswith("retry: ")
    return events_of(text)


# -- What is refused


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("status=nonsense", "status"),
        ("nonsense=1", "nonsense"),
        ("tag=x", "tag"),
        ("parent=x", "parent"),
        ("created_after=x", "created_after"),
        ("page_size=1", "page_size"),
        ("cursor=x", "cursor"),
        ("embed=actions", "embed"),
        ("last_event_id=a&last_event_id=b", "last_event_id"),
    ],
)
def test_a_bad_parameter_is_named(api, query, name):
    assert_refused(api.get(f"{PATH}?{query}"), name)


def test_without_a_key_there_is_a_401(project):
    assert_failed(Api(None).get("/api/acme/web/tasks/events"), 401, "not_authenticated")


def test_without_the_scope_there_is_a_403(project, make_key):
    assert_failed(Api(make_key(project, Scope.READ_TASKS)).get("/api/acme/web/tasks/events"), 403, "permission_denied")


def test_the_project_of_another_does_not_exist(project, stranger, make_key):
    assert_failed(Api(make_key(stranger)).get("/api/acme/web/tasks/events"), 404, "not_found")


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_whoever_takes_no_event_stream_gets_a_406(api, accept):
    assert_failed(api.get(PATH, headers={"Accept": accept}), 406, "not_acceptable")


@pytest.mark.parametrize("accept", ["text/event-stream", "*/*", "text/*", "application/json, text/event-stream"])
def test_whoever_takes_one_gets_it(api, accept):
    assert api.get(PATH, headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_is_written_there(api, method):
    response = api.request(method, PATH)
    assert_failed(response, 405, "method_not_allowed")
    assert "GET" in response.headers["Allow"]


def test_a_member_may_listen_by_his_session(organization, project):
    user = User.objects.create_user("ada@acme.example")
    organization.memberships.create(user=user, role="viewer")
    browser = Api(None)
    browser.client.force_login(user)
    assert browser.get("/api/acme/web/tasks/events", headers={"Accept": "text/event-stream"}).status_code == 200


# -- What is told


def test_whoever_comes_first_is_told_where_he_is(api, make_task):
    make_task()
    events, last = poll(api)
    assert events == []
    assert last
    assert {kind for kind, _ in poll(api, last)[0]} <= {"progress"}  # the latest of what moved a moment ago


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_back_gets_what_he_missed_once(api, make_task):
    old = make_task("old", status="processing")
    _, last = poll(api)
    new = make_task("new")
    api.patch(f"tasks/{old['id']}", {"value": 5})
    api.patch(f"tasks/{new['id']}", {"status": "processing"})
    api.patch(f"tasks/{new['id']}", {"status": "success"})
    events, after = poll(api, last)
    assert [(kind, body["task"]["name"], body.get("from"), body.get("to")) for kind, body in events] == [
        ("created", "new", None, None),
        ("status", "new", "pending", "processing"),
        ("status", "new", "processing", "success"),
        ("progress", "old", None, None),
    ]
    assert events[-1][1]["task"] == api.get(f"tasks/{old['id']}").json()
    assert events[1][1]["at"].endswith("Z")
    again, _ = poll(api, after)
    assert [kind for kind, _ in again if kind != "progress"] == []


@pytest.mark.django_db(transaction=True)
def test_by_the_parameter_as_by_the_header(api, make_task):
    _, last = poll(api)
    make_task("new")
    assert [body["task"]["name"] for _, body in poll(api, query=f"?last_event_id={last}")[0]] == ["new"]


@pytest.mark.django_db(transaction=True)
def test_filters_let_through_what_a_list_would_show(api, make_task):
    _, last = poll(api)
    make_task("one", tags={"env": "prod", "a:b": "c"}, external_id="7")
    make_task("two", queue="q")
    for query, expected in {
        "?name=one": ["one"],
        "?name_contains=w": ["two"],
        "?tag=env:prod": ["one"],
        "?tag=a:b:c": ["one"],
        "?queue=q": ["two"],
        "?status=pending": ["one", "two"],
        "?status=error&status=success": [],
        "?parent=none": ["one", "two"],
        "?external_id=7": ["one"],
        "?created_before=2001-01-01": [],
        "?created_after=2001-01-01&name=two": ["two"],
        "?updated_after=2001-01-01&updated_before=2001-01-02": [],
        "?name=one&queue=q": [],
    }.items():
        assert [body["task"]["name"] for _, body in poll(api, last, query)[0]] == expected, query
        assert sorted(task["name"] for task in api.get(f"tasks{query}").json()["results"]) == expected, query


@pytest.mark.django_db(transaction=True)
def test_with_a_status_both_ends_of_a_change_count(api, make_task):
    task = make_task(status="processing")
    _, last = poll(api)
    api.patch(f"tasks/{task['id']}", {"status": "error"})
    api.patch(f"tasks/{task['id']}", {"status": "pending"})
    for status, expected in {"processing": ["error"], "error": ["error", "pending"], "success": []}.items():
        events, _ = poll(api, last, f"?status={status}")
        assert [body["to"] for kind, body in events if kind == "status"] == expected


def test_a_place_that_is_none_begins_anew(api, project):
    at = int(timezone.now().timestamp() * 1000)
    for token in (
        "nonsense",
        Position((0, 0), 0, at).encode(project.pk + 1),
        Position((0, 0), 0, at - 25 * 3600 * 1000).encode(project.pk),
        Position((2**60, 2**60), 0, at).encode(project.pk),
    ):
        events, last = poll(api, token)
        assert [kind for kind, _ in events] == ["reset"]
        assert poll(api, last)[0] == []
