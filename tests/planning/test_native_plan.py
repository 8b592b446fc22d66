"""/api/{org}/{project}/tasks/{id}/plan."""

from datetime import UTC, datetime

import pytest
import time_machine

from planning.models import Plan
from projects.models import Team, User
from tests.answers import assert_failed

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DEFAULTS = {
    "description": "",
    "color": "",
    "notes": "",
    "start_date": None,
    "end_date": None,
    "due_date": None,
    "deadline_date": None,
    "date_completed": None,
    "ongoing": False,
    "activity": "active",
    "important": False,
    "archived": False,
    "task_order": int(NOON.timestamp()),
    "priority": 5,
    "estimated_minutes": None,
    "estimated_cost": "0.00",
    "hourly_rate": "0.00",
    "fixed_price": False,
    "price": "0.00",
    "billable": True,
    "billed": False,
    "notifications": True,
    "recurrence": "",
    "creator": None,
    "responsible": None,
    "action_required": None,
    "assignees": [],
    "teams": [],
    "custom_fields": {},
    "goodday_id": "",
    "goodday_created_at": None,
    "updated": "2026-03-01T12:00:00Z",
    "deleted": None,
}
# Sent, and shown as it was sent.
SIMPLE = {
    "description": "Move the shop.\nAll of it.",
    "color": "#ff8800",
    "notes": " kept  as sent ",
    "start_date": "2026-02-02",
    "end_date": "2024-02-29",
    "due_date": "0001-01-01",
    "deadline_date": "9999-12-31",
    "date_completed": "2026-02-20T09:30:00Z",
    "ongoing": True,
    "activity": "amber",
    "important": True,
    "archived": True,
    "task_order": 2**63 - 1,
    "priority": -3,
    "estimated_minutes": 2**31 - 1,
    "estimated_cost": "99999999999.9999",
    "hourly_rate": "0.125",
    "fixed_price": True,
    "price": "12.50",
    "billable": False,
    "billed": True,
    "notifications": False,
    "recurrence": "Q",
    "goodday_id": "4Vp2",
}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def member(organization):
    def _member(name="ada", of=organization):
        user = User.objects.create_user(f"{name}@acme.example")
        of.memberships.create(user=user)
        return user.pk

    return _member


@pytest.fixture
def path(make_task):
    return f"tasks/{make_task()['id']}/plan"


# -- Reading ---------------------------------------------------------------------------------------------------------


def test_a_task_that_was_never_planned_shows_the_defaults_and_gets_no_plan(api, make_task):
    task = make_task()
    plan = api.get(f"tasks/{task['id']}/plan").json()
    assert plan == {**DEFAULTS, "task": task["id"], "workflow_status": plan["workflow_status"]}
    assert not Plan.objects.exists()


def test_a_path_with_a_slash_is_the_same(api, path):
    assert api.get(f"{path}/").json() == api.get(path).json()


def test_a_task_that_is_not_in_the_project_has_no_plan(admin, path):
    for wrong in ("billing/" + path, "web/tasks/0198d1a2-5f00-7a3b-9c4d-2f6e8b1a0c3d/plan", "web/tasks/7/plan"):
        assert_failed(admin.get(wrong), 404, "not_found")
        assert_failed(admin.patch(wrong, {}), 404, "not_found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_plan_is_read_and_changed_in_part_alone(api, path, method):
    assert_failed(api.request(method, path, {}), 405, "method_not_allowed")


# -- Writing ---------------------------------------------------------------------------------------------------------


def test_all_fields_are_kept_as_they_are_sent(api, path):
    before = api.get(path).json()
    response = api.patch(path, SIMPLE)
    assert response.status_code == 200
    assert response.json() == api.get(path).json() == {**before, **SIMPLE}


@pytest.mark.parametrize("name", SIMPLE)
def test_a_field_is_changed_alone(api, path, name):
    before = api.get(path).json()
    assert api.patch(path, {name: SIMPLE[name]}).json() == {**before, name: SIMPLE[name]}
    assert api.patch(path, {}).json() == {**before, name: SIMPLE[name]}


@pytest.mark.parametrize(
    "name", ["start_date", "end_date", "due_date", "deadline_date", "date_completed", "task_order", "estimated_minutes"]
)
def test_null_takes_a_value_away(api, path, name):
    before = api.get(path).json()
    api.patch(path, {name: SIMPLE[name]})
    assert api.patch(path, {name: None}).json() == before


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("12.5", "12.50"),
        ("12.5000", "12.50"),
        ("007", "7.00"),
        (12.5, "12.50"),
        (0.1, "0.10"),
        (7, "7.00"),
        (1e3, "1000.00"),
    ],
)
def test_money_is_taken_as_text_and_as_a_number(api, path, sent, shown):
    assert api.patch(path, {"price": sent}).json()["price"] == shown


