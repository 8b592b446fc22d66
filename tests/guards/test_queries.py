"""What each request may cost: statements, those that only begin and end transactions not counted."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects import keyring
from tasks.models import Task

CONTROL = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b", re.I)
EMAIL = {"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}
EMBEDS = ["actions", "children", "status_history"]


def statements(api, method, path, body=None):
    """What the database was asked for one request that succeeds."""
    with CaptureQueriesContext(connection) as asked:
        response = api.request(method, path, **({} if body is None else {"body": body}))
    assert response.status_code < 300, response.content
    return [query["sql"] for query in asked if not CONTROL.match(query["sql"])]


def assert_costs(most, asked):
    assert len(asked) <= most, [sql[:200] for sql in asked[: most + 3]]


@pytest.fixture
def warm(api):
    """The caller, whose key the process remembers."""
    assert api.get("tasks").status_code == 200
    return api


@pytest.fixture
def task(make_task):
    return make_task()


def test_a_key_is_looked_up_once_and_then_remembered(api, task):
    path = f"tasks/{task['id']}"
    keyring.forget()
    cold = statements(api, "GET", path)
    assert len(cold) - len(statements(api, "GET", path)) == 1
    assert sum("projects_apikey" in sql for sql in cold) == 1


def test_a_get_asks_once(warm, task):
    assert_costs(1, statements(warm, "GET", f"tasks/{task['id']}"))


def test_a_create_asks_once(warm):
    assert_costs(1, statements(warm, "POST", "tasks", {"name": "export", "tags": {"a": "b"}, "data": {"a": 1}}))
    assert_costs(1, statements(warm, "POST", "tasks", {"name": "export", "status": "processing", "value": 5}))


def test_a_parent_costs_a_create_one_more(warm, task):
    assert_costs(2, statements(warm, "POST", "tasks", {"name": "export", "parent": task["id"]}))


@pytest.mark.parametrize("count", [1, 20])
def test_actions_cost_a_create_one_more_however_many(warm, count):
    assert_costs(2, statements(warm, "POST", "tasks", {"name": "export", "actions": [EMAIL] * count}))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"value": 5}, id="progress"),
        pytest.param({}, id="ping"),
        pytest.param({"status": "pending", "value": 5}, id="status repeated"),
        pytest.param({"tags": {"a": "b"}}, id="tags"),
        pytest.param({"data": {"a": 1}, "queue": "q", "stale_timeout": 10}, id="many fields"),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST"])
def test_an_update_asks_twice(warm, task, method, body):
    assert_costs(2, statements(warm, method, f"tasks/{task['id']}", {"name": "export", **body}))


def test_a_move_of_the_status_costs_one_more(warm, task):
    path = f"tasks/{task['id']}"
    assert_costs(3, statements(warm, "PATCH", path, {"status": "processing", "value": 5}))
    assert_costs(3, statements(warm, "PATCH", path, {"status": "stale"}))
    assert_costs(3, statements(warm, "DELETE", path))


def test_a_ping_that_revives_is_tried_as_a_plain_one_first(warm, make_task):
    assert_costs(4, statements(warm, "PATCH", f"tasks/{make_task(status='stale')['id']}", {}))


@pytest.mark.parametrize("body", [{}, {"value": 5}, {"data": {"a": 1}, "queue": "q"}])
def test_what_can_move_nothing_else_asks_once(warm, task, body):
    assert_costs(1, statements(warm, "PATCH", f"tasks/{task['id']}", body))


def test_a_parent_costs_an_update_one_more(warm, task, make_task):
    path = f"tasks/{make_task()['id']}"
    assert_costs(3, statements(warm, "PATCH", path, {"parent": task["id"]}))
    assert_costs(2, statements(warm, "PATCH", path, {"parent": task["id"], "value": 1}))


@pytest.mark.parametrize("count", [1, 20])
def test_actions_cost_an_update_one_more_however_many(warm, make_task, count):
    path = f"tasks/{make_task()['id']}"
    assert_costs(3, statements(warm, "PATCH", path, {"actions": [EMAIL] * count}))
    assert_costs(3, statements(warm, "PATCH", path, {"value": 5}))


def test_a_cancel_of_what_is_over_asks_once(warm, make_task):
    assert_costs(1, statements(warm, "DELETE", f"tasks/{make_task(status='success')['id']}"))


def rows(project, count, **fields):
    now = timezone.now()
    tasks = [Task(project=project, name="export", created=now, updated=now, **fields) for _ in range(count)]
    return Task.objects.bulk_create(tasks)


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_a_list_asks_once_however_long_the_page_is(warm, project, count):
    rows(project, count)
    assert_costs(1, statements(warm, "GET", "tasks?page_size=1000"))


def test_a_list_asks_once_whatever_it_filters_by(warm, project, task):
    rows(project, 10)
    query = f"status=pending&status=error&name=export&name_contains=x&tag=a:b&tag=c:d&queue=&parent={task['id']}"
    assert_costs(1, statements(warm, "GET", f"tasks?{query}&created_after=2026-01-01&updated_before=2036-01-01"))


def test_a_page_in_either_direction_asks_once(warm, project):
    rows(project, 10)
    first = warm.get("tasks?page_size=3").json()
    assert_costs(1, statements(warm, "GET", first["next"].removeprefix("http://testserver")))
    second = warm.get(first["next"].removeprefix("http://testserver")).json()
    assert_costs(1, statements(warm, "GET", second["previous"].removeprefix("http://testserver")))


@pytest.fixture
def families(warm, project):
    """Ten parents, each with children, actions and a history."""
    for parent in rows(project, 10):
        path = f"tasks/{parent.public_id}"
        warm.patch(path, {"status": "processing", "actions": [EMAIL, EMAIL]})
        warm.patch(path, {"status": "error"})
        rows(project, 2, parent=parent)
    return warm


@pytest.mark.parametrize("name", EMBEDS)
def test_an_embed_costs_one_more_however_many_tasks_there_are(families, name):
    path = f"tasks/{families.get('tasks?parent=none').json()['results'][0]['id']}"
    assert_costs(2, statements(families, "GET", f"{path}?embed={name}"))
    assert_costs(2, statements(families, "GET", f"tasks?page_size=1&embed={name}"))
    assert_costs(2, statements(families, "GET", f"tasks?page_size=100&embed={name}"))


def test_all_embeds_together_cost_one_more_each(families):
    assert_costs(1 + len(EMBEDS), statements(families, "GET", f"tasks?page_size=100&embed={','.join(EMBEDS)}"))


def test_an_embed_that_is_asked_for_again_costs_nothing_more(families):
    assert_costs(2, statements(families, "GET", f"tasks?embed={','.join(['actions'] * 50)}"))


def test_the_actions_of_a_task_cost_the_same_however_many(warm, task):
    path = f"tasks/{task['id']}/actions"
    few = len(statements(warm, "GET", path))
    for _ in range(5):
        warm.post(path, EMAIL)
    assert_costs(few, statements(warm, "GET", path))
    assert_costs(2, statements(warm, "GET", path))


def test_rules_cost_nothing_where_they_hear_nothing_and_a_constant_where_they_count(warm, admin, make_task):
    email = {"trigger": "error", "integration": "email", "config": {"to": "a@example.org"}}
    for number in range(5):
        body = {**email, "name": str(number), "failures_in_row": number + 1, "notify_recovery": True}
        assert admin.post("actions", body).status_code == 201
    path = f"tasks/{make_task()['id']}"  # and the process has read the rules
    assert_costs(1, statements(warm, "PATCH", path, {"value": 5}))
    assert_costs(1, statements(warm, "POST", "tasks", {"name": "export", "status": "processing"}))
    assert_costs(3, statements(warm, "PATCH", path, {"status": "processing"}))
    # The task, its history, three for the streaks of all rules, one for the outbox.
    assert_costs(7, statements(warm, "PATCH", path, {"status": "error"}))
