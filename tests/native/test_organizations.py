"""/api/organizations."""

import pytest

from projects.models import Membership, Organization
from projects.scopes import Role, Scope
from tests.answers import assert_failed, assert_refused
from tests.client import Api

URL = "/api/organizations"
ACME = {"slug": "acme", "name": "Acme"}


# -- Reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_key_sees_its_own_organization_alone(api, stranger, slash):
    assert api.get(URL + slash).json() == [ACME]
    assert api.get(f"{URL}/acme{slash}").json() == ACME
    assert_failed(api.get(f"{URL}/globex{slash}"), 404, "not_found")


def test_a_person_sees_all_organizations_that_he_is_a_member_of(stranger, owner, join, sign_in):
    Organization.objects.create(slug="initech", name="Initech")
    join(stranger.organization, owner.email, Role.VIEWER)
    browser = sign_in(owner)
    assert [found["slug"] for found in browser.get(URL).json()] == ["acme", "globex"]
    assert browser.get(f"{URL}/globex").status_code == 200
    assert_failed(browser.get(f"{URL}/initech"), 404, "not_found")


def test_nobody_sees_any_without_credentials(organization):
    assert_failed(Api(None).get(URL), 401, "not_authenticated")


def test_a_list_costs_one_query_beside_the_key(api, organization, django_assert_num_queries):
    with django_assert_num_queries(2):
        api.get(URL)


# -- Founding --------------------------------------------------------------------------------------------------------


def test_a_person_owns_what_he_founds(owner, sign_in):
    browser = sign_in(owner)
    response = browser.post(URL, {"slug": "next", "name": "Next"})
    assert (response.status_code, response.json()) == (201, {"slug": "next", "name": "Next"})
    assert [member["role"] for member in browser.get("/api/next/members").json()] == ["owner"]


def test_who_made_the_key_owns_what_it_founds(organization, owner, join, make_key):
    maker = join(organization, "max@acme.example", Role.ADMIN)
    key = Api(make_key(organization, Scope.ADMIN, creator=maker))
    assert key.post(URL, {"slug": "next", "name": "Next"}).status_code == 201
    assert Membership.objects.get(organization__slug="next").user == maker


@pytest.mark.parametrize("maker_left", [False, True], ids=["made by the command", "made by somebody who left"])
def test_else_the_first_owner_owns_what_a_key_founds(organization, owner, join, make_key, maker_left):
    join(organization, "second@acme.example", Role.OWNER)
    left = join(organization, "left@acme.example")
    left.memberships.all().delete()
    key = Api(make_key(organization, Scope.ADMIN, creator=left if maker_left else None))
    assert key.post(URL, {"slug": "next", "name": "Next"}).status_code == 201
    assert Membership.objects.get(organization__slug="next").user == owner


def test_a_key_still_sees_its_own_organization_alone_after_founding_another(admin, owner):
    admin.post(URL, {"slug": "next", "name": "Next"})
    assert admin.get(URL).json() == [ACME]


@pytest.mark.parametrize(
    ("of_project", "scopes"),
    [
        pytest.param(False, [Scope.CREATE_TASKS], id="without the admin scope"),
        pytest.param(True, [Scope.CREATE_TASKS], id="of a project"),
        pytest.param(True, [Scope.ADMIN], id="of a project, with the admin scope"),
    ],
)
def test_other_keys_found_nothing(project, owner, make_key, of_project, scopes):
    key = Api(make_key(project if of_project else project.organization, *scopes))
    assert_failed(key.post(URL, {}), 403, "permission_denied")


@pytest.mark.parametrize(
    ("body", "attrs"),
    [
        pytest.param({}, ["name", "slug"], id="nothing"),
        pytest.param({"slug": "acme", "name": "Other"}, ["slug"], id="taken"),
        pytest.param({"slug": "globex", "name": "Other"}, ["slug"], id="taken by others"),
        pytest.param({"slug": "docs", "name": "Docs"}, ["slug"], id="a path of the API"),
        pytest.param({"slug": "organizations", "name": "All"}, ["slug"], id="this very path"),
        pytest.param({"slug": "v0", "name": "Old"}, ["slug"], id="another dialect"),
        pytest.param({"slug": "Big", "name": "Big"}, ["slug"], id="upper case"),
        pytest.param({"slug": "a b", "name": "x"}, ["slug"], id="space"),
        pytest.param({"slug": "-a", "name": "x"}, ["slug"], id="hyphen first"),
        pytest.param({"slug": "a\n", "name": "x"}, ["slug"], id="line break"),
        pytest.param({"slug": "a" * 64, "name": "x"}, ["slug"], id="64 characters"),
        pytest.param({"slug": "", "name": ""}, ["name", "slug"], id="empty"),
        pytest.param({"slug": 5, "name": True}, ["name", "slug"], id="other types"),
        pytest.param({"slug": None, "name": None}, ["name", "slug"], id="nulls"),
        pytest.param({"slug": "a", "name": "x" * 256}, ["name"], id="name of 256 characters"),
        pytest.param({"slug": "a", "name": "\x00"}, ["name"], id="NUL"),
        pytest.param(["slug"], ["non_field_errors"], id="no object"),
    ],
)
def test_what_is_no_organization_is_refused_by_field(admin, owner, stranger, body, attrs):
    before = Organization.objects.count()
    response = admin.post(URL, body)
    assert response.status_code == 400
    assert sorted(error["attr"] for error in response.json()["errors"]) == attrs
    assert Organization.objects.count() == before


