"""ProjectBubble v2: how tasks look that were made and changed natively, and the other way round."""

import datetime

import pytest
from django.utils import timezone

from compat.projectbubble.wire import FIELDS
from planning.models import Plan, PlanAssignee, PlanTeam, TimeReport
from projects.models import Team, User


@pytest.fixture
def owner(organization):
    user = User.objects.create_user("ada@acme.example")
    organization.memberships.create(user=user, role="owner", display_name="Ada")
    return user


def shown(api, task):
    response = api.get(f"/v2/tasks/{task['number']}")
    assert response.status_code == 200, response.content
    return response.json()["data"]


def second(text):
    return f"{text[:10]} {text[11:19]}"


def test_a_task_that_a_job_made_has_the_values_of_no_plan(api, owner, make_task, project):
    task = make_task("export", tags={"env": "prod", "urgent": "urgent"}, data={"a": 1})
    assert shown(api, task) == {
        "task_id": str(task["number"]),
        "task_name": "export",
        "description": "",
        "color": "",
        "tags": "env:prod,urgent",
        "notes": "",
        "start_date": "0000-00-00 00:00:00",
        "due_date": "0000-00-00 00:00:00",
        "date_completed": "0000-00-00 00:00:00",
        "ongoing": "0",
        "project_id": str(project.number),
        "project_name": "Web",
        "billable_hours": 0,
        "tracked_seconds": None,
        "estimated_hours": "0",
        "estimated_cost": "0",
        "hourly_rate": "0",
        "fixed_price": "0",
        "price": "0",
        "task_order": str(int(datetime.datetime.fromisoformat(task["created"]).timestamp())),
        "active": "1",
        "important": "0",
        "completed": "0",
        "progress": "0",
        "billed": 0,
        "notifications": "1",
        "recurring": "",
        "archived": "0",
        "date_created": second(task["created"]),
        "date_modified": second(task["updated"]),
        "user_id": str(owner.pk),
        "users": [],
    }
    assert list(shown(api, task)) == [field.name for field in FIELDS]


