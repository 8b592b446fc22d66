"""`?sort=` of `/api/v0/tasks`: every sorting that the document lists."""

import pytest

from compat.goodday.sorting import SORTINGS
from planning.models import Plan
from projects.models import User
from tasks.models import Task
from tests.compat.goodday_calls import TASKS, assert_refused, names, plan
from tests.compat.goodday_samples import listed


@pytest.fixture
def people(organization):
    named = enumerate(("ada", "bob"), 1)  # in the order of their ids, by which they are shown
    users = [User.objects.create_user(f"{name}@acme.example", pk=pk) for pk, name in named]
    for user in reversed(users):  # so that the order of memberships is another one
        organization.memberships.create(user=user, role="owner")
    return [user.pk for user in users]


def test_every_sorting_of_the_document_is_there():
    sortings, _ = listed()
    assert len(sortings) == 25
    assert list(SORTINGS) == sortings


# What makes the first of two tasks come first, what the second; None where a task without any comes last.
PLANNED = {
    "goodday_id": ({"goodday_id": "Z"}, {"goodday_id": "a"}),
    "description": ({"description": "Z"}, {"description": "a"}),
    "start_date": ({"start_date": "2026-01-09"}, {"start_date": "2026-01-10"}),
    "end_date": ({"end_date": "2026-01-09"}, {"end_date": "2026-01-10"}),
    "deadline_date": ({"deadline_date": "2026-01-09"}, {"deadline_date": "2026-01-10"}),
    "estimate": ({"estimated_minutes": 9}, {"estimated_minutes": 10}),
    "goodday_created_at": (
        {"goodday_created_at": "2026-01-10T00:00:00+02:00"},
        {"goodday_created_at": "2026-01-09T23:00:00Z"},
    ),
}


@pytest.mark.parametrize("name", PLANNED)
def test_what_is_planned_is_sorted_and_what_is_not_comes_last_either_way(api, make_task, name):
    first, second = PLANNED[name]
    make_task("none")
    plan(api, make_task("second"), **second)
    plan(api, make_task("first"), **first)
    plan(api, make_task("blank"), color="red")
    assert names(api, f"?sort={name}") == ["first", "second", "none", "blank"]
    assert names(api, f"?sort=-{name}") == ["second", "first", "none", "blank"]


@pytest.mark.parametrize(
    ("name", "field"), [("created_by_employee_id", "creator"), ("action_required_by_employee_id", "action_required")]
)
def test_people_are_sorted_by_their_ids(api, make_task, people, name, field):
    make_task("none")
    plan(api, make_task("bob"), **{field: people[1]})
    plan(api, make_task("ada"), **{field: people[0]})
    assert names(api, f"?sort={name}") == ["ada", "bob", "none"]
    assert names(api, f"?sort=-{name}") == ["bob", "ada", "none"]


def test_by_id_and_name(api, make_task):
    for name in ("b", "Z", "a"):
        make_task(name)
    assert names(api, "?sort=id") == ["b", "Z", "a"]
    assert names(api, "?sort=-id") == ["a", "Z", "b"]
    assert names(api, "?sort=name") == ["Z", "a", "b"]
    assert names(api, "?sort=-name") == ["b", "a", "Z"]


def test_by_project(api, admin, make_task, other_project):
    make_task("web")  # the project that was made first, and whose name comes last
    admin.post("billing/tasks", {"name": "billing"})
    assert names(admin, "?sort=project_id") == names(admin, "?sort=-project_name") == ["web", "billing"]
    assert names(admin, "?sort=-project_id") == names(admin, "?sort=project_name") == ["billing", "web"]


def test_by_parent(api, make_task):
    parents = [make_task(f"parent {letter}") for letter in "ab"]
    for parent in reversed(parents):
        make_task(f"child of {parent['name']}", parent=parent["id"])
    children = ["child of parent a", "child of parent b"]
    assert names(api, "?sort=parent_id") == [*children, "parent a", "parent b"]
    assert names(api, "?sort=-parent_id") == [*children[::-1], "parent a", "parent b"]


