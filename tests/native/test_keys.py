"""/api/{org}/keys."""

import base64
import datetime

import pytest
from django.utils import timezone

from projects.keys import digest
from projects.models import ApiKey
from projects.scopes import TASK_SCOPES, Role, Scope
from tests.answers import assert_failed, assert_refused
from tests.client import Api

FIELDS = {"id", "name", "prefix", "project", "scopes", "created", "expires", "last_used", "revoked"}


@pytest.fixture
def project_admin(project, make_key):
    """A key of one project, with the admin scope."""
    return Api(make_key(project, Scope.ADMIN), base="/api/acme")


@pytest.fixture
def deputy(organization, owner, join, sign_in):
    """Signed in with the role admin."""
    return sign_in(join(organization, "ada@acme.example", Role.ADMIN))


def make(caller, **fields):
    response = caller.post("keys", {"name": "worker", **fields})
    assert response.status_code == 201, response.content
    return response.json()


# -- Making ----------------------------------------------------------------------------------------------------------


def test_a_name_makes_a_key_of_the_organization_for_its_tasks(admin, project):
    key = make(admin)
    assert set(key) == {*FIELDS, "key"}
    org, slug, secret = base64.b64decode(key["key"]).decode().split("/")
    assert (org, slug, secret[:8]) == ("acme", "", key["prefix"])
    assert (key["name"], key["project"], key["scopes"]) == ("worker", None, sorted(TASK_SCOPES))
    assert [key[name] for name in ("expires", "last_used", "revoked")] == [None, None, None]
    assert Api(key["key"]).get("/api/acme/web/tasks").status_code == 200
    assert Api(key["key"]).get("/api/acme/keys").status_code == 403


def test_a_key_of_a_project_reaches_that_alone(admin, project, other_project):
    key = make(admin, project="web")
    assert key["project"] == "web"
    assert base64.b64decode(key["key"]).startswith(b"acme/web/")
    assert Api(key["key"]).get("/api/acme/web/tasks").status_code == 200
    assert Api(key["key"]).get("/api/acme/billing/tasks").status_code == 404


def test_scopes_and_an_expiry_can_be_given(admin, project):
    key = make(admin, scopes=["update:tasks", "read:tasks", "update:tasks"], expires="2100-01-01T00:00:00+01:00")
    assert (key["scopes"], key["expires"]) == (["update:tasks", "read:tasks"], "2099-12-31T23:00:00Z")
    assert Api(key["key"]).get("/api/acme/web/tasks").status_code == 403


def test_only_the_digest_of_a_secret_is_stored(admin, project):
    key = make(admin)
    secret = base64.b64decode(key["key"]).decode().rpartition("/")[2]
    row = ApiKey.objects.get(pk=key["id"])
    assert bytes(row.digest) == digest(secret)
    stored = ApiKey.objects.filter(pk=row.pk).values().get()
    assert not any(secret in str(value) for value in stored.values())


def test_a_key_is_its_makers_also_by_way_of_another_key(organization, owner, sign_in):
    first = make(sign_in(owner), scopes=["admin"])
    second = make(Api(first["key"], base="/api/acme"))
    assert ApiKey.objects.get(pk=second["id"]).creator == owner


