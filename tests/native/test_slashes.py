"""Every path with and without its trailing slash, and no redirect: a redirected POST loses its body."""

import re

import pytest

from tests.answers import errors_of

EMAIL = {"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}


@pytest.fixture
def call(api, make_task):
    def send(method, path, slash, body):
        task = make_task(actions=[EMAIL])
        action = api.get(f"tasks/{task['id']}/actions").json()[0]
        url = f"/api/acme/web/{path.format(task=task['id'], action=action['id'])}{slash}"
        return api.request(method, url, **({} if body is None else {"body": body}))

    return send


@pytest.mark.parametrize("slash", ["", "/"], ids=["without", "with"])
@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "tasks", None, 200),
        ("POST", "tasks", {"name": "export"}, 201),
        ("GET", "tasks/{task}", None, 200),
        ("HEAD", "tasks/{task}", None, 200),
        ("OPTIONS", "tasks/{task}", None, 200),
        ("PUT", "tasks/{task}", {"name": "export"}, 200),
        ("PATCH", "tasks/{task}", {"value": 1}, 200),
        ("POST", "tasks/{task}", {"value": 1}, 200),
        ("DELETE", "tasks/{task}", None, 204),
        ("GET", "tasks/{task}/actions", None, 200),
        ("POST", "tasks/{task}/actions", EMAIL, 201),
        ("GET", "tasks/{task}/actions/{action}", None, 200),
        ("PUT", "tasks/{task}/actions/{action}", EMAIL, 200),
        ("PATCH", "tasks/{task}/actions/{action}", {"trigger": "error"}, 200),
        ("DELETE", "tasks/{task}/actions/{action}", None, 204),
    ],
)
def test_a_path_of_tasks_is_served_either_way(call, method, path, slash, body, status):
    response = call(method, path, slash, body)
    assert response.status_code == status, response.content
    assert "Location" not in response.headers


@pytest.mark.parametrize("slash", ["", "/"], ids=["without", "with"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_a_path_of_operations_is_served_either_way(api, project, path, slash):
    assert api.get(path + slash).status_code == 200


@pytest.mark.parametrize("slash", ["", "/"], ids=["without", "with"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/nowhere/at/all", "/api/acme/web/nothing", "/api/acme/web/tasks/x/y/z"])
def test_a_path_that_does_not_exist_is_not_found_either_way(api, project, method, path, slash):
    response = api.request(method, path + slash)
    assert response.status_code == 404
    assert errors_of(response)[0]["code"] == "not_found"


def test_links_keep_the_form_of_the_path(api, make_task):
    for _ in range(2):
        make_task()
    for path in ("/api/acme/web/tasks", "/api/acme/web/tasks/"):
        link = api.get(f"{path}?page_size=1").json()["next"]
        assert re.match(rf"http://testserver{path}\?", link)
