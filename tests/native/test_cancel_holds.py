"""A cancel holds: a worker that goes on reporting does not undo it, whichever way it reports."""

import pytest
import time_machine

from integrations.models import Delivery
from tests.answers import assert_refused

RUNNING = ["pre_processing", "processing", "post_processing"]
EVERY_POINT = "pre_processing,processing,post_processing,cancelled,*/1,*/1%,stalled,max_runtime_exceeded"
BEGUN, ENDED, REPORTED = "2026-03-01T12:00:00Z", "2026-03-01T12:01:00Z", "2026-03-01T12:02:00Z"
METHODS = pytest.mark.parametrize("method", ["PATCH", "PUT", "POST"])


@pytest.fixture
def cancel(api, make_task):
    """A task that has run for a minute and is cancelled; `stale`: and became stale after that."""

    def _cancel(stale=False, **fields):
        with time_machine.travel(BEGUN, tick=False):
            task = make_task(**{"status": "processing", "value": 3, **fields})
        with time_machine.travel(ENDED, tick=False):
            assert api.delete(f"tasks/{task['id']}").status_code == 204
            if stale:
                assert api.patch(f"tasks/{task['id']}", {"status": "stale"}).json()["status"] == "stale"
            Delivery.objects.all().delete()
            return api.get(f"tasks/{task['id']}").json()

    return _cancel


@pytest.fixture
def report(api):
    def _report(task, method="PATCH", **body):
        body = {"name": task["name"], **body} if method == "PUT" else body
        with time_machine.travel(REPORTED, tick=False):
            response = api.request(method, f"tasks/{task['id']}", body=body)
        assert response.status_code == 200, response.content
        assert api.get(f"tasks/{task['id']}").json() == response.json()
        return response.json()

    return _report


def history_of(api, task):
    shown = api.get(f"tasks/{task['id']}?embed=status_history").json()["status_history"]
    return [(entry["from"], entry["to"]) for entry in shown]


def fired():
    return list(Delivery.objects.order_by("pk").values_list("point", flat=True))


def differing(before, after):
    return {name for name in before if before[name] != after[name]}


@METHODS
@pytest.mark.parametrize("status", RUNNING)
def test_a_running_status_leaves_a_cancelled_task_cancelled(api, cancel, report, method, status):
    task = cancel()
    after = report(task, method, status=status)
    assert differing(task, after) == {"updated"}
    assert after["updated"] == REPORTED
    assert history_of(api, task) == [("processing", "cancelled")]


@METHODS
def test_its_other_fields_apply(cancel, report, method):
    task = cancel(tags={"env": "prod"}, data={"rows": 1})
    sent = {"value": 9, "value_max": 10, "data": {"rows": 9}, "queue": "q", "external_id": "x", "stale_timeout": 5}
    after = report(task, method, status="processing", tags={"host": "a"}, **sent)
    assert {name: after[name] for name in sent} == sent
    assert after["tags"] == ({"host": "a"} if method == "PUT" else {"env": "prod", "host": "a"})
    assert differing(task, after) == {*sent, "tags", "updated", "value_percent"}


@METHODS
@pytest.mark.parametrize("stale", [False, True], ids=["cancelled", "cancelled, then stale"])
def test_no_point_fires(api, cancel, report, method, stale):
    actions = [{"trigger": EVERY_POINT, "integration": "email", "config": {"to": "ops@acme.example"}}]
    task = cancel(stale, actions=actions, stall_timeout=1, max_runtime=1)
    report(task, method, status="processing", value=50, actions=actions)
    report(task, method, status="processing", value=50)
    assert fired() == []
    assert len(api.get(f"tasks/{task['id']}/actions").json()) == 2  # those that were sent along are there


@pytest.mark.parametrize("stale", [False, True], ids=["cancelled", "cancelled, then stale"])
def test_no_global_action_fires(admin, cancel, report, stale):
    rule = {"name": "all", "integration": "email", "config": {"to": "ops@acme.example"}}
    assert admin.post("actions", {**rule, "trigger": EVERY_POINT}).status_code == 201
    counting = {**rule, "trigger": "error,cancelled", "notify_recovery": True}
    assert admin.post("actions", counting).status_code == 201
    report(cancel(stale), status="processing", value=50)
    assert fired() == []


