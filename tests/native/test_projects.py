"""/api/{org}/projects."""

import pytest

from projects.models import Project
from projects.scopes import Role, Scope
from tests.answers import assert_failed, assert_refused
from tests.client import Api


@pytest.fixture
def project_admin(project, make_key):
    """A key of one project, with the admin scope."""
    return Api(make_key(project, Scope.ADMIN), base="/api/acme")


def shown(project):
    return {"number": project.number, "slug": project.slug, "name": project.name}


# -- Reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"])
def test_an_organization_key_sees_all_its_projects_whatever_its_scopes(
    project, other_project, stranger, make_key, slash
):
    key = Api(make_key(project.organization, Scope.READ_TASKS))
    assert key.get("/api/acme/projects" + slash).json() == [shown(other_project), shown(project)]
    assert key.get(f"/api/acme/projects/web{slash}").json() == shown(project)


def test_a_project_key_sees_its_own_project_alone(api, project, other_project):
    assert api.get("/api/acme/projects").json() == [shown(project)]
    assert api.get("/api/acme/projects/web").json() == shown(project)
    assert_failed(api.get("/api/acme/projects/billing"), 404, "not_found")


def test_what_is_of_others_or_missing_is_not_found(admin, project, stranger):
    assert_failed(admin.get("/api/globex/projects"), 404, "not_found")
    assert_failed(admin.get("/api/globex/projects/web"), 404, "not_found")
    assert_failed(admin.get("projects/none"), 404, "not_found")
    assert_failed(Api(None).get("/api/acme/projects"), 401, "not_authenticated")


@pytest.mark.parametrize("role", list(Role))
def test_every_member_sees_the_projects(organization, project, join, sign_in, role):
    browser = sign_in(join(organization, "pat@acme.example", role))
    assert browser.get("projects").json() == [shown(project)]
    assert browser.get("projects/web").json() == shown(project)


def test_a_list_costs_one_query_beside_the_key(admin, project, other_project, django_assert_num_queries):
    with django_assert_num_queries(2):
        admin.get("projects")


# -- Creating --------------------------------------------------------------------------------------------------------


def test_an_admin_key_makes_a_project_that_can_be_used_at_once(admin, organization):
    response = admin.post("projects", {"slug": "new-one", "name": "New one"})
    assert response.status_code == 201
    assert response.json() == shown(Project.objects.get(organization=organization, slug="new-one"))
    assert admin.post("new-one/tasks", {"name": "export"}).status_code == 201


def test_a_project_that_the_process_has_missed_is_found_once_it_is_made(admin, django_capture_on_commit_callbacks):
    assert admin.get("new-one/tasks").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        admin.post("projects", {"slug": "new-one", "name": "New one"})
    assert admin.get("new-one/tasks").status_code == 200


def test_a_slug_may_repeat_in_another_organization(admin, stranger):
    assert admin.post("projects", {"slug": stranger.slug, "name": "Ours"}).status_code == 201


@pytest.mark.parametrize(
    ("body", "attrs"),
    [
        pytest.param({}, ["name", "slug"], id="nothing"),
        pytest.param({"slug": "web", "name": "x"}, ["slug"], id="taken"),
        pytest.param({"slug": "keys", "name": "x"}, ["slug"], id="a path of the organization"),
        pytest.param({"slug": "workflow-statuses", "name": "x"}, ["slug"], id="another one"),
        pytest.param({"slug": "tasks", "name": "x"}, ["slug"], id="would be read as the tasks of a project"),
        pytest.param({"slug": "Web", "name": "x"}, ["slug"], id="upper case"),
        pytest.param({"slug": "a/b", "name": "x"}, ["slug"], id="slash"),
        pytest.param({"slug": 1, "name": 2}, ["name", "slug"], id="numbers"),
        pytest.param({"slug": "a", "name": "x" * 256}, ["name"], id="long name"),
    ],
)
def test_what_is_no_project_is_refused_by_field(admin, project, body, attrs):
    assert_refused(admin.post("projects", body), *attrs)


def test_creating_needs_the_admin_scope_of_the_organization(project, make_key, project_admin):
    key = Api(make_key(project.organization), base="/api/acme")
    assert_failed(key.post("projects", {}), 403, "permission_denied")
    assert_failed(project_admin.post("projects", {}), 403, "permission_denied")


# -- Changing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_name_can_be_changed_and_the_slug_not(admin, project, method):
    response = admin.request(method, "projects/web", {"name": "Shop", "slug": "web", "number": 99})
    assert (response.status_code, response.json()) == (200, {**shown(project), "name": "Shop"})
    assert_refused(admin.request(method, "projects/web", {"name": "Shop", "slug": "shop"}), "slug")


def test_a_project_key_with_the_admin_scope_renames_its_own_project_alone(project_admin, other_project):
    assert project_admin.patch("projects/web", {"name": "Shop"}).json()["name"] == "Shop"
    assert_failed(project_admin.patch("projects/billing", {"name": "x"}), 404, "not_found")
    assert_failed(project_admin.delete("projects/billing"), 404, "not_found")
    assert_failed(project_admin.delete("projects/web"), 403, "permission_denied")


def test_a_change_needs_the_admin_scope(api, project):
    assert_failed(api.patch("/api/acme/projects/web", {"name": "x"}), 403, "permission_denied")
    assert_failed(api.put("/api/acme/projects/web", {"name": "x"}), 403, "permission_denied")
    assert_failed(api.delete("/api/acme/projects/web"), 403, "permission_denied")


# -- Deleting --------------------------------------------------------------------------------------------------------


def test_a_deleted_project_is_gone_at_once_with_its_tasks_and_keys(
    admin, api, make_task, other_project, django_capture_on_commit_callbacks
):
    task = make_task()
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.delete("projects/web").status_code == 204
    assert_failed(admin.delete("projects/web"), 404, "not_found")
    assert_failed(admin.get(f"web/tasks/{task['id']}"), 404, "not_found")
    assert_failed(api.get("tasks"), 401, "authentication_failed")
    assert admin.get("projects").json() == [shown(other_project)]
    assert "web" not in [key["project"] for key in admin.get("keys").json()]


def test_the_slug_of_a_deleted_project_is_free_again_and_empty(admin, make_task, django_capture_on_commit_callbacks):
    make_task()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert admin.delete("projects/web").status_code == 204
            assert admin.post("projects", {"slug": "web", "name": "Web"}).status_code == 201
    assert admin.get("web/tasks").json()["results"] == []
