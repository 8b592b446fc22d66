"""/api/{org}/workflow-statuses."""

import pytest

from planning.models import WorkflowStatus
from planning.workflow import MOST, workflow_of
from projects.scopes import Scope
from tasks.statuses import Status
from tests.answers import assert_failed, assert_refused
from tests.client import Api

REVIEW = {"project": "web", "name": "Review", "status": "post_processing"}


@pytest.fixture
def make(admin, project):
    def _make(**fields):
        response = admin.post("workflow-statuses", {**REVIEW, **fields})
        assert response.status_code == 201, response.content
        return response.json()

    return _make


def of(rows, status, project="web"):
    return [row for row in rows if row["status"] == status and row["project"] == project]


# -- Reading ---------------------------------------------------------------------------------------------------------


def test_every_project_has_one_for_each_status_of_a_task(admin, project, other_project):
    rows = admin.get("workflow-statuses").json()
    assert rows == admin.get("workflow-statuses/").json()
    for slug in ("web", "billing"):
        own = [row for row in rows if row["project"] == slug]
        assert [row["status"] for row in own] == [str(status) for status in Status]
        assert [row["order"] for row in own] == list(range(1, 9))
        assert {row["status"] for row in own if row["is_done"]} == {"success", "cancelled"}
        assert own[0] == {
            "id": own[0]["id"],
            "project": slug,
            "name": "Pending",
            "order": 1,
            "is_done": False,
            "status": "pending",
        }
    assert admin.get(f"workflow-statuses/{rows[0]['id']}").json() == rows[0]


def test_the_defaults_are_made_once(project, other_project, django_assert_num_queries):
    first = workflow_of([project.pk, other_project.pk])
    with django_assert_num_queries(1):
        again = workflow_of([project.pk, other_project.pk])
    assert again == first
    assert WorkflowStatus.objects.count() == 16


def test_only_what_is_missing_is_made(project):
    workflow_of([project.pk])
    WorkflowStatus.objects.filter(status__in=["success", "error"]).delete()
    WorkflowStatus.objects.filter(status="pending").update(name="To be done")
    workflow_of([project.pk])
    rows = WorkflowStatus.objects.filter(project=project)
    assert {row.name for row in rows} >= {"To be done", "Done", "Failed"}
    assert rows.count() == 8


def test_they_are_listed_by_project_and_order(admin, make):
    make(order=-5)
    make(name="Accounts", project="web", order=0)
    names = [row["name"] for row in admin.get("workflow-statuses").json()]
    assert names[:3] == ["Review", "Accounts", "Pending"]


# -- Writing ---------------------------------------------------------------------------------------------------------


def test_a_new_one_comes_last_and_is_done_where_its_status_is(make):
    made = make()
    assert made == {"id": made["id"], **REVIEW, "order": 9, "is_done": False}
    shipped = make(name="Shipped", status="success")
    assert shipped == {
        "id": shipped["id"],
        "project": "web",
        "name": "Shipped",
        "order": 10,
        "is_done": True,
        "status": "success",
    }


def test_all_that_is_sent_is_kept(make):
    sent = {**REVIEW, "order": -(2**31) + 1, "is_done": True}
    made = make(**sent)
    assert made == {"id": made["id"], **sent}
    assert make(name="Last", order=2**31 - 1)["order"] == 2**31 - 1
    assert make(name="After the last")["order"] == 2**31 - 1


@pytest.mark.parametrize(
    "sent", [{"name": "x"}, {"order": 0}, {"is_done": True}, {"status": "error"}, {"project": "web"}, {}]
)
def test_a_patch_changes_what_is_sent(admin, make, sent):
    made = make()
    response = admin.patch(f"workflow-statuses/{made['id']}", sent)
    assert response.status_code == 200
    assert response.json() == admin.get(f"workflow-statuses/{made['id']}").json() == {**made, **sent}


def test_a_put_requires_name_and_status(admin, make):
    made = make(is_done=True)
    path = f"workflow-statuses/{made['id']}"
    assert admin.put(path, {"name": "x", "status": "error"}).json() == {**made, "name": "x", "status": "error"}
    assert_refused(admin.put(path, {"order": 1}), "name", "status")


def test_a_deleted_one_is_chosen_no_more(admin, api, make, make_task):
    made = make()
    path = f"tasks/{make_task(status='post_processing')['id']}/plan"
    first = api.get(path).json()["workflow_status"]
    assert api.patch(path, {"workflow_status": made["id"]}).json()["workflow_status"] == made["id"]
    assert admin.delete(f"workflow-statuses/{made['id']}").status_code == 204
    assert_failed(admin.get(f"workflow-statuses/{made['id']}"), 404, "not_found")
    assert api.get(path).json()["workflow_status"] == first


