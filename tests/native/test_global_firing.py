"""Global actions: each sentence of how the rules of an organization fire, over HTTP, to a real receiver."""

import datetime
import json

import pytest
import time_machine
from django.utils import timezone

from integrations.delivering import deliver_due
from monitors.sweeps import sweep_monitors
from tasks.lifecycle import announce_monitors, sweep_tasks
from tasks.models import GlobalAction
from tests.client import Api
from tests.receivers import receiver  # noqa: F401 - a fixture

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)


def later(seconds):
    return NOON + datetime.timedelta(seconds=seconds)


@pytest.fixture
def hook(admin, receiver, settings):  # noqa: F811
    """A channel `webhook:ops` to the receiver, and what arrived there, delivered just now."""
    settings.TASKAPI_WEBHOOK_ALLOW = ["127.0.0.0/8"]
    response = admin.post(
        "integrations", {"kind": "webhook", "slug": "ops", "name": "Ops", "config": {"url": receiver.url}}
    )
    assert response.status_code == 201, response.content

    def arrived():
        announce_monitors(timezone.now(), 100)
        deliver_due()
        return [json.loads(request.body) for request in receiver.requests]

    return arrived


@pytest.fixture
def rule(admin, hook):
    def make(trigger, **fields):
        body = {"name": "Tell ops", "trigger": trigger, "integration": "webhook:ops", **fields}
        response = admin.post("actions", body)
        assert response.status_code == 201, response.content
        return response.json()

    return make


@pytest.fixture
def end(api, make_task):
    """A task of that name that comes to an end; its id."""

    def make(status, name="export"):
        task = make_task(name, status="processing")
        response = api.patch(f"tasks/{task['id']}", {"status": status})
        assert response.status_code == 200, response.content
        return task["id"]

    return make


def told(hook):
    return [(message["data"]["task"]["name"], message["data"]["point"]) for message in hook()]


def test_a_rule_applies_to_every_task_of_the_organization(admin, api, rule, end, hook, other_project):
    rule("error,100")
    end("error")
    end("success")
    admin.post("/api/acme/billing/tasks", {"name": "bill", "status": "error"})
    task = api.post("tasks", {"name": "import", "value": 1}).json()
    api.patch(f"tasks/{task['id']}", {"value": 100})
    assert sorted(told(hook)) == [("bill", "error"), ("export", "error"), ("import", "100")]


def test_the_message_names_the_rule(rule, end, hook):
    made = rule("error")
    end("error")
    (message,) = hook()
    assert message["type"] == "task.triggered"
    data = message["data"]
    assert (data["action"], data["action_type"], data["integration"]) == (made["id"], "global", "webhook:ops")


def test_strangers_tasks_are_no_business_of_a_rule(rule, hook, stranger, make_key):
    rule("error")
    response = Api(make_key(stranger), base="/api/globex/web").post("tasks", {"name": "x", "status": "error"})
    assert response.status_code == 201
    assert hook() == []


def test_a_rule_may_be_of_one_project(admin, rule, end, hook, other_project):
    rule("error", project="billing")
    end("error")
    admin.post("/api/acme/billing/tasks", {"name": "bill", "status": "error"})
    assert told(hook) == [("bill", "error")]


def test_a_rule_may_be_of_some_names(rule, end, hook):
    rule("error", name_filter="^account\\.")
    for name in ("account.export", "export", "my.account.export"):
        end("error", name)
    assert told(hook) == [("account.export", "error")]


@pytest.mark.parametrize("change", [{"enabled": False}, {"trigger": "success"}, {"name_filter": "^other$"}, None])
def test_a_change_of_the_rules_holds_from_the_next_update_on(admin, rule, end, hook, change):
    made = rule("error")
    end("error")
    path = f"actions/{made['id']}"
    response = admin.patch(path, change) if change else admin.delete(path)
    assert response.status_code in (200, 204)
    end("error")
    assert told(hook) == [("export", "error")]


def test_a_rule_that_another_process_made_is_heeded_at_once(organization, project, end, hook, make_task, api):
    """This process learns of it from the statement that would have ignored it."""
    task = make_task(value=1)
    organization.rules_version = 7
    organization.save()
    now = timezone.now()
    GlobalAction.objects.create(
        organization=organization, name="x", trigger="50,error", integration="webhook:ops", created=now, updated=now
    )
    api.patch(f"tasks/{task['id']}", {"value": 60})
    end("error", "other")
    assert sorted(told(hook)) == [("export", "50"), ("other", "error")]


def test_a_snoozed_rule_is_silent_until_then(rule, make_task, hook):
    rule("error", snooze_until=later(60).isoformat())
    for seconds in (59, 60):
        with time_machine.travel(later(seconds), tick=False):
            make_task(f"at {seconds}", status="error")
    assert told(hook) == [("at 60", "error")]