@pytest.mark.parametrize(
    ("stale", "end"), [pytest.param(False, ENDED, id="cancelled"), pytest.param(True, REPORTED, id="then stale")]
)
@pytest.mark.parametrize("field", ["start_time", "end_time"])
def test_clocks_that_are_sent_along_do_not_count(cancel, report, stale, end, field):
    after = report(cancel(stale), status="processing", **{field: "2026-02-02T02:02:02Z"})
    assert (after["start_time"], after["end_time"]) == (BEGUN, end)


def test_a_field_that_is_wrong_is_refused_all_the_same(api, cancel):
    task = cancel()
    assert_refused(api.patch(f"tasks/{task['id']}", {"status": "processing", "value": -1}), "value")


@METHODS
@pytest.mark.parametrize("body", [{"status": "processing"}, {"status": "post_processing", "value": 4}, {}], ids=str)
def test_a_cancelled_task_that_became_stale_is_cancelled_again(api, cancel, report, method, body):
    task = cancel(stale=True)
    after = report(task, method, **body)
    assert after["status"] == "cancelled"
    assert (after["start_time"], after["end_time"]) == (BEGUN, REPORTED)
    assert history_of(api, task)[-2:] == [("cancelled", "stale"), ("stale", "cancelled")]
    assert report(after, method, status="processing")["status"] == "cancelled"


@pytest.mark.parametrize("stale", [False, True], ids=["cancelled", "cancelled, then stale"])
def test_pending_starts_it_again(cancel, report, stale):
    task = cancel(stale)
    assert report(task, status="pending")["status"] == "pending"
    assert report(task, status="processing")["status"] == "processing"


def test_a_new_run_has_a_new_start(cancel, report):
    task = cancel()
    waiting = report(task, status="pending")
    assert (waiting["start_time"], waiting["end_time"]) == (None, None)
    assert report(task, status="processing")["start_time"] == REPORTED


@METHODS
@pytest.mark.parametrize("stale", [False, True], ids=["cancelled", "cancelled, then stale"])
@pytest.mark.parametrize("status", ["success", "error"])
def test_an_outcome_is_accepted_and_fires(cancel, report, method, stale, status):
    act = {"trigger": "success,error", "integration": "email", "config": {"to": "ops@acme.example"}}
    after = report(cancel(stale, actions=[act]), method, status=status)
    assert (after["status"], after["end_time"]) == (status, REPORTED)
    assert fired() == [status]


def test_a_worker_that_reports_to_its_end(api, cancel, report):
    task = cancel()
    answers = [report(task, status="processing", value=value)["status"] for value in (10, 20, 30)]
    assert answers == ["cancelled"] * 3
    assert report(task, status="success", value=100)["status"] == "success"
    assert history_of(api, task) == [("processing", "cancelled"), ("cancelled", "success")]


def test_a_monitor_does_not_hear_of_it(api, admin, cancel, report):
    path = "web/monitors"
    monitor = admin.post(path, {"name": "backup", "interval": 3600}).json()
    with time_machine.travel(BEGUN, tick=False):
        sent = {"name": "backup", "status": "processing"}
        task = api.post("tasks", sent, headers={"X-TASKBADGER-MONITOR": monitor["id"]}).json()
    with time_machine.travel(ENDED, tick=False):
        api.delete(f"tasks/{task['id']}")
    before = admin.get(f"{path}/{monitor['id']}").json()
    report(task, status="processing")
    assert admin.get(f"{path}/{monitor['id']}").json() == before


def test_children_run_on_and_hold_their_own_cancel(api, make_task, cancel, report):
    parent = cancel()
    child, other = (make_task(parent=parent["id"], status="processing") for _ in range(2))
    api.delete(f"tasks/{child['id']}")
    assert report(child, status="processing")["status"] == "cancelled"
    assert report(other, status="post_processing")["status"] == "post_processing"
    assert report(parent, status="processing")["status"] == "cancelled"