def test_by_defaults_where_there_is_no_plan(api, make_task):
    make_task("default")
    plan(api, make_task("low"), priority=9, billable=False)
    plan(api, make_task("high"), priority=1)
    assert names(api, "?sort=priority") == ["high", "default", "low"]
    assert names(api, "?sort=-priority") == ["low", "default", "high"]
    assert names(api, "?sort=billable") == ["low", "default", "high"]
    assert names(api, "?sort=-billable") == ["default", "high", "low"]


def test_by_progress(api, make_task):
    make_task("none")
    make_task("huge", value=2**63 - 1, value_max=1)
    make_task("nine", value=9)
    parent = make_task("parent")
    make_task("ten", parent=parent["id"], value=10)
    assert names(api, "?sort=progress") == ["nine", "parent", "ten", "huge", "none"]
    assert names(api, "?sort=-progress") == ["huge", "parent", "ten", "nine", "none"]


def test_by_custom_fields_as_the_text_that_is_stored(api, make_task):
    tasks = [make_task(name) for name in "abc"]
    for task, text in zip(tasks[:2], ('{"2":1}', '{"1":1}'), strict=True):
        plan(api, task, color="red")
        Plan.objects.filter(task=task["number"]).update(custom_fields=text)
    assert names(api, "?sort=custom_fields") == ["b", "a", "c"]
    assert names(api, "?sort=-custom_fields") == ["c", "a", "b"]


def test_by_moments(api, make_task):
    for name, moment in (("later", "2026-01-10T00:00:00Z"), ("earlier", "2026-01-09T00:00:00Z")):
        task = make_task(name, status="success", end_time=moment)
        Task.objects.filter(pk=task["number"]).update(created=moment, updated=moment)
    for name in ("closed_at", "created_at", "updated_at", "last_activity"):
        assert names(api, f"?sort={name}") == ["earlier", "later"]
        assert names(api, f"?sort=-{name}") == ["later", "earlier"]
    make_task("open")
    assert names(api, "?sort=-closed_at") == ["later", "earlier", "open"]
    planned = Task.objects.get(name="earlier").number
    Plan.objects.create(task_id=planned, plan_updated="2026-01-11T00:00:00Z")
    assert names(api, "?sort=updated_at") == ["later", "earlier", "open"]


def test_by_workflow_status(api, admin, make_task):
    body = {"project": "web", "name": "Backlog", "status": "pending", "order": -5, "is_done": True}
    backlog = admin.post("workflow-statuses", body).json()["id"]
    make_task("done", status="success")
    make_task("new")
    plan(api, make_task("chosen"), workflow_status=backlog)
    assert names(api, "?sort=status_order") == ["new", "chosen", "done"]
    assert names(api, "?sort=-status_order") == ["done", "new", "chosen"]
    assert names(api, "?sort=-is_done,-name") == ["new", "done", "chosen"]


def test_several_fields_and_a_last_word_for_the_id(api, make_task):
    for name, priority in (("b", 1), ("a", 2), ("b", 2), ("a", 1)):
        plan(api, make_task(name), priority=priority, description=f"{name}{priority}")
    shown = [item["description"] for item in api.get(f"{TASKS}?sort=name,-priority").json()["items"]]
    assert shown == ["a2", "a1", "b2", "b1"]
    tied = [item["description"] for item in api.get(f"{TASKS}?sort=-name").json()["items"]]
    assert tied == ["b1", "b2", "a2", "a1"]


def test_every_sorting_works_both_ways_and_all_together(api, make_task):
    plan(api, make_task("a"), description="planned")
    make_task("b")
    for name in SORTINGS:
        for sign in ("", "-"):
            assert sorted(names(api, f"?sort={sign}{name}")) == ["a", "b"]
    assert len(names(api, f"?sort={','.join(SORTINGS)}&page=1")) == 2


@pytest.mark.parametrize("text", ["", ",", "nothing", "name,", "--name", "name,-name", "name desc", "embed", "-"])
def test_what_is_no_sorting_is_refused(api, text):
    assert_refused(api.get(f"{TASKS}?sort={text}"), "sort")
