"""The history of a task, `?embed=status_history`: one entry for each change of its status."""

import datetime

import pytest
import time_machine

from projects.models import ApiKey, User
from tasks.lifecycle import sweep_tasks


def history(api, task):
    return api.get(f"tasks/{task['id']}?embed=status_history").json()["status_history"]


def moves(api, task):
    return [(entry["from"], entry["to"]) for entry in history(api, task)]


@pytest.fixture
def task(make_task):
    return make_task()


def test_each_change_of_the_status_is_written_down_oldest_first(api, task):
    for status in ("processing", "error", "processing", "success"):
        api.patch(f"tasks/{task['id']}", {"status": status})
    assert moves(api, task) == [
        ("pending", "processing"),
        ("processing", "error"),
        ("error", "processing"),
        ("processing", "success"),
    ]


@pytest.mark.parametrize("body", [{}, {"value": 1}, {"status": "pending"}, {"status": "pending", "value": 2}], ids=str)
def test_what_moves_no_status_writes_no_history(api, task, body):
    api.patch(f"tasks/{task['id']}", body)
    assert history(api, task) == []


def test_a_refused_change_writes_no_history(api, task):
    api.patch(f"tasks/{task['id']}", {"status": "success", "value": -1})
    assert history(api, task) == []


def test_an_entry_says_when_and_by_which_key(api, task):
    with time_machine.travel("2036-03-01T12:00:00Z", tick=False):
        api.put(f"tasks/{task['id']}", {"name": "export", "status": "processing"})
    key = ApiKey.objects.get()
    assert history(api, task) == [
        {
            "from": "pending",
            "to": "processing",
            "at": "2036-03-01T12:00:00Z",
            "by": {"kind": "key", "id": key.pk},
        }
    ]


def test_an_entry_says_by_which_person(api, organization, task):
    user = User.objects.create_user("ada@example.org")
    organization.memberships.create(user=user, role="member")
    key, api.key = api.key, None
    api.client.force_login(user)
    assert api.patch(f"tasks/{task['id']}", {"status": "processing"}).status_code == 200
    api.client.logout()
    api.key = key
    (entry,) = history(api, task)
    assert entry["by"] == {"kind": "member", "id": user.pk}


def test_an_entry_says_that_it_was_the_servers_own_sweep(api, make_task):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        task = make_task(status="processing", stale_timeout=10)
    sweep_tasks(datetime.datetime(2026, 3, 1, 12, 1, tzinfo=datetime.UTC), 10)
    (entry,) = history(api, task)
    assert (entry["from"], entry["to"], entry["at"]) == ("processing", "stale", "2026-03-01T12:01:00Z")
    assert entry["by"] == {"kind": "sweep", "id": None}


def test_a_cancel_is_written_down_once(api, task):
    api.delete(f"tasks/{task['id']}")
    api.delete(f"tasks/{task['id']}")
    assert moves(api, task) == [("pending", "cancelled")]


def test_a_key_that_is_gone_takes_no_history_with_it(api, task, make_key, project):
    api.patch(f"tasks/{task['id']}", {"status": "processing"})
    ApiKey.objects.all().delete()
    api.key = make_key(project)
    assert moves(api, task) == [("pending", "processing")]