def test_a_rule_hears_of_stale_and_overrun_tasks(rule, make_task, hook):
    rule("stale,max_runtime_exceeded")
    with time_machine.travel(NOON, tick=False):
        make_task("silent", stale_timeout=10)
        make_task("slow", status="processing", max_runtime=10)
    sweep_tasks(later(11), 100)
    sweep_tasks(later(12), 100)
    assert sorted(told(hook)) == [("silent", "stale"), ("slow", "max_runtime_exceeded")]


def test_own_action_and_rule_both_fire(rule, make_task, hook):
    rule("error")
    make_task(status="error", actions=[{"trigger": "error", "integration": "webhook:ops"}])
    assert {message["data"]["action_type"] for message in hook()} == {"task", "global"}


# -- Ends in a row ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "ends", "expected"),
    [
        pytest.param({"failures_in_row": 1}, "eee", ["error"] * 3, id="each failure by default"),
        pytest.param({"failures_in_row": 3}, "ee", [], id="not before the third"),
        pytest.param({"failures_in_row": 3}, "eee", ["error"], id="at the third"),
        pytest.param({"failures_in_row": 3}, "eeeee", ["error"], id="and no more in the same row"),
        pytest.param({"failures_in_row": 2}, "esee", ["error"], id="a success breaks the row"),
        pytest.param({"failures_in_row": 2}, "ecee", ["error"], id="as does any other end"),
        pytest.param({"failures_in_row": 2}, "eecee", ["error"] * 2, id="and the row after it counts"),
        pytest.param({"failures_in_row": 2}, "eesee", ["error"] * 2, id="the next row counts anew"),
        pytest.param({"failures_in_row": 2}, "ees", ["error"], id="recovery is not told unless asked for"),
        pytest.param({"notify_recovery": True}, "es", ["error", "recovered"], id="well again"),
        pytest.param({"notify_recovery": True}, "ess", ["error", "recovered"], id="told once"),
        pytest.param({"notify_recovery": True}, "sss", [], id="nothing to recover from"),
        pytest.param({"notify_recovery": True}, "eces", ["error"] * 2 + ["recovered"], id="cancelled is not well"),
        pytest.param({"failures_in_row": 3, "notify_recovery": True}, "ees", [], id="no alert, no recovery"),
        pytest.param(
            {"failures_in_row": 2, "notify_recovery": True}, "eeses", ["error", "recovered"], id="both, in a row"
        ),
    ],
)
def test_failures_in_a_row_and_recovery(rule, end, hook, fields, ends, expected):
    rule("error", **fields)
    for letter in ends:
        end({"e": "error", "s": "success", "c": "cancelled"}[letter])
    assert sorted(point for _, point in told(hook)) == expected  # which of them arrives first is not promised


def test_a_rule_may_count_successes(rule, end, hook):
    rule("success", failures_in_row=2)
    for status in ("success", "success", "error", "success", "success"):
        end(status)
    assert told(hook) == [("export", "success")] * 2


def test_each_name_and_project_has_its_own_row(admin, rule, end, hook, other_project):
    rule("error", failures_in_row=2)
    end("error", "a")
    end("error", "b")
    admin.post("/api/acme/billing/tasks", {"name": "a", "status": "error"})
    assert hook() == []
    end("error", "b")
    assert told(hook) == [("b", "error")]


def test_the_message_of_a_recovery(rule, end, hook):
    made = rule("error", notify_recovery=True)
    end("error")
    task = end("success")
    (message,) = [message for message in hook() if message["type"] == "task.recovered"]
    assert (message["data"]["point"], message["data"]["action"]) == ("recovered", made["id"])
    assert message["data"]["task"]["id"] == task


def test_other_points_of_a_rule_that_counts_fire_as_ever(api, rule, make_task, hook):
    rule("50,error", failures_in_row=2)
    task = make_task(value=1)
    api.patch(f"tasks/{task['id']}", {"value": 60, "status": "error"})
    assert told(hook) == [("export", "50")]


def test_a_row_that_grew_while_snoozed_is_told_of_afterwards(rule, make_task, hook):
    rule("error", failures_in_row=2, snooze_until=later(60).isoformat())
    for seconds in (10, 20, 30, 70, 80):
        with time_machine.travel(later(seconds), tick=False):
            make_task(status="error")
    assert len(hook()) == 1


def test_a_task_that_went_stale_and_then_failed_failed_once(api, rule, make_task, hook):
    rule("stale,error", failures_in_row=2)
    task = make_task(status="stale")
    api.patch(f"tasks/{task['id']}", {"status": "error"})
    assert hook() == []
    make_task(status="error")
    assert told(hook) == [("export", "error")]


# -- Monitors ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def monitor(admin):
    """A monitor that expects a run each minute and forgives ten seconds."""

    def make(**fields):
        with time_machine.travel(NOON, tick=False):
            body = {"name": "nightly", "interval": 60, "start_grace": 0, "grace": 10, **fields}
            response = admin.post("/api/acme/web/monitors", body)
        assert response.status_code == 201, response.content
        return response.json()

    return make


