"""What Task Badger's documentation says of its API, to the letter: "API Endpoints" and "Errors"."""

import pytest

import tasks.views

EMAIL = {"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}


def client_error(code, detail):
    return {"type": "client_error", "errors": [{"code": code, "detail": detail, "attr": None}]}


@pytest.fixture
def task(make_task):
    return make_task(actions=[EMAIL])


@pytest.fixture
def action(api, task):
    return api.get(f"tasks/{task['id']}/actions/").json()[0]


# -- API Endpoints


def test_the_base_url_of_tasks_names_organization_and_project(api, project):
    assert api.get("/api/acme/web/tasks").status_code == 200


@pytest.mark.parametrize(
    ("about", "method", "path", "body", "status"),
    [
        ("List tasks", "GET", "tasks", None, 200),
        ("Create task", "POST", "tasks", {"name": "export"}, 201),
        ("Get task details", "GET", "tasks/{task}", None, 200),
        ("Update task", "PATCH", "tasks/{task}", {"value": 1}, 200),
        ("Cancel task", "DELETE", "tasks/{task}", None, 204),
        ("List task actions", "GET", "tasks/{task}/actions/", None, 200),
        ("Add task action", "POST", "tasks/{task}/actions/", EMAIL, 201),
        ("alternately POST to 'update task'", "POST", "tasks/{task}", {"actions": [EMAIL]}, 200),
        ("Update task action", "PATCH", "tasks/{task}/actions/{action}/", {"trigger": "error"}, 200),
        ("Cancel task action", "DELETE", "tasks/{task}/actions/{action}/", None, 204),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_the_table_of_endpoints(api, task, action, about, method, path, body, status):
    sent = {} if body is None else {"body": body}
    response = api.request(method, path.format(task=task["id"], action=action["id"]), **sent)
    assert response.status_code == status, (about, response.content)


def test_an_action_is_added_alternately_by_a_post_to_the_task(api, task):
    api.post(f"tasks/{task['id']}", {"actions": [{**EMAIL, "trigger": "error"}]})
    actions = api.get(f"tasks/{task['id']}/actions/").json()
    assert [action["trigger"] for action in actions] == ["success", "error"]


# -- Errors

WRONG_KEYS = [
    pytest.param("Bearer nonsense", id="nonsense"),
    pytest.param("Bearer tak_" + "a" * 49, id="nearly a key"),
    pytest.param("Bearer YWNtZS93ZWIvc2VjcmV0", id="a key of nobody"),
    pytest.param("Bearer \xff\xfe", id="bytes"),
    pytest.param("Bearer", id="no key"),
    pytest.param("bearer  nonsense", id="in small letters"),
]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@pytest.mark.parametrize("header", WRONG_KEYS)
@pytest.mark.parametrize("method", METHODS)
def test_401_authentication_failed(api, task, method, header):
    api.key = None
    response = api.request(method, f"tasks/{task['id']}", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.json() == client_error("authentication_failed", "Incorrect authentication credentials.")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", [None, "Basic YTpi", "Token x"])
@pytest.mark.parametrize("method", METHODS)
def test_401_not_authenticated(api, task, method, header):
    api.key = None
    headers = {"Authorization": header} if header else {}
    response = api.request(method, f"tasks/{task['id']}", headers=headers)
    assert response.status_code == 401
    assert response.json() == client_error("not_authenticated", "Authentication credentials were not provided.")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("tasks", "patch", {"GET", "POST"}),
        ("tasks", "put", {"GET", "POST"}),
        ("tasks", "delete", {"GET", "POST"}),
        ("tasks/{task}", "trace", {"GET", "POST", "PUT", "PATCH", "DELETE"}),
        ("tasks/{task}/actions", "patch", {"GET", "POST"}),
        ("tasks/{task}/actions", "delete", {"GET", "POST"}),
        ("tasks/{task}/actions/{action}", "post", {"GET", "PUT", "PATCH", "DELETE"}),
    ],
)
def test_405_method_not_allowed(api, task, action, path, method, allowed):
    url = path.format(task=task["id"], action=action["id"])
    response = api.request(method.upper(), url, **({} if method == "trace" else {"body": {"name": "export"}}))
    assert response.status_code == 405
    assert response.json() == client_error("method_not_allowed", f"Method “{method}” not allowed.")
    given = {name.strip() for name in response.headers["Allow"].split(",")}
    assert given - {"HEAD", "OPTIONS"} == allowed


@pytest.mark.parametrize("accept", ["application/xml", "text/csv", "image/*", "text/event-stream"])
@pytest.mark.parametrize("path", ["tasks", "tasks/{task}", "tasks/{task}/actions", "tasks/{task}/actions/{action}"])
def test_406_not_acceptable(api, task, action, path, accept):
    url = path.format(task=task["id"], action=action["id"])
    response = api.get(url, headers={"Accept": accept})
    assert response.status_code == 406
    assert response.json() == client_error("not_acceptable", "Could not satisfy the request Accept header.")


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/*", "text/csv, application/json;q=0.1"])
def test_an_accept_header_that_json_satisfies_gets_json(api, task, accept):
    response = api.get(f"tasks/{task['id']}", headers={"Accept": accept})
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize("content_type", ["application/xml", "text/plain", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "tasks"),
        ("POST", "tasks/{task}"),
        ("PUT", "tasks/{task}"),
        ("PATCH", "tasks/{task}"),
        ("POST", "tasks/{task}/actions"),
        ("PUT", "tasks/{task}/actions/{action}"),
        ("PATCH", "tasks/{task}/actions/{action}"),
    ],
)
def test_415_unsupported_media_type(api, task, action, method, path, content_type):
    url = path.format(task=task["id"], action=action["id"])
    response = api.request(method, url, data=b'{"name": "x"}', content_type=content_type)
    assert response.status_code == 415
    detail = f"Unsupported media type “{content_type}” in request."
    assert response.json() == client_error("not_acceptable", detail)


def test_500_internal_server_error(api, task, monkeypatch):
    def crash(*args, **kwargs):
        raise RuntimeError("secret of the server")

    monkeypatch.setattr(tasks.views.TaskViewSet, "retrieve", crash)
    response = api.get(f"tasks/{task['id']}")
    assert response.status_code == 500
    assert response.json() == {
        "type": "server_error",
        "errors": [{"code": "error", "detail": "A server error occurred.", "attr": None}],
    }