@pytest.mark.parametrize("status", [str(status) for status in Status])
def test_the_last_that_stands_for_a_status_stays(admin, make, status):
    (last,) = of(admin.get("workflow-statuses").json(), status)
    path = f"workflow-statuses/{last['id']}"
    other = "error" if status != "error" else "stale"
    assert_refused(admin.delete(path), "status")
    assert_refused(admin.patch(path, {"status": other, "name": "x"}), "status")
    assert admin.get(path).json() == last
    make(status=status)
    assert admin.patch(path, {"status": other}).status_code == 200
    assert len(of(admin.get("workflow-statuses").json(), other)) == 2


def test_one_of_another_project_does_not_count_for_it(admin, make, other_project):
    make(project="billing", status="pending")
    (last,) = of(admin.get("workflow-statuses").json(), "pending")
    assert_refused(admin.delete(f"workflow-statuses/{last['id']}"), "status")


# -- Who may ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def own(project, make_key):
    return Api(make_key(project, Scope.ADMIN), base="/api/acme")


def test_a_key_of_a_project_has_those_of_its_project(own, make, other_project):
    theirs = make(project="billing")
    assert {row["project"] for row in own.get("workflow-statuses").json()} == {"web"}
    assert own.post("workflow-statuses", REVIEW).status_code == 201
    assert_refused(own.post("workflow-statuses", {**REVIEW, "project": "billing"}), "project")
    path = f"workflow-statuses/{theirs['id']}"
    assert_failed(own.get(path), 404, "not_found")
    assert_failed(own.patch(path, {"name": "x"}), 404, "not_found")
    assert_failed(own.delete(path), 404, "not_found")


def test_those_of_another_organization_are_not_there(admin, stranger, make_key):
    theirs = Api(make_key(stranger.organization, Scope.ADMIN), base="/api/globex").get("workflow-statuses").json()
    assert_failed(admin.get(f"workflow-statuses/{theirs[0]['id']}"), 404, "not_found")
    assert_failed(admin.delete(f"workflow-statuses/{theirs[0]['id']}"), 404, "not_found")
    assert admin.get("workflow-statuses").json() == []  # it has no project


def test_a_key_for_tasks_reads_and_does_not_write(api, project):
    rows = api.get("/api/acme/workflow-statuses").json()
    assert len(rows) == 8
    path = f"/api/acme/workflow-statuses/{rows[0]['id']}"
    assert api.get(path).json() == rows[0]
    assert_failed(api.post("/api/acme/workflow-statuses", REVIEW), 403, "permission_denied")
    assert_failed(api.patch(path, {"name": "x"}), 403, "permission_denied")
    assert_failed(api.delete(path), 403, "permission_denied")


# -- Bad input -------------------------------------------------------------------------------------------------------

BAD = {
    "project": [None, "", 5, "nowhere", "Web", "globex"],
    "name": [None, "", 5, "x" * 256],
    "order": [None, "1", 1.5, 2**31, -(2**31), 2**63, True],
    "is_done": [None, 1, "true"],
    "status": [None, "", "done", 5, "Pending", []],
}
CASES = [(name, value) for name, values in BAD.items() for value in values]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_bad_value_is_refused_by_its_name(admin, project, make, name, value):
    assert_refused(admin.post("workflow-statuses", {**REVIEW, name: value}), name)
    made = make()
    assert_refused(admin.patch(f"workflow-statuses/{made['id']}", {name: value}), name)
    assert admin.get(f"workflow-statuses/{made['id']}").json() == made


def test_every_bad_field_is_named_at_once(admin, project):
    bad = {name: values[1] for name, values in BAD.items()}
    assert_refused(admin.post("workflow-statuses", bad), *bad)
    assert_refused(admin.post("workflow-statuses", {}), "project", "name", "status")


def test_a_name_is_one_of_its_kind_in_a_project(admin, make, other_project):
    made = make()
    assert_refused(admin.post("workflow-statuses", REVIEW), "name")
    assert_refused(admin.post("workflow-statuses", {**REVIEW, "name": "Pending"}), "name")
    assert_refused(admin.patch(f"workflow-statuses/{made['id']}", {"name": "Done"}), "name")
    make(project="billing")


def test_the_project_can_not_be_changed(admin, make, other_project):
    made = make()
    assert_refused(admin.patch(f"workflow-statuses/{made['id']}", {"project": "billing"}), "project")


def test_there_is_an_end_to_them(admin, project):
    workflow_of([project.pk])
    rows = [WorkflowStatus(project=project, name=str(number), status="error") for number in range(MOST - 8)]
    WorkflowStatus.objects.bulk_create(rows)
    assert_refused(admin.post("workflow-statuses", REVIEW), "name")
