"""`/api/v0/tasks/{id}`: what is shown of one task, and the one thing that can be changed."""

import pytest

from planning.models import Plan
from projects.models import User
from tests.compat.goodday_calls import TASKS, assert_failed, assert_refused, path, plan

UNPLANNED = {
    "goodday_id": None,
    "parent_id": None,
    "description": None,
    "created_by_employee_id": None,
    "assigned_to_employee_id": None,
    "action_required_by_employee_id": None,
    "start_date": None,
    "end_date": None,
    "deadline_date": None,
    "billable": True,
    "priority": 5,
    "estimate": None,
    "progress": None,
    "closed_at": None,
    "goodday_created_at": None,
}


@pytest.fixture
def people(organization):
    """The ids of three users who are members; the first is the owner."""
    named = enumerate(("ada", "bob", "cy"), 1)  # in the order of their ids, by which they are shown
    users = [User.objects.create_user(f"{name}@acme.example", pk=pk) for pk, name in named]
    for user, role in zip(users, ("owner", "member", "viewer"), strict=True):
        organization.memberships.create(user=user, role=role)
    return [user.pk for user in users]


def get(api, task):
    response = api.get(path(task))
    assert response.status_code == 200, response.content
    return response.json()


@pytest.mark.parametrize("slash", ["", "/"])
def test_paths_work_with_and_without_their_slash(api, make_task, slash):
    task = make_task()
    for address in (TASKS, path(task), f"{path(task)}/user-work-times"):
        assert api.get(address + slash).status_code == 200
    assert api.patch(path(task) + slash, {"billable": False}).status_code == 200


def test_a_task_without_a_plan_is_shown_with_defaults(api, project, make_task):
    task = make_task("export")
    shown = get(api, task)
    assert {name: shown[name] for name in UNPLANNED} == UNPLANNED
    assert (shown["id"], shown["name"], shown["project_id"]) == (task["number"], "export", project.pk)
    moment = task["created"][:19] + "+0000"
    assert shown["created_at"] == shown["updated_at"] == moment
    assert shown["_links"] == [{"href": f"/api/v0/tasks/{task['number']}", "rel": "self", "type": "GET"}]
    assert Plan.objects.count() == 0


def test_a_plan_is_shown_in_the_words_of_the_dialect(api, make_task, people):
    ada, bob, cy = people
    task = plan(
        api,
        make_task(),
        goodday_id="yAD1kC",
        description="what to do",
        creator=bob,
        assignees=[cy, ada],
        action_required=ada,
        start_date="2026-01-01",
        end_date="2026-01-02",
        deadline_date="2026-01-03",
        billable=False,
        priority=-3,
        estimated_minutes=90,
        goodday_created_at="2026-01-01T12:00:00.123456-03:30",
    )
    shown = get(api, task)
    assert {name: shown[name] for name in UNPLANNED} == {
        **UNPLANNED,
        "goodday_id": "yAD1kC",
        "description": "what to do",
        "created_by_employee_id": bob,
        "assigned_to_employee_id": cy,
        "action_required_by_employee_id": ada,
        "start_date": "2026-01-01",
        "end_date": "2026-01-02",
        "deadline_date": "2026-01-03",
        "billable": False,
        "priority": -3,
        "estimate": 90,
        "goodday_created_at": "2026-01-01T12:00:00-0330",
    }


def test_who_leaves_the_organization_is_not_shown_as_an_employee_of_it(api, make_task, people, organization):
    task = plan(api, make_task(), assignees=people[1:], action_required=people[1], creator=people[1])
    organization.memberships.get(user=people[1]).delete()
    shown = get(api, task)
    assert (shown["assigned_to_employee_id"], shown["action_required_by_employee_id"]) == (people[2], None)
    assert shown["created_by_employee_id"] == people[1]  # who made it stays


def test_a_child_names_its_parent_by_number(api, make_task):
    parent = make_task("parent")
    assert get(api, make_task("child", parent=parent["id"]))["parent_id"] == parent["number"]


@pytest.mark.parametrize(
    ("fields", "progress"),
    [
        ({"value": 1, "value_max": 3}, 33),
        ({"value": 250}, 250),
        ({"value": 5, "value_max": 0}, None),
        ({"value": 2**63 - 1, "value_max": 1}, 100 * (2**63 - 1)),
    ],
)
def test_progress_is_whole_percent_and_is_not_clipped(api, make_task, fields, progress):
    assert get(api, make_task(**fields))["progress"] == progress


