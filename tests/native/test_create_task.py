"""POST /api/{org}/{project}/tasks."""

import re
import uuid

import pytest
import time_machine

from tasks.models import Task
from tests.answers import TASK_FIELDS, assert_refused, errors_of

INT64_MAX = 2**63 - 1
RUNNING = ["pre_processing", "processing", "post_processing"]
NOON = "2026-03-01T12:00:00Z"


def created(response):
    assert response.status_code == 201, response.content
    return response.json()


def test_a_name_is_enough(api):
    with time_machine.travel(NOON, tick=False):
        task = created(api.post("tasks", {"name": "export"}))
    assert set(task) == TASK_FIELDS
    path = f"/tasks/{task['id']}/"
    assert task.pop("url") == f"http://testserver/a/acme{path}"
    assert re.fullmatch(rf"http://testserver/public{path}[\w-]{{20,}}/", task.pop("public_url"))
    assert uuid.UUID(task.pop("id")).version == 7
    assert isinstance(task.pop("number"), int)
    assert task == {
        "organization": "acme",
        "project": "web",
        "name": "export",
        "status": "pending",
        "value": None,
        "value_max": 100,
        "value_percent": None,
        "data": None,
        "tags": {},
        "queue": "",
        "external_id": "",
        "parent": None,
        "max_runtime": None,
        "stale_timeout": None,
        "stall_timeout": None,
        "start_time": None,
        "end_time": None,
        "time_to_start": None,
        "created": NOON,
        "updated": NOON,
        "monitor": None,
    }


def test_what_is_answered_is_what_is_stored(api):
    task = created(api.post("tasks", {"name": "export", "value": 1, "tags": {"a": "b"}, "data": {"x": [1, None]}}))
    assert api.get(f"tasks/{task['id']}").json() == task


def test_ids_are_unique_and_ordered_in_time_as_numbers_are(make_task):
    tasks = [make_task() for _ in range(5)]
    assert [task["id"] for task in tasks] == sorted({task["id"] for task in tasks})
    assert [task["number"] for task in tasks] == sorted({task["number"] for task in tasks})
    assert len({task["public_url"].split("/")[-2] for task in tasks}) == 5


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("name", "a", id="shortest name"),
        pytest.param("name", "é" * 255, id="longest name"),
        pytest.param("name", " a ", id="spaces are kept"),
        *[
            pytest.param("status", status, id=status)
            for status in [*RUNNING, "pending", "success", "error", "cancelled", "stale"]
        ],
        pytest.param("value", 0, id="value 0"),
        pytest.param("value", None, id="no value"),
        pytest.param("value", INT64_MAX, id="greatest value"),
        pytest.param("value_max", 0, id="value_max 0"),
        pytest.param("value_max", INT64_MAX, id="greatest value_max"),
        pytest.param("tags", {"env": "prod", "é": "ü" * 255, "n" * 255: "x"}, id="tags"),
        pytest.param("queue", "", id="blank queue"),
        pytest.param("queue", "q" * 255, id="longest queue"),
        pytest.param("external_id", "", id="blank external_id"),
        pytest.param("external_id", "x" * 255, id="longest external_id"),
        pytest.param("max_runtime", 1, id="shortest max_runtime"),
        pytest.param("max_runtime", 2147483647, id="longest max_runtime"),
        pytest.param("max_runtime", None, id="no max_runtime"),
        pytest.param("stale_timeout", 2147483647, id="longest stale_timeout"),
        pytest.param("stall_timeout", 2147483647, id="longest stall_timeout"),
    ],
)
def test_a_field_is_kept_as_sent(api, field, value):
    task = created(api.post("tasks", {"name": "export", field: value}))
    assert task[field] == value
    assert api.get(f"tasks/{task['id']}").json()[field] == value


