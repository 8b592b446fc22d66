"""ProjectBubble v2: `PUT /v2/tasks/{id}`: what is sent changes, and nothing else."""

import pytest

from planning.models import Plan, TimeReport
from projects.models import User
from tasks.models import Task


@pytest.fixture
def owner(organization):
    user = User.objects.create_user("ada@acme.example")
    organization.memberships.create(user=user, role="owner", display_name="Ada")
    return user


@pytest.fixture
def task(owner, api, project):
    """As the dialect shows it."""
    body = {"task_name": "spec", "tags": "a,b:c", "notes": "Why", "due_date": "20260131", "users": [owner.pk]}
    return api.post(f"/v2/tasks/{project.number}", body).json()["data"]


@pytest.fixture
def put(api, task):
    def put(body, status=200):
        response = api.put(f"/v2/tasks/{task['task_id']}", body)
        assert response.status_code == status, response.content
        return response.json()["data" if status == 200 else "error"]

    return put


CHANGES = [
    ("task_name", "other", "other"),
    ("description", "What", "What"),
    ("description", 5, "5"),
    ("notes", None, ""),
    ("color", "red", "red"),
    ("tags", "x, y:z", "x,y:z"),
    ("tags", "", ""),
    ("tags", None, ""),
    ("start_date", "20260102", "2026-01-02 00:00:00"),
    ("start_date", 20260102, "2026-01-02 00:00:00"),
    ("start_date", "2026-01-02", "2026-01-02 00:00:00"),
    ("start_date", "2026-01-02 00:00:00", "2026-01-02 00:00:00"),
    ("due_date", "", "0000-00-00 00:00:00"),
    ("due_date", None, "0000-00-00 00:00:00"),
    ("due_date", "0000-00-00 00:00:00", "0000-00-00 00:00:00"),
    ("date_completed", "20260102", "2026-01-02 00:00:00"),
    ("date_completed", "2026-01-02 03:04:05", "2026-01-02 03:04:05"),
    ("ongoing", "1", "1"),
    ("estimated_hours", "4.0", "4"),
    ("estimated_hours", 0.25, "0.25"),
    ("estimated_hours", "0.5", "0.5"),
    ("estimated_cost", "10.10", "10.1"),
    ("hourly_rate", 0.1, "0.1"),
    ("price", "99999999999.9999", "99999999999.9999"),
    ("fixed_price", True, "1"),
    ("task_order", -3, "-3"),
    ("task_order", "12", "12"),
    ("active", 0, "0"),
    ("active", "2", "2"),
    ("important", "1", "1"),
    ("progress", "40", "40"),
    ("progress", 100, "100"),
    ("billed", 1, 1),
    ("notifications", 0, "0"),
    ("recurring", "W", "W"),
    ("archived", "1", "1"),
    ("users", [], []),
]


@pytest.mark.parametrize(("name", "sent", "shown"), CHANGES)
def test_only_what_is_sent_changes(api, put, task, name, sent, shown):
    changed = put({name: sent})
    assert changed[name] == shown
    assert changed["date_modified"] >= task["date_modified"]
    assert {**changed, name: "", "date_modified": ""} == {**task, name: "", "date_modified": ""}
    assert api.get(f"/v2/tasks/{task['task_id']}").json()["data"] == changed


def test_an_empty_body_changes_nothing(api, put, task):
    before = Task.objects.values().get(), Plan.objects.values().get()
    assert put({}) == task
    assert api.put(f"/v2/tasks/{task['task_id']}").json()["data"] == task
    assert (Task.objects.values().get(), Plan.objects.values().get()) == before


def test_a_task_can_be_sent_back_as_it_is_shown(api, put, task):
    api.patch(
        f"tasks/{Task.objects.get().public_id}", {"value": 355, "value_max": 970, "tags": {"odd,": "x:", "y:": "z"}}
    )
    shown = api.get(f"/v2/tasks/{task['task_id']}").json()["data"]
    before = Task.objects.values().get()
    del shown["completed"]  # which asks for something
    assert {**put(shown), "date_modified": ""} == {**shown, "completed": "0", "date_modified": ""}
    assert {**Task.objects.values().get(), "updated": ""} == {**before, "updated": ""}


@pytest.mark.parametrize(
    ("value_max", "percent", "value"),
    [(100, 40, 40), (1000, 33, 330), (3, 50, 2), (3, 1, 1), (2**63 - 1, 100, 2**63 - 1), (7, 0, 0)],
)
def test_progress_sets_the_value(api, owner, make_task, value_max, percent, value):
    task = make_task(value_max=value_max, status="processing")
    shown = api.put(f"/v2/tasks/{task['number']}", {"progress": percent}).json()["data"]
    after = api.get(f"tasks/{task['id']}").json()
    assert (after["value"], after["value_max"], after["status"]) == (value, value_max, "processing")
    assert int(shown["progress"]) >= percent
    assert shown["completed"] == "0"