def test_without_progress_of_its_own_a_task_has_that_of_its_children(api, make_task):
    parent = make_task("parent")
    make_task("half", parent=parent["id"], value=50)
    make_task("done", parent=parent["id"], status="success")
    assert get(api, parent)["progress"] == 75


def test_a_task_is_closed_when_it_comes_to_its_end(api, make_task):
    task = make_task(status="error", end_time="2026-01-31T13:00:00.9+01:00")
    assert get(api, task)["closed_at"] == "2026-01-31T12:00:00+0000"


def test_the_status_is_the_workflow_status_that_was_chosen_while_it_fits(api, admin, make_task):
    review = admin.post("workflow-statuses", {"project": "web", "name": "Review", "status": "processing"})
    assert review.status_code == 201, review.content
    task = plan(api, make_task(), workflow_status=review.json()["id"])
    assert get(api, task)["status_id"] == review.json()["id"]
    api.patch(f"tasks/{task['id']}", {"status": "success"})
    others = {row["id"]: row for row in admin.get("workflow-statuses").json()}
    assert others[get(api, task)["status_id"]]["status"] == "success"


# -- Changing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_billable_is_set(api, make_task, method):
    task = make_task()
    before = get(api, task)
    response = api.request(method, path(task), {"billable": False})
    assert response.status_code == 200
    assert (
        response.json() == get(api, task) == {**before, "billable": False, "updated_at": response.json()["updated_at"]}
    )
    assert api.get(f"tasks/{task['id']}/plan").json()["billable"] is False


def test_a_put_needs_billable(api, make_task):
    task = make_task()
    for body in ({}, {"name": "other"}):
        assert assert_refused(api.put(path(task), body), "billable") == ["The billable field is required."]


def test_a_patch_of_nothing_changes_nothing(api, make_task):
    task = make_task()
    before = get(api, task)
    for sent in ({"body": {}}, {}, {"body": {"name": "other", "unknown": 1}}):
        response = api.request("PATCH", path(task), **sent)
        assert (response.status_code, response.json()) == (200, before)
    assert Plan.objects.count() == 0


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_task_that_was_read_can_be_sent_back(api, make_task, method):
    task = plan(api, make_task(), description="as it is")
    shown = get(api, task)
    response = api.request(method, path(task), {**shown, "name": "other", "priority": 9, "billable": False})
    assert response.status_code == 200
    assert response.json() == {**shown, "billable": False, "updated_at": response.json()["updated_at"]}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("value", [None, "true", 1, 0, [], {}])
def test_billable_is_true_or_false_and_nothing_else(api, make_task, method, value):
    assert_refused(api.request(method, path(make_task()), {"billable": value}), "billable")


@pytest.mark.parametrize("body", [[], [{"billable": True}], "billable", 1, True])
def test_a_body_that_is_no_object_is_refused(api, make_task, body):
    assert_refused(api.put(path(make_task()), body), "body")


def test_a_task_that_is_not_there_can_not_be_changed_whatever_is_sent(api):
    for body in ({"billable": True}, {}, []):
        assert_failed(api.put(f"{TASKS}/999", body), 404, "NotFound")


def test_parameters_that_a_path_does_not_have_are_refused(api, make_task):
    task = make_task()
    assert_refused(api.get(f"{path(task)}?page=1&embed=nothing"), "page", "embed")
    assert_refused(api.get(f"{path(task)}/user-work-times?embed=status"), "embed")
    assert_refused(api.patch(f"{path(task)}?sort=id", {"billable": True}), "sort")


# -- Work times ------------------------------------------------------------------------------------------------------


def test_work_times_are_summed_by_user(api, make_task, people):
    ada, bob, _ = people
    task, other = make_task(), make_task("other")
    for reported, user, minutes in ((task, bob, 10), (task, ada, 5), (task, bob, 20), (other, ada, 100)):
        report = {"user": user, "date": "2026-01-31", "minutes": minutes}
        assert api.post(f"tasks/{reported['id']}/time-reports", report).status_code == 201
    response = api.get(f"{path(task)}/user-work-times")
    times = [{"user_id": ada, "time": 5}, {"user_id": bob, "time": 30}]
    assert response.json() == {"work_times": {"items": times, "reported_time": 35}}


def test_a_task_without_reports_has_no_work_times(api, make_task):
    response = api.get(f"{path(make_task())}/user-work-times")
    assert response.json() == {"work_times": {"items": [], "reported_time": 0}}