@pytest.mark.parametrize(
    ("value", "value_max", "percent"),
    [
        pytest.param(None, 100, None, id="no value"),
        pytest.param(0, 100, 0, id="nothing done"),
        pytest.param(50, 200, 25, id="a quarter"),
        pytest.param(1, 3, 33, id="rounded down"),
        pytest.param(199, 200, 99, id="not done is never 100"),
        pytest.param(150, 100, 150, id="not clipped"),
        pytest.param(5, 0, None, id="of nothing"),
        pytest.param(INT64_MAX, INT64_MAX, 100, id="greatest of greatest"),
        pytest.param(INT64_MAX, 1, 100 * INT64_MAX, id="greatest of one"),
    ],
)
def test_the_percentage_follows_from_value_and_value_max(api, value, value_max, percent):
    task = created(api.post("tasks", {"name": "export", "value": value, "value_max": value_max}))
    assert task["value_percent"] == percent
    assert api.get("tasks").json()["results"][0]["value_percent"] == percent


@pytest.mark.parametrize(
    ("status", "clocks"),
    [
        pytest.param("pending", (None, None, None), id="waits"),
        pytest.param("pre_processing", (NOON, None, "00:00:00"), id="runs at once"),
        pytest.param("processing", (NOON, None, "00:00:00"), id="runs"),
        pytest.param("success", (None, NOON, "00:00:00"), id="is over"),
        pytest.param("stale", (None, None, "00:00:00"), id="is stale"),
    ],
)
def test_the_clocks_of_a_new_task_follow_from_its_status(api, status, clocks):
    with time_machine.travel(NOON, tick=False):
        task = created(api.post("tasks", {"name": "export", "status": status}))
    assert (task["start_time"], task["end_time"], task["time_to_start"]) == clocks


def test_the_clocks_that_a_client_sends_are_kept_in_utc(api):
    sent = {"start_time": "2026-02-01T10:00:00+02:00", "end_time": "2026-02-01T09:30:00.25Z", "status": "success"}
    task = created(api.post("tasks", {"name": "export", **sent}))
    assert (task["start_time"], task["end_time"]) == ("2026-02-01T08:00:00Z", "2026-02-01T09:30:00.250000Z")


def test_what_only_the_server_says_is_not_taken_from_a_client(api):
    sent = {
        "id": str(uuid.UUID(int=1)),
        "number": -1,
        "organization": "globex",
        "project": "billing",
        "value_percent": 7,
        "time_to_start": "00:00:07",
        "created": "2001-01-01T00:00:00Z",
        "updated": "2001-01-01T00:00:00Z",
        "url": "https://example.org/",
        "public_url": "https://example.org/",
    }
    task = created(api.post("tasks", {"name": "export", **sent}))
    assert {name for name, value in sent.items() if task[name] == value} == set()
    assert (task["organization"], task["project"]) == ("acme", "web")


def test_a_new_task_has_no_history(api):
    task = created(api.post("tasks?embed=status_history", {"name": "export", "status": "processing"}))
    assert task["status_history"] == []


def test_an_organization_key_makes_tasks_in_any_project_of_it(admin, project, other_project):
    for slug in ("web", "billing"):
        assert created(admin.post(f"{slug}/tasks", {"name": "export"}))["project"] == slug


def test_a_missing_name_is_named(api):
    response = api.post("tasks", {"status": "processing"})
    assert_refused(response, "name")
    assert errors_of(response)[0]["code"] == "required"
    assert not Task.objects.exists()


def test_every_bad_field_is_named_at_once(api):
    bad = {
        "name": "",
        "status": "done",
        "value": -1,
        "value_max": None,
        "tags": {"a": 1},
        "queue": 1,
        "parent": "x",
        "stale_timeout": 0,
        "start_time": "soon",
    }
    response = api.post("tasks", bad)
    assert_refused(response, *(bad.keys() - {"tags"}), "tags.a")
    assert not Task.objects.exists()


def test_a_monitor_that_does_not_exist_is_refused_by_its_header(api):
    response = api.post("tasks", {"name": "export"}, headers={"X-TASKBADGER-MONITOR": str(uuid.uuid4())})
    assert_refused(response, "X-TASKBADGER-MONITOR")
    assert not Task.objects.exists()