def test_progress_of_a_task_that_counts_nothing_counts_to_100(api, owner, make_task):
    task = make_task(value_max=0)
    api.put(f"/v2/tasks/{task['number']}", {"progress": "30"})
    after = api.get(f"tasks/{task['id']}").json()
    assert (after["value"], after["value_max"]) == (30, 100)


def test_progress_that_is_set_fires_actions(api, owner, make_task):
    email = {"trigger": "50%", "integration": "email", "config": {"to": "a@example.org"}}
    task = make_task(actions=[email])
    api.put(f"/v2/tasks/{task['number']}", {"progress": 60})
    assert Task.objects.get().project.organization.deliveries.count() == 1


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"minutes": 90}, 5400),
        ({"minutes": "90"}, 5400),
        ({"hours": "1.5"}, 5400),
        ({"hours": 2}, 7200),
        ({"days": "0.5"}, 4 * 3600),
        ({"minutes": "0", "hours": "3", "days": "0"}, 3 * 3600),
    ],
)
def test_a_total_is_set_by_one_correcting_report(put, owner, task, body, seconds):
    assert put(body)["tracked_seconds"] == seconds
    assert put({"minutes": 30})["tracked_seconds"] == 1800
    assert put({"minutes": 30})["tracked_seconds"] == 1800
    assert [report.minutes for report in TimeReport.objects.all()] == [seconds // 60, 30 - seconds // 60]
    assert {report.user for report in TimeReport.objects.all()} == {owner}
    assert put({"minutes": 0})["tracked_seconds"] == 0


def test_sharing_takes_the_public_link_and_gives_another(api, put, task):
    public_id = Task.objects.get().public_id
    first = api.get(f"tasks/{public_id}").json()["public_url"]
    put({"sharing": 1})
    assert api.get(f"tasks/{public_id}").json()["public_url"] == first
    put({"sharing": "0"})
    assert api.get(f"tasks/{public_id}").json()["public_url"] is None
    put({"sharing": "1"})
    assert api.get(f"tasks/{public_id}").json()["public_url"] not in {None, first}


def test_a_task_moves_with_its_children(admin, api, owner, other_project, make_task):
    parent = make_task("parent")
    child = make_task("child", parent=parent["id"])
    body = {"project_id": str(other_project.number), "notes": "moved"}
    moved = admin.put(f"/v2/tasks/{parent['number']}", body).json()["data"]
    assert (moved["project_id"], moved["project_name"]) == (str(other_project.number), "Billing")
    assert moved["notes"] == "moved"
    there = admin.get(f"/v2/tasks/{child['number']}").json()["data"]
    assert there["project_id"] == str(other_project.number)
    assert admin.get(f"billing/tasks/{parent['id']}").json()["project"] == "billing"
    assert api.get(f"/v2/tasks/{parent['number']}").status_code == 404


def test_a_child_does_not_move_alone(admin, owner, other_project, make_task):
    child = make_task("child", parent=make_task("parent")["id"])
    answer = admin.put(f"/v2/tasks/{child['number']}", {"project_id": other_project.number, "notes": "x"})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("project_id: ")
    assert admin.get(f"/v2/tasks/{child['number']}").json()["data"]["notes"] == ""


def test_a_task_moves_nowhere_that_the_key_does_not_reach(api, admin, put, task, other_project, stranger):
    for number in (other_project.number, stranger.number, 10**9):
        assert put({"project_id": number}, 400) == f"project_id: There is no project {number}."
    for number in (stranger.number, 10**9):
        assert admin.put(f"/v2/tasks/{task['task_id']}", {"project_id": number}).status_code == 400
    assert put({"project_id": task["project_id"]}) == task


def test_all_of_it_is_changed_or_nothing(admin, task, other_project):
    body = {"project_id": other_project.number, "task_name": "x", "minutes": 5, "sharing": 0, "users": [10**9]}
    before = Task.objects.values().get()
    answer = admin.put(f"/v2/tasks/{task['task_id']}", body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("users: ")
    assert Task.objects.values().get() == before
    assert not TimeReport.objects.exists()


def test_a_task_that_a_job_made_gets_its_plan_when_it_is_needed(api, owner, make_task):
    task = make_task()
    assert not Plan.objects.exists()
    shown = api.put(f"/v2/tasks/{task['number']}", {"notes": "x"}).json()["data"]
    assert (shown["notes"], shown["user_id"]) == ("x", str(owner.pk))
    assert api.get(f"tasks/{task['id']}").json()["updated"] == task["updated"]


def test_a_task_that_there_is_not_is_a_404(api, project):
    for number in (1, 0, "x", 2**63, "9" * 30, "1.0", "-1", "%00"):
        for method, body in (("GET", None), ("PUT", {"notes": "x"}), ("DELETE", None)):
            response = api.request(method, f"/v2/tasks/{number}", **({"body": body} if body else {}))
            assert (response.status_code, response.json()) == (404, {"error": "Task not found."})
