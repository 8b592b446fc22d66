"""`/api/{org}/{project}/tasks/{id}/actions`, and `actions` sent along with a task."""

import uuid

import pytest
import time_machine

from tests.answers import assert_failed, assert_refused, errors_of

EMAIL = {"trigger": "95%,success", "integration": "email", "config": {"to": "a@example.org, b@example.org"}}
FIELDS = {"id", "task", "trigger", "integration", "config", "status", "created", "updated"}


@pytest.fixture
def task(make_task):
    return make_task()


@pytest.fixture
def path(task):
    return f"tasks/{task['id']}/actions"


@pytest.fixture
def action(api, path):
    response = api.post(path, EMAIL)
    assert response.status_code == 201, response.content
    return response.json()


def test_there_are_none_at_first(api, path):
    response = api.get(path)
    assert (response.status_code, response.json()) == (200, [])


def test_an_action_is_added(api, task, path):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        response = api.post(path, EMAIL)
    assert response.status_code == 201
    body = response.json()
    assert set(body) == FIELDS
    assert isinstance(body["id"], int)
    assert {name: body[name] for name in EMAIL} == EMAIL
    assert (body["task"], body["status"]) == (task["id"], "active")
    assert body["created"] == body["updated"] == "2026-03-01T12:00:00Z"
    assert api.get(path).json() == [body]
    assert api.get(f"{path}/{body['id']}").json() == body


def test_actions_are_listed_in_the_order_in_which_they_were_added(api, path, make_task):
    ids = [api.post(path, EMAIL).json()["id"] for _ in range(3)]
    api.post(f"tasks/{make_task()['id']}/actions", EMAIL)
    assert [action["id"] for action in api.get(path).json()] == ids


@pytest.mark.parametrize(
    ("trigger", "config"),
    [
        pytest.param("  250 , 95%,*/30,*/30% ,success", {"to": " a@example.org ,b@example.org"}, id="space"),
        pytest.param(
            "max_runtime_exceeded,stalled", {"to": "a@example.org", "subject": ["x", 1, None]}, id="more keys"
        ),
        pytest.param(",".join(["1"] * 128), {"to": "a@example.org"}, id="255 characters"),
    ],
)
def test_trigger_and_config_are_kept_as_sent(api, path, trigger, config):
    body = api.post(path, {"trigger": trigger, "integration": "email", "config": config}).json()
    assert (body["trigger"], body["config"]) == (trigger, config)


@pytest.mark.parametrize("verb", ["post", "put", "patch"])
def test_actions_of_an_update_are_added_to_those_that_are_there(api, task, path, action, verb):
    sent = [{**EMAIL, "trigger": "error"}, {**EMAIL, "trigger": "stale"}]
    response = getattr(api, verb)(f"tasks/{task['id']}", {"name": "export", "actions": sent})
    assert response.status_code == 200, response.content
    assert "actions" not in response.json()
    assert [found["trigger"] for found in api.get(path).json()] == [EMAIL["trigger"], "error", "stale"]


def test_actions_come_along_with_a_new_task(api, make_task):
    task = make_task(actions=[EMAIL, {**EMAIL, "trigger": "error"}])
    assert "actions" not in task
    found = api.get(f"tasks/{task['id']}/actions").json()
    assert [action["trigger"] for action in found] == [EMAIL["trigger"], "error"]
    assert {action["task"] for action in found} == {task["id"]}


def test_an_empty_list_adds_none_and_takes_none(api, task, path, action):
    assert api.patch(f"tasks/{task['id']}", {"actions": []}).status_code == 200
    assert api.get(path).json() == [action]


@pytest.mark.parametrize("verb", ["put", "patch"])
def test_an_action_is_changed(api, path, action, verb):
    sent = {"trigger": "*/10", "integration": "email", "config": {"to": "c@example.org"}}
    with time_machine.travel("2036-03-01T12:00:00Z", tick=False):
        response = getattr(api, verb)(f"{path}/{action['id']}", sent)
    assert response.status_code == 200, response.content
    assert response.json() == {**action, **sent, "updated": "2036-03-01T12:00:00Z"}
    assert api.get(path).json() == [response.json()]


