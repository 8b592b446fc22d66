"""/api/{org}/members."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from projects.models import ApiKey, Membership, User, people
from projects.scopes import Role, Scope
from tests.answers import assert_failed, assert_refused
from tests.client import Api


def shown(user, name, role):
    return {"id": user.pk, "name": name, "email": user.email, "role": role}


@pytest.fixture
def member(organization, join):
    return join(organization, "mia@acme.example")


@pytest.fixture
def deputy(organization, owner, join, sign_in):
    """Signed in with the role admin."""
    return sign_in(join(organization, "ada@acme.example", Role.ADMIN))


# -- Reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"])
def test_members_are_listed_and_shown(admin, owner, member, stranger, join, slash):
    join(stranger.organization, "other@globex.example")
    expected = [shown(owner, "olivia", "owner"), shown(member, "mia", "member")]
    assert admin.get("members" + slash).json() == expected
    assert admin.get(f"members/{member.pk}{slash}").json() == expected[1]


def test_whoever_is_no_member_is_not_found(admin, owner, stranger, join):
    other = join(stranger.organization, "other@globex.example")
    for unknown in (other.pk, 0, 10**17, 2**63, 10**30, "abc", "-1", "1.5", "%31x"):
        assert_failed(admin.get(f"members/{unknown}"), 404, "not_found")
        assert_failed(admin.patch(f"members/{unknown}", {}), 404, "not_found")
        assert_failed(admin.delete(f"members/{unknown}"), 404, "not_found")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_members_are_for_admins_of_the_whole_organization(project, owner, make_key, stranger, method):
    weak = Api(make_key(project.organization))
    narrow = Api(make_key(project, Scope.ADMIN))
    strange = Api(make_key(stranger.organization, Scope.ADMIN))
    assert_failed(weak.request(method, "/api/acme/members"), 403, "permission_denied")
    assert_failed(narrow.request(method, "/api/acme/members"), 403, "permission_denied")
    assert_failed(strange.request(method, "/api/acme/members"), 404, "not_found")
    assert_failed(Api(None).request(method, "/api/acme/members"), 401, "not_authenticated")


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_members_are_not_for_other_members(organization, owner, join, sign_in, role):
    browser = sign_in(join(organization, "pat@acme.example", role))
    assert_failed(browser.get("members"), 403, "permission_denied")
    assert_failed(browser.post("members", {}), 403, "permission_denied")
    assert_failed(browser.delete(f"members/{owner.pk}"), 403, "permission_denied")


def test_a_list_costs_one_query_beside_the_key(admin, owner, member, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert len(admin.get("members").json()) == 2


# -- Adding ----------------------------------------------------------------------------------------------------------


def test_an_e_mail_is_enough(admin, owner):
    response = admin.post("members", {"email": "new@acme.example"})
    user = User.objects.get(email="new@acme.example")
    assert (response.status_code, response.json()) == (201, shown(user, "new", "member"))
    assert not user.has_usable_password()


def test_a_name_and_a_role_can_be_given(admin, owner):
    response = admin.post("members", {"email": "new@acme.example", "name": "Nell", "role": "viewer"})
    assert response.status_code == 201
    assert (response.json()["name"], response.json()["role"]) == ("Nell", "viewer")


def test_the_answer_tells_nothing_of_what_other_organizations_know(admin, owner, stranger, join):
    known = join(stranger.organization, "bob@globex.example")
    known.memberships.update(display_name="Bob the Secret", role=Role.OWNER)
    first = admin.post("members", {"email": "BOB@Globex.Example"})
    second = admin.post("members", {"email": "ANN@Globex.Example"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == {"id": known.pk, "name": "bob", "email": "bob@globex.example", "role": "member"}
    assert second.json() == {**first.json(), "id": second.json()["id"], "name": "ann", "email": "ann@globex.example"}
    assert known.memberships.count() == 2


@pytest.mark.parametrize(
    ("body", "attrs"),
    [
        pytest.param({}, ["email"], id="nothing"),
        pytest.param({"email": "olivia@acme.example"}, ["email"], id="a member already"),
        pytest.param({"email": "Olivia@ACME.example"}, ["email"], id="a member already, in capitals"),
        pytest.param({"email": "olivia"}, ["email"], id="no address"),
        pytest.param({"email": "a@b.example, c@d.example"}, ["email"], id="two"),
        pytest.param({"email": f"{'a' * 60}@{'b.' * 100}example"}, ["email"], id="too long"),
        pytest.param({"email": 7, "name": 7, "role": 7}, ["email", "name", "role"], id="numbers"),
        pytest.param({"email": None, "name": None, "role": None}, ["email", "name", "role"], id="nulls"),
        pytest.param({"email": "a@b.example", "role": "boss"}, ["role"], id="no role"),
        pytest.param({"email": "a@b.example", "role": ["owner"]}, ["role"], id="a list of roles"),
        pytest.param({"email": "a@b.example", "name": "x" * 256}, ["name"], id="long name"),
    ],
)
def test_what_is_no_member_is_refused_by_field(admin, owner, body, attrs):
    assert_refused(admin.post("members", body), *attrs)


# -- Changing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_name_and_role_can_be_changed(admin, owner, member, method):
    response = admin.request(method, f"members/{member.pk}", {"name": "Mia M.", "role": "viewer"})
    assert (response.status_code, response.json()) == (200, shown(member, "Mia M.", "viewer"))
    response = admin.request(method, f"members/{member.pk}", {"name": ""})
    assert response.json() == shown(member, "mia", "viewer")


def test_the_e_mail_is_fixed(admin, owner, member):
    assert admin.patch(f"members/{member.pk}", {"email": "MIA@acme.example"}).status_code == 200
    assert_refused(admin.patch(f"members/{member.pk}", {"email": "other@acme.example"}), "email")


def test_a_new_role_counts_at_once(owner, member, sign_in):
    browser = sign_in(member)
    assert browser.get("members").status_code == 403
    assert sign_in(owner).patch(f"members/{member.pk}", {"role": "admin"}).status_code == 200
    assert browser.get("members").status_code == 200


# -- Removing --------------------------------------------------------------------------------------------------------


def test_a_removed_member_reaches_nothing_and_his_account_stays(admin, owner, member, sign_in):
    browser = sign_in(member)
    assert browser.get("projects").status_code == 200
    assert admin.delete(f"members/{member.pk}").status_code == 204
    assert_failed(browser.get("projects"), 404, "not_found")
    assert browser.get("/api/organizations").json() == []
    assert User.objects.filter(pk=member.pk).exists()


@pytest.fixture
def keys(organization, project, stranger, owner, member, join):
    """By name: who made them, and where."""
    join(stranger.organization, member.email)
    made = {
        "of the organization": (organization, None, member),
        "of a project": (organization, project, member),
        "expired": (organization, project, member),
        "of the owner": (organization, None, owner),
        "of nobody": (organization, None, None),
        "elsewhere": (stranger.organization, stranger, member),
    }
    for name, (of, only, creator) in made.items():
        ApiKey.objects.issue(of, only, name=name, creator=creator)
    ApiKey.objects.filter(name="expired").update(expires=timezone.now() - timedelta(days=1))
    return made.keys()


@pytest.mark.parametrize(
    ("query", "revoked"),
    [
        pytest.param("", set(), id="not asked for"),
        pytest.param("?revoke_keys=false", set(), id="false"),
        pytest.param("?revoke_keys=true", {"of the organization", "of a project", "expired"}, id="true"),
        pytest.param("?revoke_keys=true&format=json", {"of the organization", "of a project", "expired"}, id="format"),
    ],
)
def test_the_keys_of_a_removed_member_are_revoked_where_that_is_asked_for(admin, member, keys, query, revoked):
    assert admin.delete(f"members/{member.pk}{query}").status_code == 204
    found = ApiKey.objects.filter(name__in=keys).exclude(revoked=None).values_list("name", flat=True)
    assert set(found) == revoked
    assert not Membership.objects.filter(user=member, organization__slug="acme").exists()


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("revoke_keys=yes", "revoke_keys"),
        ("revoke_keys=", "revoke_keys"),
        ("revoke_keys=True", "revoke_keys"),
        ("revoke_keys=true&revoke_keys=false", "revoke_keys"),
        ("revoke_key=true", "revoke_key"),
    ],
)
def test_a_member_stays_where_the_parameter_is_none(admin, owner, member, keys, query, attr):
    assert_refused(admin.delete(f"members/{member.pk}?{query}"), attr)
    assert Membership.objects.filter(user=member, organization__slug="acme").exists()
    assert not ApiKey.objects.exclude(revoked=None).exists()


def test_the_keys_of_an_owner_who_stays_live(admin, owner, keys):
    assert_refused(admin.delete(f"members/{owner.pk}?revoke_keys=true"), "role")
    assert not ApiKey.objects.exclude(revoked=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_key_may_revoke_itself_with_its_maker(organization, owner, member, make_key):
    own = Api(make_key(organization, Scope.ADMIN, creator=member), base="/api/acme")
    assert own.delete(f"members/{member.pk}?revoke_keys=true").status_code == 204
    assert_failed(own.get("members"), 401, "authentication_failed")


def test_a_removed_member_leaves_his_teams(admin, owner, member):
    team = admin.post("teams", {"name": "Night shift", "members": [owner.pk, member.pk]}).json()
    admin.delete(f"members/{member.pk}")
    assert admin.get(f"teams/{team['id']}").json()["members"] == [owner.pk]


# -- Owners ----------------------------------------------------------------------------------------------------------


def test_the_last_owner_stays(admin, owner, member):
    assert_refused(admin.patch(f"members/{owner.pk}", {"role": "admin"}), "role")
    assert_refused(admin.delete(f"members/{owner.pk}"), "role")
    assert Membership.objects.get(user=owner).role == Role.OWNER


def test_one_of_two_owners_may_go(admin, owner, member):
    assert admin.patch(f"members/{member.pk}", {"role": "owner"}).status_code == 200
    assert admin.patch(f"members/{owner.pk}", {"role": "viewer"}).status_code == 200
    assert_refused(admin.delete(f"members/{member.pk}"), "role")


def test_an_owner_may_make_owners_and_remove_himself_then(owner, member, sign_in):
    browser = sign_in(owner)
    assert browser.patch(f"members/{member.pk}", {"role": "owner"}).status_code == 200
    assert browser.delete(f"members/{owner.pk}").status_code == 204


def test_an_admin_rules_over_all_but_owners(deputy, owner, member):
    assert deputy.post("members", {"email": "new@acme.example", "role": "admin"}).status_code == 201
    assert deputy.patch(f"members/{member.pk}", {"role": "admin"}).status_code == 200
    assert deputy.delete(f"members/{member.pk}").status_code == 204


def test_an_admin_does_not_touch_owners(organization, deputy, owner, member, join):
    join(organization, "second@acme.example", Role.OWNER)
    for response in (
        deputy.post("members", {"email": "new@acme.example", "role": "owner"}),
        deputy.patch(f"members/{member.pk}", {"role": "owner"}),
        deputy.patch(f"members/{owner.pk}", {"role": "member"}),
        deputy.patch(f"members/{owner.pk}", {"name": "x"}),
        deputy.delete(f"members/{owner.pk}"),
    ):
        assert_failed(response, 403, "permission_denied")
    assert not User.objects.filter(email="new@acme.example").exists()


# -- Ids -------------------------------------------------------------------------------------------------------------


def added(admin, number):
    return admin.post("members", {"email": f"m{number}@acme.example"}).json()["id"]


def test_the_ids_of_new_users_are_random_and_fit_into_a_float(admin, owner):
    ids = [added(admin, number) for number in range(20)]
    assert all(0 < one < 2**53 for one in ids)
    assert max(ids) > 2**40  # for one that counts, or a short one, this would be chance indeed
    assert ids != sorted(ids)
    assert [row["id"] for row in admin.get("members").json()] == [owner.pk, *ids]
    for one in ids[:3]:
        assert admin.get(f"members/{one}").json()["id"] == one


def test_an_id_that_is_taken_is_drawn_again(admin, owner, monkeypatch):
    drawn = iter([owner.pk, owner.pk, 77])
    monkeypatch.setattr(User._meta.pk, "default", lambda: next(drawn))
    User._meta.pk.__dict__.pop("_get_default", None)
    monkeypatch.setattr(people, "draw_user_id", lambda: next(drawn))
    try:
        assert added(admin, 1) == 77
    finally:
        User._meta.pk.__dict__.pop("_get_default", None)
    assert list(drawn) == []
    assert User.objects.get(pk=owner.pk).email == owner.email


def test_an_address_that_is_taken_draws_no_id(owner, monkeypatch):
    monkeypatch.setattr(people, "draw_user_id", lambda: pytest.fail("another id was drawn"))
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(owner.email.upper())
    assert User.objects.count() == 1


def test_users_of_before_keep_their_ids(admin, organization):
    old = User.objects.create(pk=3, email="old@acme.example")
    Membership.objects.create(organization=organization, user=old, role=Role.MEMBER)
    assert admin.post("members", {"email": "new@acme.example"}).status_code == 201
    assert admin.get("members/3").json()["email"] == "old@acme.example"
    assert admin.patch("members/3", {"name": "Old"}).json()["id"] == 3