def test_a_slug_of_63_characters_and_any_name_are_fine(admin, owner):
    body = {"slug": "a" * 63, "name": " Ünïcode 🦡 " * 20}
    response = admin.post(URL, body)
    assert (response.status_code, response.json()) == (201, body)


# -- Changing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("body", [{"name": "ACME Inc."}, {"name": "ACME Inc.", "slug": "acme"}], ids=["name", "both"])
def test_the_name_can_be_changed(admin, method, body):
    response = admin.request(method, f"{URL}/acme", body)
    assert (response.status_code, response.json()) == (200, {"slug": "acme", "name": "ACME Inc."})
    assert admin.get(f"{URL}/acme").json()["name"] == "ACME Inc."


def test_the_slug_is_fixed(admin):
    assert_refused(admin.patch(f"{URL}/acme", {"slug": "other"}), "slug")
    assert_refused(admin.put(f"{URL}/acme", {"slug": "other", "name": "x"}), "slug")


def test_put_requires_the_name_and_patch_nothing(admin):
    assert_refused(admin.put(f"{URL}/acme", {}), "name")
    assert admin.patch(f"{URL}/acme", {}).json() == ACME


def test_a_change_needs_the_admin_scope(organization, make_key):
    key = Api(make_key(organization))
    assert_failed(key.patch(f"{URL}/acme", {"name": "x"}), 403, "permission_denied")
    assert_failed(key.delete(f"{URL}/acme"), 403, "permission_denied")


def test_a_project_key_reads_its_organization_and_changes_nothing_of_it(project, make_key):
    key = Api(make_key(project, Scope.ADMIN))
    assert key.get(f"{URL}/acme").json() == ACME
    assert_failed(key.patch(f"{URL}/acme", {"name": "x"}), 403, "permission_denied")
    assert_failed(key.delete(f"{URL}/acme"), 403, "permission_denied")


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.ADMIN, 200), (Role.MEMBER, 403), (Role.VIEWER, 403)],
    ids=list(Role),
)
def test_owners_and_admins_may_change_it(organization, join, sign_in, role, status):
    browser = sign_in(join(organization, "pat@acme.example", role))
    assert browser.get(f"{URL}/acme").status_code == 200
    assert browser.patch(f"{URL}/acme", {"name": "x"}).status_code == status


# -- Deleting --------------------------------------------------------------------------------------------------------


def test_a_deleted_organization_is_gone_at_once_for_keys_and_people(
    project, admin, api, owner, sign_in, django_capture_on_commit_callbacks
):
    browser = sign_in(owner)
    assert api.post("tasks", {"name": "export"}).status_code == 201
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.delete(f"{URL}/acme").status_code == 204
    assert_failed(admin.get(URL), 401, "authentication_failed")
    assert_failed(api.get("tasks"), 401, "authentication_failed")
    assert browser.get(URL).json() == []
    assert_failed(browser.get(f"{URL}/acme"), 404, "not_found")


def test_the_slug_of_a_deleted_organization_is_free_again(admin, owner, sign_in):
    admin.delete(f"{URL}/acme")
    browser = sign_in(owner)
    assert browser.post(URL, ACME).status_code == 201
    assert browser.get("/api/acme/projects").json() == []


def test_an_owner_may_delete_it_and_an_admin_not(organization, owner, join, sign_in):
    deputy = sign_in(join(organization, "pat@acme.example", Role.ADMIN))
    assert_failed(deputy.delete(f"{URL}/acme"), 403, "permission_denied")
    assert sign_in(owner).delete(f"{URL}/acme").status_code == 204


def test_a_request_that_was_under_way_changes_nothing_of_a_deleted_organization(organization, admin, owner):
    admin.delete(f"{URL}/acme")  # and the process still remembers the key
    assert_failed(admin.patch(f"{URL}/acme", {"name": "x"}), 404, "not_found")
    assert_failed(admin.post("projects", {"slug": "late", "name": "Late"}), 404, "not_found")
    assert_failed(admin.post("members", {"email": "late@acme.example"}), 404, "not_found")
