"""`?embed=`: actions, children and status_history of a task, or of each task of a list."""

import pytest

from tests.answers import TASK_FIELDS, assert_refused

EMAIL = {"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}
EMPTY = {"actions": [], "children": [], "status_history": []}


@pytest.fixture
def family(api, make_task):
    """A parent with an action, a history and two children, the second of which has an action and a history too."""
    parent = make_task("parent", actions=[EMAIL])
    api.patch(f"tasks/{parent['id']}", {"status": "processing"})
    make_task("first", parent=parent["id"])
    second = make_task("second", parent=parent["id"], actions=[{**EMAIL, "trigger": "error"}])
    api.patch(f"tasks/{second['id']}", {"status": "error"})
    return parent, second


def test_nothing_is_embedded_unless_asked(api, family):
    assert set(api.get(f"tasks/{family[0]['id']}").json()) == TASK_FIELDS
    assert [set(task) for task in api.get("tasks").json()["results"]] == [TASK_FIELDS] * 3


@pytest.mark.parametrize("name", EMPTY)
def test_a_task_that_has_none_shows_an_empty_list(api, make_task, name):
    task = make_task()
    assert api.get(f"tasks/{task['id']}?embed={name}").json() == {**task, name: []}
    assert api.get(f"tasks?embed={name}").json()["results"] == [{**task, name: []}]


def test_actions_are_those_of_the_tasks_own_list(api, family):
    for task in family:
        path = f"tasks/{task['id']}"
        assert api.get(f"{path}?embed=actions").json()["actions"] == api.get(f"{path}/actions").json() != []


def test_children_are_whole_tasks_newest_first(api, family):
    parent, _ = family
    children = api.get(f"tasks/{parent['id']}?embed=children").json()["children"]
    assert children == api.get(f"tasks?parent={parent['id']}").json()["results"]
    assert [child["name"] for child in children] == ["second", "first"]


def test_several_are_asked_for_at_once(api, family):
    parent, _ = family
    apart = {name: api.get(f"tasks/{parent['id']}?embed={name}").json()[name] for name in EMPTY}
    for query in ("embed=actions,children,status_history", "embed=actions&embed=children,%20status_history"):
        body = api.get(f"tasks/{parent['id']}?{query}").json()
        assert {name: body[name] for name in EMPTY} == apart


def test_in_a_list_each_task_has_its_own(api, family):
    query = "embed=actions,children,status_history"
    listed = api.get(f"tasks?{query}").json()["results"]
    assert len(listed) == 3
    assert listed == [api.get(f"tasks/{task['id']}?{query}").json() for task in listed]


def test_an_embed_goes_with_filters_and_pages(api, family):
    page = api.get("tasks?embed=status_history&status=error&page_size=1").json()["results"]
    assert [len(task["status_history"]) for task in page] == [1]
    first = api.get("tasks?embed=actions&page_size=1").json()
    second = api.get(first["next"].removeprefix("http://testserver")).json()
    assert "actions" in second["results"][0]


def test_the_answer_to_a_write_embeds_as_well(api, make_task):
    parent = make_task()
    query = "embed=actions,children,status_history"
    task = api.post(f"tasks?{query}", {"name": "export", "actions": [EMAIL], "parent": parent["id"]}).json()
    assert (len(task["actions"]), task["children"], task["status_history"]) == (1, [], [])
    path = f"tasks/{task['id']}?{query}"
    for verb, status in (("patch", "processing"), ("put", "success"), ("post", "error")):
        task = getattr(api, verb)(path, {"name": "export", "status": status}).json()
        assert task["status_history"][-1]["to"] == status


@pytest.mark.parametrize("value", ["", "owner", "actions,owner", "Actions", "%00", "actions,"])
def test_what_can_not_be_embedded_is_refused(api, make_task, value):
    task = make_task()
    for path in ("tasks", f"tasks/{task['id']}"):
        assert_refused(api.get(f"{path}?embed={value}"), "embed")
    assert_refused(api.post(f"tasks?embed={value}", {"name": "export"}), "embed")
    assert_refused(api.patch(f"tasks/{task['id']}?embed={value}", {"value": 1}), "embed")
    assert api.get("tasks").json()["results"] == [task]
