"""Which tasks a key reaches by `/api/v0`."""

import base64

import pytest
from django.utils import timezone

from planning.models import Plan
from projects.scopes import Scope
from tests.client import Api
from tests.compat.goodday_calls import TASKS, assert_failed, items, names, path, plan


@pytest.fixture
def tasks(api, admin, stranger, make_key, make_task, other_project):
    """One task in each of three projects, the last of which is of another organization."""
    theirs = Api(make_key(stranger))
    return {
        "ours": make_task("ours"),
        "beside": admin.post("billing/tasks", {"name": "beside"}).json(),
        "theirs": theirs.post("/api/globex/web/tasks", {"name": "theirs"}).json(),
    }


def reached(caller, tasks):
    """By name, whichever way they are asked for."""
    listed = names(caller, "?sort=name")
    for operation in (
        lambda task: caller.get(path(task)),
        lambda task: caller.get(f"{path(task)}/user-work-times"),
        lambda task: caller.patch(path(task), {"billable": False}),
        lambda task: caller.put(path(task), {"billable": False}),
    ):
        for name, task in tasks.items():
            response = operation(task)
            if name in listed:
                assert response.status_code == 200, response.content
            else:
                assert_failed(response, 404, "NotFound")
    return listed


def test_a_project_key_reaches_its_project_alone(api, tasks):
    assert reached(api, tasks) == ["ours"]
    assert not Plan.objects.exclude(task=tasks["ours"]["number"]).exists()


def test_an_organization_key_reaches_all_of_its_projects(organization, make_key, tasks):
    assert reached(Api(make_key(organization)), tasks) == ["beside", "ours"]
    assert reached(Api(make_key(organization, Scope.ADMIN)), tasks) == ["beside", "ours"]


def test_a_key_of_another_organization_reaches_nothing_of_it(stranger, make_key, tasks):
    assert reached(Api(make_key(stranger.organization)), tasks) == ["theirs"]


def test_filters_lead_nowhere_else(api, tasks):
    for query in ("id={number}", "name={name}", "sort=-id"):
        found = {item["name"] for task in tasks.values() for item in items(api, f"?{query.format(**task)}")}
        assert found == {"ours"}
    assert items(api, f"?project_id={tasks['beside']['number']}") == []


def test_an_organization_without_projects_has_no_tasks(organization, make_key):
    assert Api(make_key(organization)).get(TASKS).json() == {"items": []}
    assert Api(make_key(organization)).get(f"{TASKS}?page=1&sort=status_id").json() == {"items": [], "total": 0}


def test_what_was_deleted_by_the_other_dialect_is_gone_from_this_one(api, make_task):
    kept, gone = make_task("kept"), plan(api, make_task("gone"), description="planned")
    Plan.objects.filter(task=gone["number"]).update(deleted=timezone.now())
    assert names(api) == ["kept"]
    for response in (
        api.get(path(gone)),
        api.get(f"{path(gone)}/user-work-times"),
        api.patch(path(gone), {"billable": True}),
    ):
        assert_failed(response, 404, "NotFound")
    assert api.get(f"{TASKS}?page=1").json()["total"] == 1
    assert api.get(path(kept)).status_code == 200


def test_an_archived_task_is_there_like_any_other(api, make_task):
    task = plan(api, make_task("archived"), archived=True)
    assert names(api) == ["archived"]
    assert api.get(path(task)).status_code == 200


def test_a_bare_secret_is_as_good_as_the_whole_key(project, make_key, make_task):
    make_task("export")
    whole = make_key(project)
    for key in (whole, base64.b64decode(whole).decode().split("/")[2]):
        assert names(Api(key)) == ["export"]