@pytest.mark.parametrize("field", ["trigger", "config"])
def test_a_patch_changes_what_it_names_alone(api, path, action, field):
    value = {"trigger": "error", "config": {"to": "c@example.org"}}[field]
    body = api.patch(f"{path}/{action['id']}", {field: value}).json()
    assert body == {**action, field: value, "updated": body["updated"]}


def test_a_put_requires_trigger_and_integration(api, path, action):
    response = api.put(f"{path}/{action['id']}", {"config": {"to": "c@example.org"}})
    assert_refused(response, "trigger", "integration")
    assert api.get(path).json() == [action]


def test_what_only_the_server_says_is_not_taken_from_a_client(api, path, action):
    sent = {"id": 7, "task": "x", "status": "cancelled", "created": None, "updated": None}
    body = api.patch(f"{path}/{action['id']}", sent).json()
    assert body == {**action, "updated": body["updated"]}


def test_a_cancelled_action_stays_listed(api, path, action):
    response = api.delete(f"{path}/{action['id']}")
    assert (response.status_code, response.content) == (204, b"")
    (found,) = api.get(path).json()
    assert found == {**action, "status": "cancelled", "updated": found["updated"]}
    assert api.get(f"{path}/{action['id']}").json() == found


def test_a_cancelled_action_stays_cancelled(api, path, action):
    api.delete(f"{path}/{action['id']}")
    cancelled = api.get(path).json()
    assert api.delete(f"{path}/{action['id']}").status_code == 204
    assert api.get(path).json() == cancelled
    for body in ({"status": "active"}, {"trigger": "error"}):
        assert api.patch(f"{path}/{action['id']}", body).json()["status"] == "cancelled"


def test_the_task_can_be_of_any_status(api, make_task):
    for status in ("success", "cancelled", "stale"):
        task = make_task(status=status)
        assert api.post(f"tasks/{task['id']}/actions", EMAIL).status_code == 201
        assert api.get(f"tasks/{task['id']}").json()["status"] == status


def test_an_action_is_found_through_its_own_task_alone(api, make_task, action):
    other = f"tasks/{make_task()['id']}/actions/{action['id']}"
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        body = {"body": EMAIL} if method in {"PUT", "PATCH"} else {}
        assert_failed(api.request(method, other, **body), 404, "not_found")


@pytest.mark.parametrize("action_id", ["0", "999999", "x", "-1", "1.5", "9" * 30, "²", "%00", str(uuid.UUID(int=7))])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_there_is_no_such_action(api, path, action, method, action_id):
    body = {"body": EMAIL} if method in {"PUT", "PATCH"} else {}
    assert_failed(api.request(method, f"{path}/{action_id}", **body), 404, "not_found")


@pytest.mark.parametrize("task_id", [str(uuid.UUID(int=7)), "x", "%00", "%FF", "+"])
def test_a_task_that_does_not_exist_has_no_actions(api, action, task_id):
    assert_failed(api.get(f"tasks/{task_id}/actions"), 404, "not_found")
    assert_failed(api.post(f"tasks/{task_id}/actions", EMAIL), 404, "not_found")
    assert_failed(api.get(f"tasks/{task_id}/actions/{action['id']}"), 404, "not_found")


def test_a_missing_config_is_an_empty_one_which_a_mail_can_not_use(api, path):
    assert_refused(api.post(path, {"trigger": "success", "integration": "email"}), "config")


def test_the_detail_of_a_bad_trigger_names_the_point(api, path):
    response = api.post(path, {**EMAIL, "trigger": "success, done ,95%"})
    assert_refused(response, "trigger")
    assert "“done”" in errors_of(response)[0]["detail"]
