"""Each sentence of how actions fire, over HTTP, to a real receiver: exactly the points that are documented arrive."""

import datetime
import json

import pytest
import time_machine
from django.utils import timezone

from integrations.delivering import deliver_due
from tasks.lifecycle import sweep_tasks
from tests.receivers import receiver  # noqa: F401 - a fixture

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
DELETE = "DELETE"


@pytest.fixture
def hook(admin, receiver, settings):  # noqa: F811
    """A channel `webhook:ops` to the receiver, and what arrived there, delivered just now."""
    settings.TASKAPI_WEBHOOK_ALLOW = ["127.0.0.0/8"]
    body = {"kind": "webhook", "slug": "ops", "name": "Ops", "config": {"url": receiver.url}}
    response = admin.post("integrations", body)
    assert response.status_code == 201, response.content

    def arrived():
        deliver_due()
        return [json.loads(request.body) for request in receiver.requests]

    return arrived


def points(arrived):
    return [message["data"]["point"] for message in arrived]


def act(trigger):
    return {"trigger": trigger, "integration": "webhook:ops"}


def go(api, make_task, trigger, made, updates):
    task = make_task(actions=[act(trigger)], **made)
    for body in updates:
        if body == DELETE:
            assert api.delete(f"tasks/{task['id']}").status_code == 204
        else:
            assert api.patch(f"tasks/{task['id']}", body).status_code == 200
    return task


def values(*numbers):
    return [{"value": number} for number in numbers]


@pytest.mark.parametrize(
    ("trigger", "made", "updates", "expected"),
    [
        pytest.param("250", {"value_max": 500}, values(249, 250, 251), ["250"], id="a value is reached"),
        pytest.param("250", {"value_max": 500}, values(10, 400), ["250"], id="a value is passed"),
        pytest.param("250", {"value": 300}, values(200), ["250"], id="upward only: down fires nothing, creation did"),
        pytest.param("250", {"value": 0}, values(300, 200, 260), ["250", "250"], id="each new crossing counts"),
        pytest.param("95%", {"value_max": 200}, values(189, 190, 191), ["95%"], id="a percentage is reached"),
        pytest.param("95%", {"value_max": 10}, values(9, 10), ["95%"], id="a percentage is passed"),
        pytest.param("95%", {"value": 50, "value_max": 100}, [{"value_max": 50}], ["95%"], id="by a smaller value_max"),
        pytest.param("95%", {"value_max": 0}, values(5, 50), [], id="no percentage of nothing"),
        pytest.param("*/30", {"value": 1}, values(29, 30, 45, 61, 95), ["*/30"] * 4, id="every multiple, 0 as well"),
        pytest.param("*/30", {"value": 1}, values(100), ["*/30"] * 2, id="many multiples at once are one"),
        pytest.param("*/30", {}, values(0, 10), ["*/30"], id="from null to 0 reaches 0"),
        pytest.param("*/30%", {"value": 1, "value_max": 10}, values(3, 4, 6, 9), ["*/30%"] * 4, id="every percentage"),
        pytest.param("success", {}, [{"status": "processing"}, {"status": "success"}], ["success"], id="a status"),
        pytest.param(
            "processing",
            {"status": "pending"},
            [{"status": "processing", "value": value} for value in (1, 2, 3)],
            ["processing"],
            id="a status that is repeated fires nothing",
        ),
        pytest.param("pending", {}, [{"value": 1}], ["pending"], id="creation is a change from nothing"),
        pytest.param("0", {"value": 0}, [], ["0"], id="a value from null to 0 reaches 0, on creation"),
        pytest.param("20,40,80", {"value": 0}, values(90), ["80"], id="only the last of several points"),
        pytest.param("80,20,40", {"value": 0}, values(90), ["80"], id="the last on the way, not in the text"),
        pytest.param("20,40,80", {"value": 0}, values(30, 90), ["20", "80"], id="reached by two updates: twice"),
        pytest.param(
            "100,success", {"value": 1}, [{"value": 100, "status": "success"}], ["success"], id="together, once"
        ),
        pytest.param(
            "100,success", {"value": 1}, [{"value": 100}, {"status": "success"}], ["100", "success"], id="apart, twice"
        ),
        pytest.param("error,cancelled", {}, [DELETE, DELETE], ["cancelled"], id="DELETE is a change to cancelled"),
        pytest.param("error", {}, [{"status": "success"}, DELETE], [], id="what was not entered does not count"),
        pytest.param(
            "error",
            {"status": "error"},
            [{"status": "processing"}, {"status": "error"}],
            ["error", "error"],
            id="entered again by a retry",
        ),
        pytest.param(
            "stale", {}, [{"status": "stale"}, {}], ["stale"], id="a client may set stale; a ping fires nothing"
        ),
        pytest.param(
            "processing",
            {"status": "processing"},
            [{"status": "stale"}, {}, {"status": "stale"}, {"value": 3}],
            ["processing"],
            id="to come back from stale fires nothing",
        ),
        pytest.param("50", {"value": 1}, [{"status": "stale"}, {"value": 60}], ["50"], id="but the value does"),
        pytest.param("50", {"value": 1}, [{}, {"data": {"a": 1}}, {"tags": {"a": "b"}}], [], id="pings fire nothing"),
    ],
)
def test_an_action_fires_for_exactly_these_points(api, make_task, hook, trigger, made, updates, expected):
    go(api, make_task, trigger, made, updates)
    assert sorted(points(hook())) == sorted(expected)  # which of them arrives first is not promised


