"""One task, three APIs: made through each of them, it is seen and changed through the other two."""

import pytest

from planning.models import Plan
from projects.models import User
from tasks.models import Task

PLAN = {
    "description": "Ask the client",
    "start_date": "2026-01-30",
    "end_date": "2026-02-20",
    "due_date": "2026-02-28",
    "deadline_date": "2026-03-31",
    "estimated_minutes": 90,
    "hourly_rate": "80.50",
    "priority": 7,
    "billable": False,
}
NO_DATE = "0000-00-00 00:00:00"


@pytest.fixture(autouse=True)
def owner(organization):
    user = User.objects.create_user("ada@acme.example")
    organization.memberships.create(user=user, role="owner", display_name="Ada")
    return user


@pytest.fixture
def seen(admin):
    """A task by its number, as each of the APIs shows it: native with its plan, ProjectBubble, GoodDay."""

    def seen(number):
        native = admin.get(f"web/tasks/{Task.objects.get(pk=number).public_id}?embed=plan,rollup")
        bubble, goodday = admin.get(f"/v2/tasks/{number}"), admin.get(f"/api/v0/tasks/{number}")
        assert [answer.status_code for answer in (native, bubble, goodday)] == [200, 200, 200]
        return native.json(), bubble.json()["data"], goodday.json()

    return seen


@pytest.fixture
def make_native(make_task, api, owner):
    """The number of a task that was made and planned natively."""

    def make(name="spec", **fields):
        task = make_task(name, **fields)
        response = api.patch(f"tasks/{task['id']}/plan", {**PLAN, "assignees": [owner.pk]})
        assert response.status_code == 200, response.content
        return task["number"]

    return make


@pytest.fixture
def make_bubble(api, project):
    """The number of a task that was made through the ProjectBubble API."""

    def make(**fields):
        response = api.post(f"/v2/tasks/{project.number}", {"task_name": "spec", **fields})
        assert response.status_code == 201, response.content
        return int(response.json()["data"]["task_id"])

    return make


def public_id_of(number):
    return Task.objects.get(pk=number).public_id


def test_a_native_task_is_seen_through_the_other_two(make_native, seen, owner):
    number = make_native(status="processing", value=30, value_max=120, tags={"draft": "draft", "team": "ui"})
    native, bubble, goodday = seen(number)
    assert (bubble["task_id"], goodday["id"], native["number"]) == (str(number), number, number)
    assert (bubble["task_name"], goodday["name"]) == ("spec", "spec")
    assert (bubble["description"], goodday["description"]) == ("Ask the client", "Ask the client")
    assert (native["value_percent"], bubble["progress"], goodday["progress"]) == (25, "25", 25)
    assert (bubble["completed"], bubble["date_completed"], goodday["closed_at"]) == ("0", NO_DATE, None)
    assert sorted(bubble["tags"].split(",")) == ["draft", "team:ui"]
    assert (bubble["start_date"], goodday["start_date"]) == ("2026-01-30 00:00:00", "2026-01-30")
    assert bubble["due_date"] == "2026-02-28 00:00:00"
    assert (goodday["end_date"], goodday["deadline_date"]) == ("2026-02-20", "2026-03-31")
    assert (bubble["estimated_hours"], goodday["estimate"]) == ("1.5", 90)
    assert (bubble["hourly_rate"], goodday["priority"], goodday["billable"]) == ("80.5", 7, False)
    assert (bubble["users"][0]["user_id"], goodday["assigned_to_employee_id"]) == (str(owner.pk), owner.pk)
    assert goodday["status_id"] == native["plan"]["workflow_status"]


def test_a_native_task_is_changed_through_the_other_two(make_native, api, seen):
    number = make_native(value_max=120, tags={"draft": "draft"})
    changes = {
        "task_name": "specification",
        "description": "Ask again",
        "tags": "final,team:ui",
        "start_date": "20260201",
        "due_date": "20260331",
        "progress": 50,
        "minutes": 75,
    }
    assert api.put(f"/v2/tasks/{number}", changes).status_code == 200
    assert api.patch(f"/api/v0/tasks/{number}", {"billable": True}).status_code == 200
    native, bubble, goodday = seen(number)
    assert native["name"] == goodday["name"] == "specification"
    assert native["plan"]["description"] == goodday["description"] == "Ask again"
    assert native["tags"] == {"final": "final", "team": "ui"}
    assert native["plan"]["start_date"] == goodday["start_date"] == "2026-02-01"
    assert native["plan"]["due_date"] == "2026-03-31"
    assert native["plan"]["end_date"] == goodday["end_date"] == "2026-02-20"  # nobody touched it
    assert (native["value"], native["value_percent"], goodday["progress"]) == (60, 50, 50)
    assert (native["status"], bubble["completed"]) == ("pending", "0")
    assert native["plan"]["billable"] is True
    assert (native["rollup"]["tracked_minutes"], native["rollup"]["billable_minutes"]) == (75, 75)
    assert (bubble["tracked_seconds"], bubble["billable_hours"]) == (75 * 60, 1.25)