def test_every_field_of_a_plan_is_shown(api, owner, make_task, organization):
    task = make_task()
    ben = User.objects.create_user("ben@acme.example")
    cleo = User.objects.create_user("cleo@acme.example")
    members = [organization.memberships.create(user=user) for user in (cleo, ben)]
    team = Team.objects.create(organization=organization, name="Night shift")
    team.memberships.set(organization.memberships.all())
    plan = Plan.objects.create(
        task_id=task["number"],
        description="What",
        color="#ff0000",
        notes="Why",
        start_date=datetime.date(2026, 1, 2),
        due_date=datetime.date(999, 12, 31),
        date_completed=datetime.datetime(2026, 1, 3, 4, 5, 6, 789, datetime.UTC),
        ongoing=True,
        activity="amber",
        important=True,
        archived=True,
        task_order=-5,
        estimated_minutes=100,
        estimated_cost="12.5000",
        hourly_rate="80.0000",
        fixed_price=True,
        price="1000.0001",
        billed=True,
        notifications=False,
        recurrence="Q",
        creator=ben,
        plan_updated=datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC),
    )
    for member in members:
        PlanAssignee.objects.create(plan=plan, membership=member)
    PlanTeam.objects.create(plan=plan, team=team)
    expected = {
        "description": "What",
        "color": "#ff0000",
        "notes": "Why",
        "start_date": "2026-01-02 00:00:00",
        "due_date": "0999-12-31 00:00:00",
        "date_completed": "2026-01-03 04:05:06",
        "ongoing": "1",
        "estimated_hours": "1.67",
        "estimated_cost": "12.5",
        "hourly_rate": "80",
        "fixed_price": "1",
        "price": "1000.0001",
        "task_order": "-5",
        "active": "2",
        "important": "1",
        "completed": "0",
        "billed": 1,
        "notifications": "0",
        "recurring": "Q",
        "archived": "1",
        "date_modified": "2100-01-01 00:00:00",
        "user_id": str(ben.pk),
        # A team is none of them, and names its own.
        "users": [
            {"user_id": str(cleo.pk), "user_name": "cleo"},
            {"user_id": str(ben.pk), "user_name": "ben"},
        ],
    }
    assert {name: shown(api, task)[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("value", "value_max", "progress"),
    [(None, 100, "0"), (0, 100, "0"), (1, 3, "33"), (5, 0, "0"), (7, 2, "100"), (2**63 - 1, 2**63 - 1, "100")],
)
def test_progress_is_a_percentage_from_0_to_100(api, make_task, value, value_max, progress):
    assert shown(api, make_task(value=value, value_max=value_max))["progress"] == progress


def test_progress_without_a_value_is_that_of_the_children(api, make_task):
    parent = make_task()
    make_task(parent=parent["id"], value=50)
    make_task(parent=parent["id"], status="success")
    assert shown(api, parent)["progress"] == "75"


@pytest.mark.parametrize(
    ("status", "completed", "has_date"),
    [("pending", "0", False), ("processing", "0", False), ("success", "1", True), ("error", "0", False)],
)
def test_a_job_that_succeeds_is_completed(api, make_task, status, completed, has_date):
    task = make_task(status=status)
    body = shown(api, task)
    assert body["completed"] == completed
    assert body["date_completed"] == (second(task["end_time"]) if has_date else "0000-00-00 00:00:00")


@pytest.mark.parametrize(
    ("reports", "billable", "hours", "seconds"),
    [
        ([], True, 0, None),
        ([(90, True)], True, 1.5, 5400),
        ([(60, True), (60, False)], True, 1, 7200),
        ([(100, True)], True, 1.67, 6000),
        ([(60, True)], False, 0, 3600),
        ([(60, False)], True, 0, 3600),
        ([(60, False), (-30, True)], True, 0, 1800),
        ([(60, True), (-60, True)], True, 0, 0),
    ],
)
def test_hours_are_those_of_the_billable_reports(api, owner, make_task, reports, billable, hours, seconds):
    task = make_task()
    Plan.objects.create(task_id=task["number"], billable=billable, plan_updated=timezone.now())
    for minutes, is_billable in reports:
        TimeReport.objects.create(
            task_id=task["number"],
            user=owner,
            date=datetime.date(2026, 1, 1),
            minutes=minutes,
            billable=is_billable,
            created=timezone.now(),
        )
    body = shown(api, task)
    assert (body["billable_hours"], body["tracked_seconds"]) == (hours, seconds)
    assert type(body["billable_hours"]) is type(hours)


def test_a_name_that_members_do_not_see_any_more_is_not_shown(api, owner, make_task, organization):
    task = make_task()
    user = User.objects.create_user("ben@acme.example")
    member = organization.memberships.create(user=user, display_name="Ben")
    plan = Plan.objects.create(task_id=task["number"], creator=user, plan_updated=timezone.now())
    PlanAssignee.objects.create(plan=plan, membership=member)
    assert shown(api, task)["users"] == [{"user_id": str(user.pk), "user_name": "Ben"}]
    member.delete()
    assert shown(api, task)["users"] == []
    assert shown(api, task)["user_id"] == str(user.pk)


def test_every_path_is_served_with_and_without_its_slash(api, make_task, project):
    number = make_task()["number"]
    for method, path, body in (
        ("GET", "/v2/tasks", None),
        ("GET", f"/v2/tasks/{number}", None),
        ("PUT", f"/v2/tasks/{number}", {"notes": "x"}),
        ("POST", f"/v2/tasks/{project.number}", {"task_name": "x"}),
    ):
        sent = {"body": body} if body else {}
        plain, slashed = (api.request(method, path + slash, **sent) for slash in ("", "/"))
        assert plain.status_code == slashed.status_code in {200, 201}
    assert api.delete(f"/v2/tasks/{number}/").status_code == 200


def test_a_head_answers_as_a_get_without_a_body(api, make_task):
    path = f"/v2/tasks/{make_task()['number']}"
    answer = api.request("HEAD", path)
    assert (answer.status_code, answer.content) == (200, b"")
