"""Hostile paths, queries, headers and methods: the envelope with a 4xx, never a 500, and nothing is written."""

import pytest

from projects.models import User
from tasks.models import Task
from tests.answers import assert_failed, errors_of

EMAIL = {"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}
PATHS = ["tasks", "tasks/{task}", "tasks/{task}/actions", "tasks/{task}/actions/{action}"]
WRITES = [
    *[("POST", "tasks"), ("PUT", "tasks/{task}"), ("PATCH", "tasks/{task}"), ("POST", "tasks/{task}")],
    *[("POST", "tasks/{task}/actions"), ("PUT", "tasks/{task}/actions/{action}")],
    ("PATCH", "tasks/{task}/actions/{action}"),
]


@pytest.fixture
def ids(api, make_task):
    """A task with an action; after the test there is still that one alone, as it was."""
    task = make_task(actions=[EMAIL])
    whole = api.get(f"tasks/{task['id']}?embed=actions").json()
    yield {"task": task["id"], "action": whole["actions"][0]["id"]}
    assert Task.objects.count() == 1
    assert api.get(f"tasks/{task['id']}?embed=actions").json() == whole


@pytest.mark.parametrize("method", ["FOO", "TRACE", "CONNECT", "PROPFIND", "É"])
@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_method_is_not_allowed(api, ids, path, method):
    response = api.request(method, path.format(**ids))
    assert_failed(response, 405, "method_not_allowed")
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_body_over_the_limit_is_too_large(api, ids, method, path):
    response = api.request(
        method, path.format(**ids), data=b" " * (4 * 1024 * 1024 + 1), content_type="application/json"
    )
    assert_failed(response, 413, "request_too_large")


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_the_limit_of_the_body_is_a_setting(api, ids, settings, method, path):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert_failed(api.request(method, path.format(**ids), {"name": "export"}), 413, "request_too_large")


@pytest.mark.parametrize(
    "content_type",
    [
        *["application/xml", "text/plain", "text/json", "application/octet-stream", "application/jsonp", "json", "/"],
        *["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "é", ";"],
    ],
)
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_body_that_is_not_json_is_unsupported(api, ids, method, path, content_type):
    response = api.request(method, path.format(**ids), data=b'{"name": "x"}', content_type=content_type)
    assert_failed(response, 415, "not_acceptable")


@pytest.mark.parametrize("content_type", ["application/json", "application/json;charset=UTF-8", "APPLICATION/JSON"])
def test_json_is_json_however_it_is_spelt(api, project, content_type):
    response = api.post("tasks", data=b'{"name": "x"}', content_type=content_type)
    assert response.status_code == 201, response.content


@pytest.mark.parametrize("accept", ["application/xml", "application", "x", ";;", "image/png, text/css", "é/é"])
@pytest.mark.parametrize("path", PATHS)
def test_an_accept_that_can_not_be_met_is_not_acceptable(api, ids, path, accept):
    assert_failed(api.get(path.format(**ids), headers={"Accept": accept}), 406, "not_acceptable")


@pytest.mark.parametrize("format", ["xml", "csv", "%00", "json%00"])
def test_a_format_that_does_not_exist_is_not_acceptable(api, ids, format):
    assert_failed(api.get(f"tasks/{ids['task']}?format={format}"), 406, "not_acceptable")


@pytest.mark.parametrize(
    "query",
    [
        *["%00=1", "name=%00", "=x", "%FF=1", "%", "page_size=%FF", "status=%ED%A0%80", "cursor=%FF", "?", "a=b;c=d"],
        pytest.param("&".join(["status=pending"] * 2000), id="2000 parameters"),
        pytest.param("page_size=" + "é" * 1000, id="long and no number"),
        pytest.param("x" * 8000, id="a long name"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(api, ids, query):
    response = api.get(f"tasks?{query}")
    assert response.status_code in {400, 404}, response.content
    assert errors_of(response)


@pytest.mark.parametrize("query", ["", "&", "&&", "name=%FF", "name=%ZZ", "name=%ED%A0%80", "tag=%FF:%FF", "name=%"])
def test_a_query_of_odd_bytes_finds_nothing_at_worst(api, ids, query):
    response = api.get(f"tasks?{query}")
    assert response.status_code == 200
    assert len(response.json()["results"]) == (0 if "=" in query else 1)


HOSTILE_PATHS = [
    *[
        "/api/acme/web%00/tasks",
        "/api/ac%00me/web/tasks",
        "/api/acme/web/tasks%00",
        "/api/acme/web/tasks/%00",
        "/api/%00",
    ],
    *["/api/%FF/web/tasks", "/api/acme/%FF/tasks", "/api/acme/web/tasks/%FF"],
    *[
        "/api/acme/web/tasks%0A",
        "/api/acme/web%0A/tasks",
        "/api//web/tasks",
        "/api/acme//tasks",
        "/api/acme/web//tasks",
    ],
    *[
        "/api/acme/web/tasks//",
        "/api/ACME/web/tasks",
        "/api/acme/WEB/tasks",
        "/api/acme/web/TASKS",
        "/api/.../web/tasks",
    ],
    *["/api/acme/web/tasks/%ED%A0%80", "/api/acme/we%ED%A0%80b/tasks"],
    pytest.param("/api/" + "x" * 8000 + "/web/tasks", id="long organization"),
    pytest.param("/api/acme/" + "x" * 8000 + "/tasks", id="long project"),
    pytest.param("/api/acme/web/tasks/" + "x" * 8000, id="long id"),
    pytest.param("/api/acme/web/tasks/" + "/".join("x" * 4000), id="many parts"),
]


@pytest.mark.parametrize("caller", ["key", "person"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", HOSTILE_PATHS)
def test_a_path_that_leads_nowhere_is_not_found(api, organization, ids, path, method, caller):
    key = api.key
    if caller == "person":
        user = User.objects.create_user("ada@example.org")
        organization.memberships.create(user=user, role="owner")
        api.key = None
        api.client.force_login(user)
    response = api.request(method, path, **({} if method == "GET" else {"body": {"name": "x"}}))
    api.key = key
    assert_failed(response, 404, "not_found")


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("Authorization", "Bearer " + "x" * 8000, 401),
        ("Authorization", "Bearer \x00", 401),
        ("Authorization", "Bearer YWNtZS93ZWIv", 401),
        ("Authorization", "Bearer 4pyT4pyT", 401),
        ("Authorization", "", 401),
        ("Cookie", 'sessionid="\\000aaaaaaaaaaaaaa"', 401),
        ("Cookie", "sessionid=" + "x" * 4000, 401),
        ("Cookie", "sessionid=é; csrftoken=\x01", 401),
        ("Cookie", "=;;=", 401),
    ],
)
def test_credentials_that_make_no_sense_are_refused(api, ids, name, value, status):
    key, api.key = api.key, None
    response = api.get("tasks", headers={name: value})
    api.key = key
    assert response.status_code == status, response.content
    assert errors_of(response)[0]["code"] in {"authentication_failed", "not_authenticated"}


@pytest.mark.parametrize("value", ["x", "é", "\x00", "x" * 8000, "00000000-0000-0000-0000-000000000000"])
def test_a_monitor_header_that_names_none_is_refused(api, ids, value):
    response = api.post("tasks", {"name": "x"}, headers={"X-TASKBADGER-MONITOR": value})
    assert response.status_code == 400, response.content
    assert errors_of(response)[0]["attr"] == "X-TASKBADGER-MONITOR"
