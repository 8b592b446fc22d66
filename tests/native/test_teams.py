"""/api/{org}/teams."""

import pytest

from projects.scopes import Role, Scope
from tests.answers import assert_failed, assert_refused
from tests.client import Api


@pytest.fixture
def member(organization, join):
    return join(organization, "mia@acme.example")


@pytest.fixture
def team(admin, owner, member):
    response = admin.post("teams", {"name": "Night shift", "members": [member.pk, owner.pk, member.pk]})
    assert response.status_code == 201, response.content
    return response.json()


def test_a_team_shows_its_members_once_each_in_order(team, owner, member):
    assert team == {"id": team["id"], "name": "Night shift", "members": sorted([owner.pk, member.pk])}


def test_a_name_is_enough(admin):
    response = admin.post("teams", {"name": "Empty"})
    assert (response.status_code, response.json()["members"]) == (201, [])


@pytest.mark.parametrize("slash", ["", "/"])
def test_teams_are_listed_by_name_and_shown(admin, team, slash):
    first = admin.post("teams", {"name": "Day shift"}).json()
    assert admin.get("teams" + slash).json() == [first, team]
    assert admin.get(f"teams/{team['id']}{slash}").json() == team


def test_a_list_costs_two_queries_beside_the_key(admin, team, django_assert_num_queries):
    admin.post("teams", {"name": "Day shift", "members": team["members"]})
    with django_assert_num_queries(2):
        assert len(admin.get("teams").json()) == 2


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_name_and_members_can_be_changed_apart(admin, team, member, method):
    url = f"teams/{team['id']}"
    response = admin.request(method, url, {"name": "Owls"})
    assert (response.status_code, response.json()) == (200, {**team, "name": "Owls"})
    response = admin.request(method, url, {"name": "Owls", "members": [member.pk]})
    assert response.json()["members"] == [member.pk]
    assert admin.request(method, url, {"name": "Owls", "members": []}).json()["members"] == []
    assert admin.get(url).json() == {**team, "name": "Owls", "members": []}


def test_a_team_may_keep_its_name(admin, team):
    assert admin.put(f"teams/{team['id']}", {"name": team["name"]}).json() == team


def test_a_deleted_team_is_gone_and_its_members_stay(admin, team):
    assert admin.delete(f"teams/{team['id']}").status_code == 204
    assert_failed(admin.get(f"teams/{team['id']}"), 404, "not_found")
    assert_failed(admin.delete(f"teams/{team['id']}"), 404, "not_found")
    assert len(admin.get("members").json()) == 2


@pytest.mark.parametrize(
    ("body", "attrs"),
    [
        pytest.param({}, ["name"], id="nothing"),
        pytest.param({"name": ""}, ["name"], id="empty"),
        pytest.param({"name": "Night shift"}, ["name"], id="taken"),
        pytest.param({"name": "x" * 256}, ["name"], id="long"),
        pytest.param({"name": 5, "members": 5}, ["name", "members"], id="numbers"),
        pytest.param({"name": "x", "members": None}, ["members"], id="null"),
        pytest.param({"name": "x", "members": {"0": 1}}, ["members"], id="object"),
        pytest.param({"name": "x", "members": "12"}, ["members"], id="text"),
        pytest.param({"name": "x", "members": ["1"]}, ["members.0"], id="texts"),
        pytest.param({"name": "x", "members": [None, True, 1.5]}, ["members.0", "members.1", "members.2"], id="no ids"),
        pytest.param({"name": "x", "members": [0, -1]}, ["members.0", "members.1"], id="below one"),
        pytest.param({"name": "x", "members": [2**63 - 1]}, ["members.0"], id="the largest number"),
        pytest.param({"name": "x", "members": [2**63]}, ["members.0"], id="over 64 bits"),
        pytest.param({"name": "x", "members": [1e300]}, ["members.0"], id="far over 64 bits"),
    ],
)
def test_what_is_no_team_is_refused_by_field(admin, team, body, attrs):
    assert_refused(admin.post("teams", body), *attrs)


def test_only_members_of_the_organization_are_in_a_team(admin, team, member, stranger, join):
    other = join(stranger.organization, "other@globex.example")
    assert_refused(admin.post("teams", {"name": "x", "members": [member.pk, other.pk]}), "members.1")
    assert_refused(admin.patch(f"teams/{team['id']}", {"members": [other.pk]}), "members.0")
    assert [found["name"] for found in admin.get("teams").json()] == ["Night shift"]


def test_the_name_of_another_team_is_taken(admin, team):
    other = admin.post("teams", {"name": "Day shift"}).json()
    assert_refused(admin.patch(f"teams/{other['id']}", {"name": "Night shift"}), "name")


def test_teams_of_others_are_not_found(team, stranger, make_key):
    other = Api(make_key(stranger.organization, Scope.ADMIN), base="/api/globex")
    assert other.post("teams", {"name": "Night shift"}).status_code == 201
    for unknown in (team["id"], 2**63, 10**30, "x"):
        assert_failed(other.get(f"teams/{unknown}"), 404, "not_found")
        assert_failed(other.patch(f"teams/{unknown}", {"name": "x"}), 404, "not_found")
        assert_failed(other.delete(f"teams/{unknown}"), 404, "not_found")
    assert_failed(other.get("/api/acme/teams"), 404, "not_found")


@pytest.mark.parametrize(("method", "path"), [("GET", "teams"), ("POST", "teams"), ("DELETE", "teams/1")])
def test_teams_are_for_admins_of_the_whole_organization(project, make_key, method, path):
    for key in (make_key(project.organization), make_key(project, Scope.ADMIN)):
        assert_failed(Api(key).request(method, f"/api/acme/{path}"), 403, "permission_denied")


def test_a_person_with_the_role_admin_makes_teams(organization, owner, join, sign_in):
    browser = sign_in(join(organization, "ada@acme.example", Role.ADMIN))
    assert browser.post("teams", {"name": "Night shift", "members": [owner.pk]}).status_code == 201