def check_in(api, monitor, seconds, **fields):
    with time_machine.travel(later(seconds), tick=False):
        response = api.post(
            "tasks",
            {"name": "nightly.run", "status": "success", **fields},
            headers={"X-TASKBADGER-MONITOR": monitor["id"]},
        )
    assert response.status_code == 201, response.content
    assert response.json()["monitor"] == monitor["id"]
    return response.json()


def watch(*seconds):
    for second in seconds:
        sweep_monitors(later(second), 100)


def heard(hook):
    return [(message["type"], message["data"]["monitor"]["name"]) for message in hook()]


def test_a_missed_run_and_its_recovery_are_told(api, rule, monitor, hook):
    rule("monitor_late,monitor_down,monitor_up")
    made = monitor()
    check_in(api, made, 0)
    watch(59, 60, 65)
    assert heard(hook) == [("monitor.late", "nightly")]
    watch(70, 80, 1000)
    assert heard(hook)[1:] == [("monitor.down", "nightly")]
    check_in(api, made, 1001)
    watch(1002)
    assert heard(hook)[2:] == [("monitor.up", "nightly")]


def test_the_message_of_a_monitor_carries_it(admin, api, rule, monitor, hook):
    action = rule("monitor_down")
    made = monitor()
    check_in(api, made, 0)
    watch(100)
    (message,) = hook()
    shown = admin.get(f"/api/acme/web/monitors/{made['id']}").json()
    assert shown.pop("ping_url").endswith(made["id"])  # a message goes to others, who are not to ping
    assert message["data"] == {
        "monitor": shown,
        "organization": "acme",
        "project": "web",
        "point": "monitor_down",
        "action": action["id"],
        "action_type": "global",
        "integration": "webhook:ops",
    }
    assert message["data"]["monitor"]["status"] == "down"


def test_a_first_check_in_is_no_recovery(api, rule, monitor, hook):
    rule("monitor_up")
    check_in(api, monitor(), 0)
    assert hook() == []


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [("monitor_down,monitor_up", 0), ("monitor_late,monitor_up", 2), ("monitor_up", 1), ("monitor_down", 0)],
)
def test_who_was_not_told_that_a_run_is_late_is_not_told_that_it_came(api, rule, monitor, hook, trigger, expected):
    rule(trigger)
    made = monitor()
    check_in(api, made, 0)
    watch(61)
    check_in(api, made, 62)
    assert len(hook()) == expected


def test_a_rule_may_be_of_one_monitor(api, rule, monitor, hook):
    mine, other = monitor(), monitor(name="hourly")
    rule("monitor_down,error", monitor=mine["id"])
    for made in (mine, other):
        check_in(api, made, 0)
        check_in(api, made, 1, status="error")
    api.post("tasks", {"name": "x", "status": "error"})
    kinds = [
        (message["type"], message["data"].get("monitor", message["data"].get("task"))["name"]) for message in hook()
    ]
    assert sorted(kinds) == [("monitor.down", "nightly"), ("task.triggered", "nightly.run")]


def test_a_run_that_fails_brings_its_monitor_down_and_one_that_succeeds_up(admin, api, rule, monitor, hook):
    rule("monitor_down,monitor_up")
    made = monitor()
    for seconds, status in ((0, "error"), (10, "success")):
        task = check_in(api, made, seconds, status="processing")
        with time_machine.travel(later(seconds + 5), tick=False):
            api.patch(f"tasks/{task['id']}", {"status": status})
    assert sorted(heard(hook)) == [("monitor.down", "nightly"), ("monitor.up", "nightly")]


def test_a_run_that_goes_stale_brings_its_monitor_down(admin, api, monitor):
    made = monitor()
    check_in(api, made, 0, status="processing", stale_timeout=10)
    sweep_tasks(later(10), 100)
    assert admin.get(f"/api/acme/web/monitors/{made['id']}").json()["status"] == "down"


def test_tasks_are_listed_by_their_monitor(api, monitor):
    made = monitor()
    task = check_in(api, made, 0)
    api.post("tasks", {"name": "other"})
    assert [row["id"] for row in api.get(f"tasks?monitor={made['id']}").json()["results"]] == [task["id"]]


@pytest.mark.parametrize("name", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_monitor_is_refused(api, name):
    response = api.post("tasks", {"name": "x"}, headers={"X-TASKBADGER-MONITOR": name})
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == "X-TASKBADGER-MONITOR"
    assert api.get("tasks").json()["results"] == []


def test_a_monitor_of_another_project_is_unknown(admin, api, other_project):
    made = admin.post("/api/acme/billing/monitors", {"name": "theirs", "interval": 60}).json()
    response = api.post("tasks", {"name": "x"}, headers={"X-TASKBADGER-MONITOR": made["id"]})
    assert response.status_code == 400