def test_a_projectbubble_task_is_seen_through_the_other_two(make_bubble, seen, owner):
    number = make_bubble(
        description="Ask the client",
        tags="draft,team:ui",
        start_date="20260130",
        due_date="20260228",
        estimated_hours="1.5",
        users=[owner.pk],
    )
    native, _, goodday = seen(number)
    assert (native["name"], native["status"], native["value"]) == ("spec", "pending", None)
    assert native["tags"] == {"draft": "draft", "team": "ui"}
    assert native["plan"]["description"] == goodday["description"] == "Ask the client"
    assert native["plan"]["start_date"] == goodday["start_date"] == "2026-01-30"
    assert native["plan"]["due_date"] == "2026-02-28"
    assert native["plan"]["estimated_minutes"] == goodday["estimate"] == 90
    assert native["plan"]["billable"] is goodday["billable"] is True
    assert native["plan"]["assignees"] == [goodday["assigned_to_employee_id"]] == [owner.pk]
    assert native["plan"]["creator"] == goodday["created_by_employee_id"] == owner.pk
    assert (goodday["progress"], goodday["closed_at"]) == (None, None)


def test_a_projectbubble_task_is_changed_through_the_other_two(make_bubble, api, seen):
    number = make_bubble(tags="draft", due_date="20260228", billed=1)
    task = f"tasks/{public_id_of(number)}"
    assert api.patch(task, {"status": "processing", "value": 40, "tags": {"team": "ui"}}).status_code == 200
    assert api.patch(f"{task}/plan", {"description": "Ask again", "due_date": "2026-03-31"}).status_code == 200
    assert api.put(f"/api/v0/tasks/{number}", {"billable": False}).status_code == 200
    native, bubble, goodday = seen(number)
    assert (bubble["completed"], bubble["progress"], goodday["progress"]) == ("0", "40", 40)
    assert sorted(bubble["tags"].split(",")) == ["draft", "team:ui"]
    assert bubble["description"] == goodday["description"] == "Ask again"
    assert bubble["due_date"] == "2026-03-31 00:00:00"
    assert (native["plan"]["billable"], bubble["billed"]) == (False, 1)


def test_a_task_that_goodday_planned_is_seen_and_changed_through_the_other_two(make_task, api, seen):
    """That API makes no tasks: of one that a job made, it makes the plan."""
    number = make_task("export", tags={"draft": "draft"}, value=10)["number"]
    assert not Plan.objects.exists()
    assert api.patch(f"/api/v0/tasks/{number}", {"billable": False}).json()["billable"] is False
    native, bubble, _ = seen(number)
    assert native["plan"]["billable"] is False
    assert (bubble["task_name"], bubble["tags"], bubble["progress"]) == ("export", "draft", "10")
    assert bubble["start_date"] == NO_DATE
    api.patch(f"tasks/{native['id']}/plan", {"billable": True, "end_date": "2026-04-30"})
    api.put(f"/v2/tasks/{number}", {"start_date": "20260401", "progress": 100, "tags": ""})
    native, bubble, goodday = seen(number)
    assert (goodday["billable"], goodday["start_date"], goodday["end_date"]) == (True, "2026-04-01", "2026-04-30")
    assert (goodday["progress"], native["value"], native["tags"], bubble["tags"]) == (100, 100, {}, "")
    assert (native["status"], bubble["completed"], goodday["closed_at"]) == ("pending", "0", None)


def test_success_by_a_job_is_completion_in_the_other_two(make_bubble, api, seen):
    number = make_bubble()
    api.patch(f"tasks/{public_id_of(number)}", {"status": "success"})
    native, bubble, goodday = seen(number)
    ended = native["end_time"][:19]
    assert (bubble["completed"], bubble["date_completed"]) == ("1", ended.replace("T", " "))
    assert (goodday["closed_at"], native["plan"]["date_completed"][:19]) == (f"{ended}+0000", ended)
    assert goodday["status_id"] == native["plan"]["workflow_status"]


