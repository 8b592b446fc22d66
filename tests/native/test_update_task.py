"""PUT, PATCH and POST /api/{org}/{project}/tasks/{id}."""

import pytest
import time_machine

from tests.answers import TASK_FIELDS, assert_refused, errors_of

VERBS = ["put", "patch", "post"]
FULL = {
    "name": "import",
    "status": "processing",
    "value": 7,
    "value_max": 70,
    "data": {"a": [1]},
    "tags": {"env": "prod"},
    "queue": "high",
    "external_id": "celery-1",
    "max_runtime": 60,
    "stale_timeout": 61,
    "stall_timeout": 62,
    "start_time": "2026-03-01T11:00:00Z",
    "end_time": "2026-03-01T11:30:00Z",
}


@pytest.fixture(params=VERBS)
def update(request, api):
    """Updates a task by each of the three methods, of which PUT wants the name."""

    def send(task, body, path="tasks/{}"):
        if request.param == "put":
            body = {"name": task["name"], **body}
        return getattr(api, request.param)(path.format(task["id"]), body)

    return send


def test_an_update_sets_every_field_that_it_names(api, make_task, update):
    task = make_task()
    response = update(task, FULL)
    assert response.status_code == 200, response.content
    changed = response.json()
    assert set(changed) == TASK_FIELDS
    assert {name: changed[name] for name in FULL} == FULL
    assert changed["value_percent"] == 10
    assert api.get(f"tasks/{task['id']}").json() == changed


def test_an_update_leaves_every_other_field(api, make_task, update):
    before = make_task(**FULL)
    after = update(before, {"value": 8}).json()
    assert {name for name in TASK_FIELDS if before[name] != after[name]} == {"value", "value_percent", "updated"}


@pytest.mark.parametrize("field", ["value", "data", "max_runtime", "stale_timeout", "stall_timeout", "start_time"])
def test_null_clears_what_may_be_null(make_task, update, field):
    assert update(make_task(**FULL), {field: None}).json()[field] is None


@pytest.mark.parametrize("field", ["name", "status", "value_max", "tags", "queue", "external_id", "actions"])
def test_null_is_refused_where_there_is_always_something(api, make_task, update, field):
    task = make_task(**FULL)
    assert_refused(update(task, {field: None}), field)
    assert api.get(f"tasks/{task['id']}").json() == task


def test_updated_moves_and_created_does_not(make_task, update):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        task = make_task()
    with time_machine.travel("2026-03-01T12:00:05Z", tick=False):
        changed = update(task, {"value": 1}).json()
    assert (changed["created"], changed["updated"]) == ("2026-03-01T12:00:00Z", "2026-03-01T12:00:05Z")


def test_what_only_the_server_says_is_not_taken_from_a_client(make_task, update):
    task = make_task()
    sent = {"id": "x", "number": 7, "project": "billing", "value_percent": 7, "created": None, "url": "", "monitor": 7}
    changed = update(task, sent).json()
    assert {name: changed[name] for name in sent} == {name: task[name] for name in sent}


@pytest.mark.parametrize("body", [{"value": 1}, {}], ids=["a change", "nothing"])
def test_put_requires_a_name(api, make_task, body):
    task = make_task()
    response = api.put(f"tasks/{task['id']}", body)
    assert_refused(response, "name")
    assert errors_of(response)[0]["code"] == "required"
    assert api.get(f"tasks/{task['id']}").json() == task


@pytest.mark.parametrize("verb", ["patch", "post"])
def test_a_ping_is_an_empty_patch_that_moves_updated_alone(api, make_task, verb):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        before = make_task(**FULL)
    with time_machine.travel("2026-03-01T12:10:00Z", tick=False):
        response = getattr(api, verb)(f"tasks/{before['id']}", {})
    assert response.status_code == 200
    assert response.json() == {**before, "updated": "2026-03-01T12:10:00Z"}
    assert api.get(f"tasks/{before['id']}").json() == response.json()


def test_a_patch_without_a_body_is_a_ping_too(api, make_task):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        before = make_task(**FULL)
    with time_machine.travel("2026-03-01T12:10:00Z", tick=False):
        response = api.patch(f"tasks/{before['id']}")
    assert response.status_code == 200, response.content
    assert response.json() == {**before, "updated": "2026-03-01T12:10:00Z"}


def test_a_refused_update_changes_nothing(api, make_task, update):
    task = make_task(**FULL)
    assert_refused(update(task, {"value": 9, "status": "done", "stale_timeout": 0}), "status", "stale_timeout")
    assert api.get(f"tasks/{task['id']}").json() == task


def test_an_update_touches_no_other_task(api, make_task, update):
    other, task = make_task(), make_task()
    update(task, FULL)
    assert api.get(f"tasks/{other['id']}").json() == other


@pytest.mark.parametrize("status", ["success", "error"])
def test_a_task_that_is_over_can_be_taken_up_again(make_task, update, status):
    assert update(make_task(status=status), {"status": "processing"}).json()["status"] == "processing"


def test_a_value_may_go_back(make_task, update):
    assert update(make_task(value=9), {"value": 3}).json()["value"] == 3


def test_the_public_link_stays(make_task, update):
    task = make_task()
    assert update(task, {"value": 1}).json()["public_url"] == task["public_url"]