def test_two_actions_of_a_task_fire_each_for_itself(api, make_task, hook):
    task = make_task(actions=[act("10,success"), act("success")], value=1)
    api.patch(f"tasks/{task['id']}", {"value": 50})
    api.patch(f"tasks/{task['id']}", {"status": "success"})
    assert sorted(points(hook())) == ["10", "success", "success"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST"])
def test_an_action_sent_along_is_armed_before_the_update_is_looked_at(api, make_task, hook, method):
    task = make_task(value=1)
    api.request(method, f"tasks/{task['id']}", {"name": "export", "value": 60, "actions": [act("50")]})
    assert points(hook()) == ["50"]


def test_a_cancelled_action_never_fires_again(api, make_task, hook):
    task = make_task(actions=[act("50,80")], value=1)
    (action,) = api.get(f"tasks/{task['id']}/actions").json()
    api.patch(f"tasks/{task['id']}", {"value": 60})
    api.delete(f"tasks/{task['id']}/actions/{action['id']}")
    api.patch(f"tasks/{task['id']}", {"value": 90})
    assert points(hook()) == ["50"]


def test_the_message_holds_the_whole_task_as_it_was_then(api, make_task, hook):
    task = make_task(actions=[act("50")], value=1, data={"rows": [1, None, 1e22]}, tags={"env": "prod"})
    at_the_point = api.patch(f"tasks/{task['id']}", {"value": 60}).json()
    api.patch(f"tasks/{task['id']}", {"value": 70, "data": None})
    (action,) = api.get(f"tasks/{task['id']}/actions").json()
    (message,) = hook()
    assert message == {
        "type": "task.triggered",
        "timestamp": at_the_point["updated"],
        "data": {
            "task": at_the_point,
            "point": "50",
            "action": action["id"],
            "action_type": "task",
            "integration": "webhook:ops",
        },
    }


def test_a_refused_update_fires_nothing(api, make_task, hook):
    task = make_task(actions=[act("50")], value=1)
    assert api.patch(f"tasks/{task['id']}", {"value": 60, "parent": task["id"]}).status_code == 400
    assert api.patch(f"tasks/{task['id']}", {"value": 60, "status": "odd"}).status_code == 400
    assert hook() == []


# -- Events ----------------------------------------------------------------------------------------------------------


def later(seconds):
    return NOON + datetime.timedelta(seconds=seconds)


def at(seconds, call, *args):
    with time_machine.travel(later(seconds), tick=False):
        return call(*args)


def sweep(*seconds):
    for second in seconds:
        at(second, lambda: sweep_tasks(timezone.now(), 100))


@pytest.fixture
def running(make_task):
    """A task that began to run at noon."""

    def make(trigger, **fields):
        return at(0, lambda: make_task(**{"status": "processing", "value": 1, "actions": [act(trigger)], **fields}))

    return make


def patch(api, seconds, task, body):
    response = at(seconds, lambda: api.patch(f"tasks/{task['id']}", body))
    assert response.status_code == 200, response.content
    return response.json()


def test_a_run_that_takes_too_long_is_told_of_once(api, running, hook):
    task = running("max_runtime_exceeded", max_runtime=10)
    sweep(9)
    assert hook() == []
    sweep(10, 11, 1000)
    (message,) = hook()
    assert message["data"]["point"] == "max_runtime_exceeded"
    assert message["data"]["task"]["status"] == "processing"
    assert api.get(f"tasks/{task['id']}").json()["status"] == "processing"


def test_pings_do_not_save_a_run_that_takes_too_long(api, running, hook):
    task = running("max_runtime_exceeded", max_runtime=10)
    patch(api, 8, task, {"value": 5})
    sweep(10)
    assert points(hook()) == ["max_runtime_exceeded"]


def test_a_run_that_ended_in_time_did_not_take_too_long(api, running, hook):
    task = running("max_runtime_exceeded", max_runtime=10)
    patch(api, 9, task, {"status": "success"})
    sweep(10, 100)
    assert hook() == []


def test_a_task_that_waits_does_not_run(make_task, hook):
    at(0, lambda: make_task(actions=[act("max_runtime_exceeded")], max_runtime=10))
    sweep(100)
    assert hook() == []


def test_the_next_run_may_take_too_long_again(api, running, hook):
    task = running("max_runtime_exceeded", max_runtime=10)
    sweep(10)
    patch(api, 20, task, {"status": "error"})
    patch(api, 100, task, {"status": "processing"})
    sweep(105)
    assert len(hook()) == 1
    sweep(110, 120)
    assert len(hook()) == 2


def test_max_runtime_may_be_set_while_the_task_runs(api, running, hook):
    task = running("max_runtime_exceeded")
    patch(api, 5, task, {"max_runtime": 10})
    sweep(10)
    assert points(hook()) == ["max_runtime_exceeded"]


def test_going_stale_fires(running, hook):
    running("stale", stale_timeout=10)
    sweep(10, 20)
    (message,) = hook()
    assert (message["data"]["point"], message["data"]["task"]["status"]) == ("stale", "stale")


def test_nobody_is_blamed_for_what_the_server_could_not_hear(api, running, hook):
    task = running("stale,max_runtime_exceeded", stale_timeout=10, max_runtime=20)
    assert sweep_tasks(later(3600), 100, back_since=later(3600)) == 1
    assert hook() == []
    patch(api, 3605, task, {"status": "success"})
    sweep_tasks(later(4000), 100, back_since=later(3600))
    assert hook() == []


def test_after_the_grace_that_follows_an_absence_silence_counts_again(running, hook):
    running("stale", stale_timeout=10)
    for seconds in (3600, 3609):
        sweep_tasks(later(seconds), 100, back_since=later(3600))
    assert hook() == []
    sweep_tasks(later(3610), 100, back_since=later(3600))
    assert points(hook()) == ["stale"]


def test_a_task_that_is_alive_but_stuck_is_told_of_once_a_standstill(api, running, hook):
    task = running("stalled", stall_timeout=10, stale_timeout=30)
    for seconds in (4, 8, 9.9):
        patch(api, seconds, task, {"value": 1})
    assert hook() == []
    patch(api, 10, task, {"value": 1})
    patch(api, 14, task, {})
    patch(api, 40, task, {"value": 1, "status": "processing"})
    assert points(hook()) == ["stalled"]
    patch(api, 41, task, {"value": 2})
    patch(api, 50, task, {})
    assert len(hook()) == 1
    patch(api, 51, task, {})
    assert points(hook()) == ["stalled"] * 2


@pytest.mark.parametrize(
    "updates",
    [
        pytest.param([(5, {"value": 2}), (14, {"value": 3}), (23, {"value": 4})], id="the value moves"),
        pytest.param([(5, {"value": 2}), (14, {"value": 1}), (23, {"value": 0})], id="downward as well"),
        pytest.param([(9, {"status": "post_processing"}), (18, {})], id="the status moves"),
        pytest.param([(9, {"status": "success"}), (30, {})], id="it is over"),
        pytest.param([(12, {"stall_timeout": None}), (30, {})], id="nobody asks any more"),
        pytest.param([(9, {"stall_timeout": 100}), (30, {})], id="it may stand still for longer"),
        pytest.param([], id="no update comes: that is stale, not stalled"),
    ],
)
def test_what_is_not_stuck_is_not_told_of(api, running, hook, updates):
    task = running("stalled", stall_timeout=10)
    for seconds, body in updates:
        patch(api, seconds, task, body)
    sweep(100)
    assert hook() == []


def test_a_point_that_is_set_later_looks_from_then_on(api, running, hook):
    task = running("stalled")
    patch(api, 50, task, {"stall_timeout": 10})
    patch(api, 59, task, {})
    assert hook() == []
    patch(api, 60, task, {})
    assert points(hook()) == ["stalled"]
