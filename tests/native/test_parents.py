"""`parent`: one level, within the project, set once."""

import uuid

import pytest

from tests.answers import assert_refused


@pytest.fixture
def parent(make_task):
    return make_task("parent")


def reread(api, task):
    return api.get(f"tasks/{task['id']}").json()


def test_a_task_is_made_with_a_parent(api, make_task, parent):
    child = make_task(parent=parent["id"])
    assert child["parent"] == parent["id"]
    assert reread(api, child)["parent"] == parent["id"]
    assert reread(api, parent) == parent


def test_a_parent_can_have_many_children(make_task, parent):
    assert {make_task(parent=parent["id"])["parent"] for _ in range(3)} == {parent["id"]}


@pytest.mark.parametrize("verb", ["put", "patch", "post"])
def test_a_task_is_given_a_parent_later(api, make_task, parent, verb):
    child = make_task()
    response = getattr(api, verb)(f"tasks/{child['id']}", {"name": "export", "parent": parent["id"], "value": 3})
    assert response.status_code == 200, response.content
    assert (response.json()["parent"], response.json()["value"]) == (parent["id"], 3)
    assert reread(api, child)["parent"] == parent["id"]


def test_a_parent_may_be_over(make_task):
    parent = make_task(status="error")
    assert make_task(parent=parent["id"])["parent"] == parent["id"]


def test_no_parent_is_no_change_for_a_task_without_one(api, make_task):
    assert api.patch(f"tasks/{make_task()['id']}", {"parent": None}).status_code == 200
    assert make_task(parent=None)["parent"] is None


def test_the_same_parent_again_is_no_change(api, make_task, parent):
    child = make_task(parent=parent["id"])
    for spelling in (parent["id"], parent["id"].upper()):
        response = api.patch(f"tasks/{child['id']}", {"parent": spelling, "value": 1})
        assert (response.status_code, response.json()["parent"]) == (200, parent["id"])


@pytest.mark.parametrize("verb", ["put", "patch", "post"])
@pytest.mark.parametrize("other", [True, False], ids=["another", "none"])
def test_a_parent_never_changes_or_goes(api, make_task, parent, verb, other):
    child = make_task(parent=parent["id"])
    new = make_task()["id"] if other else None
    response = getattr(api, verb)(f"tasks/{child['id']}", {"name": "export", "parent": new, "value": 3})
    assert_refused(response, "parent")
    assert reread(api, child) == child


def test_a_child_can_not_have_children(api, make_task, parent):
    child, other = make_task(parent=parent["id"]), make_task()
    assert_refused(api.post("tasks", {"name": "export", "parent": child["id"]}), "parent")
    assert_refused(api.patch(f"tasks/{other['id']}", {"parent": child["id"]}), "parent")
    assert reread(api, other) == other
    assert len(api.get("tasks").json()["results"]) == 3


def test_a_task_with_children_gets_no_parent(api, make_task, parent):
    make_task(parent=parent["id"])
    grandparent = make_task()
    assert_refused(api.patch(f"tasks/{parent['id']}", {"parent": grandparent["id"]}), "parent")
    assert reread(api, parent) == parent


def test_a_task_is_no_parent_of_itself(api, make_task, parent):
    assert_refused(api.patch(f"tasks/{parent['id']}", {"parent": parent["id"]}), "parent")
    child = make_task(parent=parent["id"])
    assert_refused(api.patch(f"tasks/{child['id']}", {"parent": child["id"]}), "parent")


def test_two_tasks_are_not_each_others_parents(api, make_task):
    one, two = make_task(), make_task()
    assert api.patch(f"tasks/{one['id']}", {"parent": two["id"]}).status_code == 200
    assert_refused(api.patch(f"tasks/{two['id']}", {"parent": one["id"]}), "parent")


def test_a_parent_is_of_the_same_project(admin, project, other_project):
    elsewhere = admin.post("billing/tasks", {"name": "export"}).json()
    here = admin.post("web/tasks", {"name": "export"}).json()
    assert_refused(admin.post("web/tasks", {"name": "export", "parent": elsewhere["id"]}), "parent")
    assert_refused(admin.patch(f"web/tasks/{here['id']}", {"parent": elsewhere["id"]}), "parent")
    assert admin.get(f"web/tasks/{here['id']}").json() == here


def test_a_foreign_parent_and_a_missing_one_look_the_same(api, admin, project, other_project):
    elsewhere = admin.post("billing/tasks", {"name": "export"}).json()
    foreign = api.post("tasks", {"name": "export", "parent": elsewhere["id"]})
    missing = api.post("tasks", {"name": "export", "parent": str(uuid.uuid4())})
    assert_refused(missing, "parent")
    assert foreign.json() == missing.json()


@pytest.mark.parametrize("value", ["", "x", 5, True, [], {}, "0" * 31], ids=repr)
def test_a_parent_is_an_id(api, make_task, parent, value):
    task = make_task()
    assert_refused(api.post("tasks", {"name": "export", "parent": value}), "parent")
    assert_refused(api.patch(f"tasks/{task['id']}", {"parent": value}), "parent")


def test_a_parent_is_named_next_to_the_other_bad_fields(api, make_task):
    assert_refused(api.post("tasks", {"name": "", "parent": "x"}), "name", "parent")
