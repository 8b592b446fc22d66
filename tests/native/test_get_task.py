"""GET /api/{org}/{project}/tasks/{id}."""

import uuid

import pytest

from projects.models import User
from tests.answers import TASK_FIELDS, assert_failed


def test_a_task_is_shown_whole(api, make_task):
    task = make_task(value=5, tags={"a": "b"})
    response = api.get(f"tasks/{task['id']}")
    assert response.status_code == 200
    assert response.json() == task
    assert set(task) == TASK_FIELDS


def test_reading_moves_no_clock(api, make_task):
    task = make_task()
    api.get(f"tasks/{task['id']}")
    assert api.get(f"tasks/{task['id']}").json()["updated"] == task["updated"]


def test_head_answers_as_get_without_the_body(api, make_task):
    path = f"tasks/{make_task()['id']}"
    response = api.request("HEAD", path)
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Type"] == api.get(path).headers["Content-Type"]


@pytest.mark.parametrize(
    "task_id",
    [
        pytest.param(str(uuid.UUID(int=7)), id="no such task"),
        pytest.param("1", id="a number"),
        pytest.param("export", id="a word"),
        pytest.param("x" * 4000, id="a long word"),
        pytest.param("00000000-0000-0000-0000-00000000000g", id="nearly an id"),
        pytest.param("%00", id="NUL"),
        pytest.param("..", id="dots"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "POST", "DELETE"])
def test_there_is_no_such_task(api, make_task, method, task_id):
    make_task()
    body = {} if method in {"GET", "DELETE"} else {"body": {"name": "import"}}
    assert_failed(api.request(method, f"tasks/{task_id}", **body), 404, "not_found")


def test_the_number_of_a_task_is_not_its_id_here(api, make_task):
    assert_failed(api.get(f"tasks/{make_task()['number']}"), 404, "not_found")


@pytest.mark.parametrize("path", ["tasks", "tasks/{id}", "tasks/{id}/actions", "tasks/{id}/actions/{action}"])
def test_a_member_in_a_browser_sees_a_page(api, organization, make_task, path):
    email = {"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}
    task = make_task(name="<b>export</b>", actions=[email])
    action = api.get(f"tasks/{task['id']}/actions").json()[0]["id"]
    user = User.objects.create_user("ada@example.org")
    organization.memberships.create(user=user, role="owner")
    api.key = None
    api.client.force_login(user)
    response = api.get(path.format(id=task["id"], action=action), headers={"Accept": "text/html,*/*;q=0.8"})
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    assert b"<b>export" not in response.content