def test_completion_by_a_person_is_success_in_the_other_two(make_native, api, seen):
    number = make_native(value=3, value_max=7, status="processing")
    before = seen(number)[2]
    api.put(f"/v2/tasks/{number}", {"completed": 1})
    native, bubble, goodday = seen(number)
    assert (native["status"], native["value"], goodday["progress"]) == ("success", 7, 100)
    assert (native["plan"]["activity"], bubble["active"]) == ("inactive", "0")
    assert goodday["closed_at"] == f"{native['end_time'][:19]}+0000"
    assert goodday["status_id"] != before["status_id"]
    history = api.get(f"/api/v0/tasks/{number}?embed=status_history").json()["status_history"]
    assert [(change["from"], change["to"]) for change in history] == [("processing", "success")]
    api.put(f"/v2/tasks/{number}", {"resume": 1})
    native, bubble, goodday = seen(number)
    assert (native["status"], native["value"], bubble["completed"], bubble["active"]) == ("pending", 0, "0", "1")
    assert (native["plan"]["date_completed"], bubble["date_completed"], goodday["closed_at"]) == (None, NO_DATE, None)


def test_what_projectbubble_deletes_is_cancelled_natively_and_unknown_to_goodday(make_native, api):
    number = make_native()
    assert api.delete(f"/v2/tasks/{number}").status_code == 200
    assert api.get(f"tasks/{public_id_of(number)}").json()["status"] == "cancelled"
    assert api.get(f"/v2/tasks/{number}").status_code == 404
    assert api.get(f"/api/v0/tasks/{number}").status_code == 404
    assert api.get("/v2/tasks").json()["data"] == api.get("/api/v0/tasks").json()["items"] == []


def test_what_is_cancelled_natively_stays_known_to_the_other_two(make_native, api, seen):
    number = make_native(status="processing")
    assert api.delete(f"tasks/{public_id_of(number)}").status_code == 204
    native, bubble, goodday = seen(number)
    assert (native["status"], bubble["completed"], bubble["date_completed"]) == ("cancelled", "0", NO_DATE)
    assert goodday["closed_at"] == f"{native['end_time'][:19]}+0000"


@pytest.mark.parametrize(
    ("method", "dialect", "body"),
    [
        pytest.param("PUT", "/v2/tasks", {"progress": 70}, id="ProjectBubble, progress"),
        pytest.param("PUT", "/v2/tasks", {"active": 1, "ongoing": 1}, id="ProjectBubble, active"),
        pytest.param("PUT", "/v2/tasks", {"task_name": "renamed"}, id="ProjectBubble, a name"),
        pytest.param("PUT", "/api/v0/tasks", {"billable": True}, id="GoodDay, PUT"),
        pytest.param("PATCH", "/api/v0/tasks", {"billable": True}, id="GoodDay, PATCH"),
    ],
)
def test_a_cancel_holds_whichever_dialect_goes_on(make_native, api, seen, method, dialect, body):
    number = make_native(status="processing", value=1)
    api.delete(f"tasks/{public_id_of(number)}")
    assert api.request(method, f"{dialect}/{number}", body).status_code == 200
    native, bubble, goodday = seen(number)
    assert (native["status"], bubble["completed"]) == ("cancelled", "0")
    assert goodday["closed_at"] == f"{native['end_time'][:19]}+0000"
    assert api.patch(f"tasks/{public_id_of(number)}", {"status": "processing"}).json()["status"] == "cancelled"


@pytest.mark.parametrize(
    ("body", "status"), [({"completed": 1}, "success"), ({"complete": 1}, "success"), ({"resume": 1}, "pending")]
)
def test_a_cancelled_task_is_completed_or_resumed_by_projectbubble(make_native, api, seen, body, status):
    number = make_native(status="processing")
    api.delete(f"tasks/{public_id_of(number)}")
    assert api.put(f"/v2/tasks/{number}", body).status_code == 200
    assert seen(number)[0]["status"] == status


def test_a_cancelled_part_stays_so_when_the_whole_is_completed(make_task, api):
    parent = make_task("parent")
    part = make_task("part", parent=parent["id"], status="processing")
    api.delete(f"tasks/{part['id']}")
    assert api.put(f"/v2/tasks/{parent['number']}", {"completed": 1}).status_code == 200
    assert api.patch(f"tasks/{part['id']}", {"status": "processing"}).json()["status"] == "cancelled"


def test_all_three_lists_have_the_same_tasks(make_native, make_bubble, api):
    numbers = {make_native(), make_bubble()}
    native = {task["number"] for task in api.get("tasks").json()["results"]}
    bubble = {int(task["task_id"]) for task in api.get("/v2/tasks").json()["data"]}
    goodday = {task["id"] for task in api.get("/api/v0/tasks").json()["items"]}
    assert native == bubble == goodday == numbers
