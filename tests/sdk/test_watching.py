"""What the server does by itself, with the official SDK against the served process: its worker watches and sends."""

import json

import pytest
from taskbadger import Action, StatusEnum, WebhookIntegration

from tests.receivers import receiver  # noqa: F401 - a fixture

WITHIN = 20  # seconds; the sweeps come each second


@pytest.fixture
def admin(server):
    """The native API with all rights in the organization, below `/api/{org}/`."""
    key = server.new_key(server.organization, "--admin")

    def call(method, path, body=None):
        answer = server.request(method, f"/api/{server.organization}/{path}", json=body, key=key)
        assert answer.status < 300, answer.body
        return answer.json() if answer.body else None

    return call


@pytest.fixture
def hook(admin, receiver, unique):  # noqa: F811
    """The SDK's integration for a channel to the receiver."""
    slug = unique.replace(".", "-")
    admin("POST", "integrations", {"kind": "webhook", "slug": slug, "config": {"url": receiver.url}})
    return WebhookIntegration(f"webhook:{slug}")


@pytest.fixture
def arrived(receiver):  # noqa: F811
    """Waits for so many messages; the points and statuses that they tell of."""

    def wait(count=1):
        messages = [json.loads(request.body)["data"] for request in receiver.wait_for(count, WITHIN)]
        return [(message["point"], (message.get("task") or message.get("monitor"))["status"]) for message in messages]

    return wait


def test_a_point_arrives_within_seconds(sdk, unique, hook, arrived):
    task = sdk.create_task(unique, value=1, actions=[Action("50,success", hook)])
    task.update(value=60, status=StatusEnum.PROCESSING)
    assert arrived() == [("50", "processing")]
    task.success()
    assert sorted(arrived(2)) == [("50", "processing"), ("success", "success")]


def test_a_silent_task_goes_stale(sdk, unique, hook, arrived, native):
    task = sdk.create_task(unique, status=StatusEnum.PROCESSING, stale_timeout=1, actions=[Action("stale", hook)])
    assert arrived() == [("stale", "stale")]
    task.ping()
    assert native.task(task.id)["status"] == "processing"


def test_a_task_that_runs_for_too_long_is_told_of(sdk, unique, hook, arrived):
    sdk.create_task(unique, status=StatusEnum.PROCESSING, max_runtime=1, actions=[Action("max_runtime_exceeded", hook)])
    assert arrived() == [("max_runtime_exceeded", "processing")]


def test_a_task_that_is_alive_but_stuck_is_told_of(sdk, unique, hook, arrived, native, receiver):  # noqa: F811
    task = sdk.create_task(unique, status=StatusEnum.PROCESSING, value=5, actions=[Action("stalled", hook)])
    native.patch(task.id, stall_timeout=1)
    while not receiver.requests:  # as a worker that goes round and round; pytest's own time limit ends it
        task.update(value=5, status=StatusEnum.PROCESSING)
    assert arrived() == [("stalled", "processing")]


def test_a_run_that_does_not_come_is_told_of_and_so_is_the_next(sdk, server, unique, hook, arrived, admin):
    monitor = admin("POST", f"{server.project}/monitors", {"name": unique, "interval": 1, "grace": 1})
    rule = {"name": unique, "trigger": "monitor_down,monitor_up", "monitor": monitor["id"], "integration": hook.id}
    made = admin("POST", "actions", rule)
    task = sdk.create_task(unique, status=StatusEnum.SUCCESS, monitor_id=monitor["id"])
    try:
        listed = server.request("GET", f"/api/demo/demo/tasks?monitor={monitor['id']}").json()["results"]
        assert [row["id"] for row in listed] == [task.id]
        assert arrived() == [("monitor_down", "down")]
        assert server.request("GET", f"/ping/{monitor['id']}", key="").status == 200
        assert arrived(2)[1] == ("monitor_up", "up")
    finally:
        admin("DELETE", f"actions/{made['id']}")
        admin("DELETE", f"{server.project}/monitors/{monitor['id']}")