@pytest.mark.parametrize(
    ("body", "attrs"),
    [
        pytest.param({}, ["name"], id="nothing"),
        pytest.param(
            {"name": 1, "project": 2, "scopes": 3, "expires": 4}, ["expires", "name", "project", "scopes"], id="1"
        ),
        pytest.param({"name": "x" * 256}, ["name"], id="long name"),
        pytest.param({"name": "x", "project": "none"}, ["project"], id="no such project"),
        pytest.param({"name": "x", "project": ""}, ["project"], id="empty project"),
        pytest.param({"name": "x", "scopes": []}, ["scopes"], id="no scopes"),
        pytest.param({"name": "x", "scopes": None}, ["scopes"], id="null scopes"),
        pytest.param({"name": "x", "scopes": "admin"}, ["scopes"], id="text of scopes"),
        pytest.param({"name": "x", "scopes": ["root"]}, ["scopes.0"], id="unknown scope"),
        pytest.param({"name": "x", "scopes": ["admin", 5]}, ["scopes.1"], id="number for a scope"),
        pytest.param({"name": "x", "expires": "2020-01-01T00:00:00Z"}, ["expires"], id="expired"),
        pytest.param({"name": "x", "expires": "0001-01-01T00:00:00+14:00"}, ["expires"], id="before all years"),
        pytest.param({"name": "x", "expires": "9999-12-31T23:59:59-14:00"}, ["expires"], id="after all years"),
        pytest.param({"name": "x", "expires": "soon"}, ["expires"], id="no date"),
    ],
)
def test_what_is_no_key_is_refused_by_field(admin, project, body, attrs):
    before = ApiKey.objects.count()
    assert_refused(admin.post("keys", body), *attrs)
    assert ApiKey.objects.count() == before


# -- Reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"])
def test_keys_are_listed_and_shown_without_their_secret(admin, project, slash):
    key = make(admin, project="web")
    del key["key"]
    assert admin.get("keys" + slash).json()[-1] == key
    assert admin.get(f"keys/{key['id']}{slash}").json() == key


def test_a_list_costs_one_query_beside_the_key(admin, project, other_project, django_assert_num_queries):
    make(admin, project="web")
    make(admin, project="billing")
    with django_assert_num_queries(1):
        assert len(admin.get("keys").json()) == 3


def test_keys_of_others_are_not_found(admin, project, stranger, make_key):
    key = make(admin)
    other = Api(make_key(stranger.organization, Scope.ADMIN), base="/api/globex")
    for unknown in (key["id"], 2**63, 10**30, "x"):
        assert_failed(other.get(f"keys/{unknown}"), 404, "not_found")
        assert_failed(other.patch(f"keys/{unknown}", {}), 404, "not_found")
        assert_failed(other.delete(f"keys/{unknown}"), 404, "not_found")
    assert len(other.get("keys").json()) == 1
    assert_failed(other.get("/api/acme/keys"), 404, "not_found")
    assert_failed(other.post("/api/acme/keys", {}), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "keys"), ("POST", "keys"), ("PATCH", "keys/1"), ("DELETE", "keys/1")]
)
def test_keys_are_for_admins(api, method, path):
    assert_failed(api.request(method, f"/api/acme/{path}"), 403, "permission_denied")


# -- Changing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_name_scopes_and_expiry_can_be_changed(admin, project, method):
    key = make(admin, project="web")
    del key["key"]
    changes = {"name": "reader", "scopes": ["read:tasks"], "expires": "2100-01-01T00:00:00Z"}
    response = admin.request(method, f"keys/{key['id']}", changes)
    assert (response.status_code, response.json()) == (200, {**key, **changes})
    assert admin.request(method, f"keys/{key['id']}", {"name": "x", "expires": None}).json()["expires"] is None


def test_changed_scopes_count_at_once(admin, project, django_capture_on_commit_callbacks):
    key = make(admin, project="web")
    worker = Api(key["key"], base="/api/acme/web")
    assert worker.get("tasks").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        admin.patch(f"keys/{key['id']}", {"scopes": ["create:tasks"]})
    assert worker.get("tasks").status_code == 403


def test_put_requires_the_name_and_patch_nothing(admin):
    key = make(admin)
    assert_refused(admin.put(f"keys/{key['id']}", {}), "name")
    assert admin.patch(f"keys/{key['id']}", {}).status_code == 200


def test_the_project_is_fixed(admin, project, other_project):
    key = make(admin, project="web")
    assert admin.patch(f"keys/{key['id']}", {"project": "web"}).status_code == 200
    assert_refused(admin.patch(f"keys/{key['id']}", {"project": "billing"}), "project")
    assert_refused(admin.patch(f"keys/{key['id']}", {"project": None}), "project")


