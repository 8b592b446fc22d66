"""DELETE /api/{org}/{project}/tasks/{id}."""

import uuid

import pytest
import time_machine

from tests.answers import assert_failed

NOON = "2026-03-01T12:00:00Z"


@pytest.mark.parametrize("status", ["pending", "pre_processing", "processing", "post_processing", "stale"])
def test_a_task_that_is_not_over_becomes_cancelled(api, make_task, status):
    with time_machine.travel("2026-03-01T11:00:00Z", tick=False):
        task = make_task(status=status, value=3, data={"a": 1})
    with time_machine.travel(NOON, tick=False):
        response = api.delete(f"tasks/{task['id']}")
    assert (response.status_code, response.content) == (204, b"")
    after = api.get(f"tasks/{task['id']}").json()
    assert (after["status"], after["end_time"], after["updated"]) == ("cancelled", NOON, NOON)
    changed = {name for name in task if task[name] != after[name]} - {"time_to_start"}
    assert changed == {"status", "end_time", "updated"}


@pytest.mark.parametrize("status", ["success", "error", "cancelled"])
def test_a_task_that_is_over_stays_as_it_is(api, make_task, status):
    task = make_task(status=status)
    response = api.delete(f"tasks/{task['id']}")
    assert (response.status_code, response.content) == (204, b"")
    assert api.get(f"tasks/{task['id']}").json() == task


def test_a_cancelled_task_stays_listed(api, make_task):
    task = make_task()
    api.delete(f"tasks/{task['id']}")
    assert [found["id"] for found in api.get("tasks").json()["results"]] == [task["id"]]


def test_children_of_a_cancelled_task_go_on(api, make_task):
    parent = make_task()
    child = make_task(parent=parent["id"], status="processing")
    api.delete(f"tasks/{parent['id']}")
    assert api.get(f"tasks/{child['id']}").json() == child


def test_an_unknown_task_can_not_be_cancelled(api, make_task):
    make_task()
    assert_failed(api.delete(f"tasks/{uuid.uuid4()}"), 404, "not_found")