def test_a_moment_is_shown_with_the_offset_that_it_came_with(api, path):
    for sent, shown in [
        ("2022-11-23T16:06:56+01:00", "2022-11-23T16:06:56+01:00"),
        ("2022-11-23T16:06:56-05:30", "2022-11-23T16:06:56-05:30"),
        ("2022-11-23T16:06:56Z", "2022-11-23T16:06:56Z"),
        ("2022-11-23T16:06:56", "2022-11-23T16:06:56Z"),
    ]:
        moment = api.patch(path, {"goodday_created_at": sent}).json()["goodday_created_at"]
        assert datetime.fromisoformat(moment) == datetime.fromisoformat(shown)
        assert moment.replace("+00:00", "Z") == shown
    assert api.patch(path, {"goodday_created_at": None}).json()["goodday_created_at"] is None


def test_people_and_teams_are_replaced_as_a_whole(api, organization, member, path):
    ada, ben = member("ada"), member("ben")
    day, night = (Team.objects.create(organization=organization, name=name).pk for name in ("Day", "Night"))
    sent = {"creator": ada, "responsible": ben, "action_required": ada, "assignees": [ben, ada], "teams": [day, night]}
    plan = api.patch(path, sent).json()
    assert {name: plan[name] for name in sent} == sent
    plan = api.patch(path, {"assignees": [ada], "teams": [], "responsible": None}).json()
    assert (plan["assignees"], plan["teams"], plan["responsible"], plan["creator"]) == ([ada], [], None, ada)


def test_the_task_stays_as_it_is_while_the_plan_moves(api, make_task):
    task = make_task()
    with time_machine.travel("2026-03-02T08:00:00Z", tick=False):
        assert api.patch(f"tasks/{task['id']}/plan", {"notes": "x"}).json()["updated"] == "2026-03-02T08:00:00Z"
    assert api.get(f"tasks/{task['id']}").json() == task
    with time_machine.travel("2026-03-03T08:00:00Z", tick=False):
        api.patch(f"tasks/{task['id']}", {})
    assert api.get(f"tasks/{task['id']}/plan").json()["updated"] == "2026-03-03T08:00:00Z"


def test_a_task_that_has_succeeded_was_completed_when_it_ended(api, make_task):
    path = f"tasks/{make_task(status='success')['id']}/plan"
    assert api.get(path).json()["date_completed"] == "2026-03-01T12:00:00Z"
    sent = {"date_completed": "2026-02-01T08:00:00+02:00"}
    assert api.patch(path, sent).json()["date_completed"] == "2026-02-01T06:00:00Z"


def test_a_failed_task_was_not_completed(api, make_task):
    assert api.get(f"tasks/{make_task(status='error')['id']}/plan").json()["date_completed"] is None


def test_another_plan_is_left_alone(api, make_task, path):
    other = f"tasks/{make_task()['id']}/plan"
    before = api.patch(other, {"notes": "other"}).json()
    api.patch(path, SIMPLE)
    assert api.get(other).json() == before


# -- The workflow ----------------------------------------------------------------------------------------------------


def test_a_workflow_status_moves_the_task(api, admin, make_task):
    task = make_task()
    path = f"tasks/{task['id']}/plan"
    review = admin.post("workflow-statuses", {"project": "web", "name": "Review", "status": "post_processing"}).json()
    assert api.patch(path, {"workflow_status": review["id"]}).json()["workflow_status"] == review["id"]
    assert api.get(f"tasks/{task['id']}").json()["status"] == "post_processing"
    assert len(api.get(f"tasks/{task['id']}?embed=status_history").json()["status_history"]) == 1


@pytest.mark.parametrize("before", ["", "stale"])
def test_a_workflow_status_does_not_undo_a_cancel(api, admin, make_task, before):
    task = make_task(status="processing")
    path = f"tasks/{task['id']}/plan"
    chosen = {
        status: admin.post("workflow-statuses", {"project": "web", "name": name, "status": status}).json()["id"]
        for name, status in (("Review", "post_processing"), ("Duplicate", "cancelled"), ("Queued", "pending"))
    }
    assert api.patch(path, {"workflow_status": chosen["cancelled"]}).status_code == 200
    if before:
        api.patch(f"tasks/{task['id']}", {"status": before})
    held = api.patch(path, {"workflow_status": chosen["post_processing"], "notes": "asked the client"}).json()
    assert (held["workflow_status"], held["notes"]) == (chosen["cancelled"], "asked the client")
    assert api.get(f"tasks/{task['id']}").json()["status"] == "cancelled"
    assert api.patch(path, {"workflow_status": chosen["pending"]}).json()["workflow_status"] == chosen["pending"]
    assert api.patch(path, {"workflow_status": chosen["post_processing"]}).status_code == 200
    assert api.get(f"tasks/{task['id']}").json()["status"] == "post_processing"


def test_a_choice_counts_while_it_stands_for_the_tasks_status(api, admin, make_task):
    task = make_task()
    path = f"tasks/{task['id']}/plan"
    pending = api.get(path).json()["workflow_status"]
    later = admin.post("workflow-statuses", {"project": "web", "name": "Later", "status": "pending"}).json()["id"]
    assert api.patch(path, {"workflow_status": later}).json()["workflow_status"] == later
    api.patch(f"tasks/{task['id']}", {"status": "error"})
    assert api.get(path).json()["workflow_status"] not in {later, pending}
    api.patch(f"tasks/{task['id']}", {"status": "pending"})
    assert api.get(path).json()["workflow_status"] == later
    assert api.patch(path, {"workflow_status": None}).json()["workflow_status"] == pending