def test_an_expiry_does_not_lie_in_the_past(admin):
    key = make(admin)
    assert_refused(admin.patch(f"keys/{key['id']}", {"expires": "2020-01-01T00:00:00Z"}), "expires")


def test_an_expired_key_can_be_renamed_and_prolonged(admin, organization, make_key):
    make_key(organization, expires=timezone.now() - datetime.timedelta(days=1), name="old")
    row = ApiKey.objects.get(name="old")
    assert admin.patch(f"keys/{row.pk}", {"name": "older"}).status_code == 200
    assert admin.patch(f"keys/{row.pk}", {"expires": None}).json()["expires"] is None


# -- Revoking --------------------------------------------------------------------------------------------------------


def test_a_revoked_key_stays_listed_with_its_date(admin):
    key = make(admin)
    assert admin.delete(f"keys/{key['id']}").status_code == 204
    revoked = admin.get(f"keys/{key['id']}").json()["revoked"]
    assert revoked.endswith("Z")
    assert admin.delete(f"keys/{key['id']}").status_code == 204
    assert admin.get("keys").json()[-1]["revoked"] == revoked


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_revoked_key_stays_as_it_is(admin, method):
    key = make(admin)
    admin.delete(f"keys/{key['id']}")
    assert_refused(admin.request(method, f"keys/{key['id']}", {"name": "x", "revoked": None}), "revoked")
    assert admin.get(f"keys/{key['id']}").json()["name"] == "worker"


def test_a_key_may_revoke_itself(admin, django_capture_on_commit_callbacks):
    key = make(admin, scopes=["admin"])
    own = Api(key["key"], base="/api/acme")
    with django_capture_on_commit_callbacks(execute=True):
        assert own.delete(f"keys/{key['id']}").status_code == 204
    assert_failed(own.get("keys"), 401, "authentication_failed")


# -- Keys of a project, with the admin scope --------------------------------------------------------------------------


def test_a_project_key_governs_the_keys_of_its_project(project_admin):
    key = make(project_admin, project="web", scopes=["admin"])
    assert [found["project"] for found in project_admin.get("keys").json()] == ["web", "web"]
    assert project_admin.patch(f"keys/{key['id']}", {"name": "x"}).status_code == 200
    assert project_admin.delete(f"keys/{key['id']}").status_code == 204


@pytest.mark.parametrize("named", [{}, {"project": None}, {"project": "billing"}, {"project": "none"}], ids=str)
def test_a_project_key_makes_keys_of_its_own_project_alone(project_admin, other_project, named):
    assert_refused(project_admin.post("keys", {"name": "x", **named}), "project")


def test_a_project_key_does_not_see_the_other_keys(project_admin, admin, other_project):
    for key in (make(admin), make(admin, project="billing")):
        assert_failed(project_admin.get(f"keys/{key['id']}"), 404, "not_found")
        assert_failed(project_admin.delete(f"keys/{key['id']}"), 404, "not_found")


# -- People with the role admin ---------------------------------------------------------------------------------------


def test_a_person_below_the_owners_gives_out_no_more_than_he_has(deputy, project, owner, sign_in):
    assert_failed(deputy.post("keys", {"name": "x", "scopes": ["admin"]}), 403, "permission_denied")
    assert make(deputy, project="web", scopes=["admin"])["scopes"] == ["admin"]
    ordinary, powerful = make(deputy), make(sign_in(owner), scopes=["admin"])
    assert_failed(deputy.patch(f"keys/{ordinary['id']}", {"scopes": ["admin"]}), 403, "permission_denied")
    assert_failed(deputy.patch(f"keys/{powerful['id']}", {"expires": None}), 403, "permission_denied")
    assert deputy.patch(f"keys/{powerful['id']}", {"name": "x"}).status_code == 200
    assert deputy.patch(f"keys/{powerful['id']}", {"scopes": ["read:tasks"]}).status_code == 200
    assert deputy.delete(f"keys/{powerful['id']}").status_code == 204
