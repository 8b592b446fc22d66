"""A stale task: any update may leave `stale`, and one that carries no status takes the task back to where it was."""

import pytest

from tests.answers import assert_refused


@pytest.fixture
def make_stale(api, make_task):
    def make(status):
        task = make_task(status=status, value=3)
        response = api.patch(f"tasks/{task['id']}", {"status": "stale"})
        assert response.json()["status"] == "stale", response.content
        return task

    return make


@pytest.mark.parametrize("body", [{}, {"value": 4}, {"tags": {"a": "b"}}, {"data": 1}], ids=str)
@pytest.mark.parametrize("status", ["pending", "pre_processing", "processing", "post_processing"])
def test_an_update_without_a_status_returns_a_stale_task_to_the_one_it_had(api, make_stale, status, body):
    task = make_stale(status)
    revived = api.patch(f"tasks/{task['id']}?embed=status_history", body).json()
    assert revived["status"] == status
    assert [(entry["from"], entry["to"]) for entry in revived["status_history"]] == [
        (status, "stale"),
        ("stale", status),
    ]
    assert (revived["start_time"], revived["end_time"]) == (task["start_time"], task["end_time"])


def test_a_put_without_a_status_revives_as_well(api, make_stale):
    task = make_stale("processing")
    assert api.put(f"tasks/{task['id']}", {"name": "export"}).json()["status"] == "processing"


def test_a_task_that_was_made_stale_becomes_pending(api, make_task):
    task = make_task(status="stale")
    assert api.patch(f"tasks/{task['id']}", {}).json()["status"] == "pending"


@pytest.mark.parametrize("status", ["pending", "processing", "success", "error", "cancelled"])
def test_a_status_that_is_sent_counts(api, make_stale, status):
    task = make_stale("pre_processing")
    assert api.patch(f"tasks/{task['id']}", {"status": status}).json()["status"] == status
    assert api.patch(f"tasks/{task['id']}", {}).json()["status"] == status


def test_stale_repeated_stays_stale_and_keeps_the_way_back(api, make_stale):
    task = make_stale("processing")
    assert api.patch(f"tasks/{task['id']}", {"status": "stale"}).json()["status"] == "stale"
    assert api.patch(f"tasks/{task['id']}", {}).json()["status"] == "processing"


def test_each_standstill_has_a_way_back_of_its_own(api, make_stale):
    path = f"tasks/{make_stale('processing')['id']}"
    api.patch(path, {"status": "post_processing"})
    api.patch(path, {"status": "stale"})
    assert api.patch(path, {}).json()["status"] == "post_processing"


def test_a_refused_update_revives_nothing(api, make_stale):
    path = f"tasks/{make_stale('processing')['id']}"
    assert_refused(api.patch(path, {"value": -1}), "value")
    assert api.get(path).json()["status"] == "stale"


def test_reading_revives_nothing(api, make_stale):
    path = f"tasks/{make_stale('processing')['id']}"
    assert api.get(path).json()["status"] == "stale"
    assert api.get("tasks").json()["results"][0]["status"] == "stale"


def test_a_stale_task_can_be_cancelled(api, make_stale):
    path = f"tasks/{make_stale('processing')['id']}"
    assert api.delete(path).status_code == 204
    assert api.get(path).json()["status"] == "cancelled"
