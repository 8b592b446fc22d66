"""The page of an organization's members, and that of one of them."""

import pytest
from django.core import mail
from django.test import Client

from projects.models import ApiKey, Membership, Team, User
from projects.scopes import Role

MEMBERS = "/a/acme/members/"


def join(organization, email, role, name=""):
    user = User.objects.create_user(email, "correct horse battery")
    return Membership.objects.create(organization=organization, user=user, role=role, display_name=name)


def browser_of(membership):
    browser = Client()
    browser.force_login(membership.user)
    return browser


def page_of(membership):
    return f"{MEMBERS}{membership.user_id}/"


def stored(membership):
    return Membership.objects.filter(pk=membership.pk).first()


@pytest.fixture
def owner(organization):
    return join(organization, "olivia@acme.example", Role.OWNER, "Olivia")


@pytest.fixture
def deputy(organization, owner):
    return join(organization, "ada@acme.example", Role.ADMIN, "Ada")


@pytest.fixture
def member(organization, owner):
    return join(organization, "mia@acme.example", Role.MEMBER, "Mia")


@pytest.fixture
def viewer(organization, owner):
    return join(organization, "vic@acme.example", Role.VIEWER, "Vic")


@pytest.fixture
def outsider(stranger):
    return join(stranger.organization, "eve@globex.example", Role.OWNER, "Eve")


# -- Seeing ----------------------------------------------------------------------------------------------------------


def test_the_list_shows_roles_teams_and_who_made_keys(organization, owner, member):
    Team.objects.create(organization=organization, name="Night shift").memberships.add(member)
    ApiKey.objects.issue(organization, name="a", creator=member.user)
    ApiKey.objects.issue(organization, name="b", creator=member.user)
    page = browser_of(owner).get(MEMBERS).content.decode()
    for text in ("Olivia", "(you)", "Mia", "mia@acme.example", "Night shift", "2 keys", "owner", "member"):
        assert text in page, text


def test_keys_made_elsewhere_or_revoked_are_not_counted(owner, outsider):
    ApiKey.objects.issue(outsider.organization, name="a", creator=owner.user)
    revoked, _ = ApiKey.objects.issue(owner.organization, name="b", creator=owner.user)
    ApiKey.objects.filter(pk=revoked.pk).update(revoked=revoked.created)
    assert "keys/" not in browser_of(owner).get(MEMBERS).content.decode().split("<tbody>")[1]


@pytest.mark.parametrize("who", ["member", "viewer"])
@pytest.mark.parametrize("path", [MEMBERS, f"{MEMBERS}1/"])
def test_members_are_for_administrators(request, who, path):
    browser = browser_of(request.getfixturevalue(who))
    assert browser.get(path).status_code == 403
    assert browser.post(path, {"email": "x@acme.example", "role": "owner"}).status_code == 403


def test_strangers_find_nothing(owner, outsider):
    assert browser_of(outsider).get(MEMBERS).status_code == 404
    assert browser_of(owner).get(page_of(outsider)).status_code == 404
    assert browser_of(owner).post(page_of(outsider), {"remove": "1"}).status_code == 404
    assert browser_of(outsider).post(page_of(owner), {"role": "viewer"}).status_code == 404
    assert Client().get(MEMBERS).status_code == 302


@pytest.mark.parametrize("path", ["0/", "999999999999999999/", "9999999999999999999999/", "x/"])
def test_what_is_no_member_is_not_found(owner, path):
    assert browser_of(owner).get(f"{MEMBERS}{path}").status_code == 404


def test_queries_do_not_grow_with_members(organization, owner, django_assert_max_num_queries):
    for number in range(30):
        join(organization, f"m{number}@acme.example", Role.MEMBER)
    browser = browser_of(owner)
    with django_assert_max_num_queries(8):
        assert "m29@acme.example" in browser.get(MEMBERS).content.decode()


def test_many_members_can_be_searched(organization, owner):
    assert 'type="search"' not in browser_of(owner).get(MEMBERS).content.decode()
    for number in range(20):
        join(organization, f"m{number}@acme.example", Role.MEMBER, f"Name {number}")
    page = browser_of(owner).get(MEMBERS, {"q": "NAME 7"}).content.decode()
    assert "m7@acme.example" in page
    assert "m8@acme.example" not in page
    assert "Nobody here" in browser_of(owner).get(MEMBERS, {"q": "\0<b>zzz"}).content.decode()


def test_of_very_many_the_first_are_shown(organization, owner, monkeypatch):
    monkeypatch.setattr("dashboard.views.members.MOST_SHOWN", 3)
    for number in range(4):
        join(organization, f"m{number}@acme.example", Role.MEMBER)
    page = browser_of(owner).get(MEMBERS).content.decode()
    assert "the first 3" in page
    assert "m3@acme.example" not in page


def test_hostile_names_are_text(organization, owner):
    hostile = join(organization, "x@acme.example", Role.MEMBER, '<script>alert(1)</script>"onx=')
    for path in (MEMBERS, page_of(hostile)):
        page = browser_of(owner).get(path).content.decode()
        assert "<script>alert" not in page
        assert '"onx=' not in page


# -- Adding ----------------------------------------------------------------------------------------------------------


def test_a_member_is_added_and_gets_a_mail(owner):
    fields = {"email": "New@Acme.example", "name": "Nina", "role": "viewer"}
    response = browser_of(owner).post(MEMBERS, fields)
    assert (response.status_code, response.url.rstrip("/") + "/") == (302, MEMBERS)
    made = Membership.objects.get(user__email="new@acme.example")
    assert (made.role, made.display_name) == (Role.VIEWER, "Nina")
    assert mail.outbox[0].to == ["new@acme.example"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"email": "olivia@acme.example", "role": "member"}, "is a member already", id="twice"),
        pytest.param({"email": "no address", "role": "member"}, "valid email address", id="no address"),
        pytest.param({"email": "a@acme.example", "role": "king"}, "not one of the available", id="no such role"),
        pytest.param({"email": "a@acme.example", "role": "member", "name": "x" * 256}, "at most 255", id="long name"),
        pytest.param({}, "This field is required", id="nothing"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(owner, fields, said):
    response = browser_of(owner).post(MEMBERS, fields)
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert fields.get("email", "") in page
    assert mail.outbox == []


def test_an_admin_makes_no_owner(deputy):
    assert 'value="owner"' not in browser_of(deputy).get(MEMBERS).content.decode()
    response = browser_of(deputy).post(MEMBERS, {"email": "a@acme.example", "role": "owner"})
    assert response.status_code == 422
    assert not User.objects.filter(email="a@acme.example").exists()


# -- Changing --------------------------------------------------------------------------------------------------------


def test_name_and_role_are_changed(owner, member):
    browser = browser_of(owner)
    assert browser.post(page_of(member), {"name": "Maria", "role": "admin"}).status_code == 302
    assert (stored(member).display_name, stored(member).role) == ("Maria", Role.ADMIN)


def test_the_last_owner_stays_an_owner(owner):
    browser = browser_of(owner)
    response = browser.post(page_of(owner), {"name": "Olivia", "role": "admin"})
    assert response.status_code == 422
    assert "this is the last one" in response.content.decode()
    response = browser.post(page_of(owner), {"remove": "1"})
    assert response.status_code == 422
    assert "this is the last one" in response.content.decode()
    assert stored(owner).role == Role.OWNER


@pytest.mark.parametrize(
    "sent", [{"name": "x", "role": "viewer"}, {"name": "x", "role": "owner"}, {"remove": "1"}, {"invite": "1"}]
)
def test_an_admin_touches_no_owner(deputy, owner, sent):
    response = browser_of(deputy).post(page_of(owner), sent)
    assert response.status_code in {403, 422}
    assert (stored(owner).role, stored(owner).display_name) == (Role.OWNER, "Olivia")
    assert mail.outbox == []
    page = browser_of(deputy).get(page_of(owner)).content.decode()
    assert "Only an owner may change an owner." in page
    assert 'name="remove"' not in page


def test_an_admin_raises_nobody_to_owner(deputy, member):
    assert browser_of(deputy).post(page_of(member), {"name": "Mia", "role": "owner"}).status_code == 422
    assert stored(member).role == Role.MEMBER


def test_a_removed_member_is_gone_and_reaches_nothing(owner, member):
    theirs = browser_of(member)
    response = browser_of(owner).post(page_of(member), {"remove": "1"}, follow=True)
    assert "Mia is no member any more." in response.content.decode()
    assert stored(member) is None
    assert theirs.get("/a/acme/setup/").status_code == 404


@pytest.mark.parametrize("is_asked", [True, False], ids=["ticked", "not ticked"])
@pytest.mark.parametrize(
    ("count", "label"), [(1, "Revoke the key that Mia made"), (2, "Revoke the 2 keys that Mia made")]
)
def test_the_keys_of_a_removed_member_can_be_revoked(organization, owner, member, count, label, is_asked):
    for number in range(count):
        ApiKey.objects.issue(organization, name=f"{number}", creator=member.user)
    ApiKey.objects.issue(organization, name="other", creator=owner.user)
    assert label in browser_of(owner).get(page_of(member)).content.decode()
    sent = {"remove": "1", **({"revoke_keys": "on"} if is_asked else {})}
    assert browser_of(owner).post(page_of(member), sent).status_code == 302
    assert ApiKey.objects.filter(revoked=None).count() == 1 + (0 if is_asked else count)
    assert ApiKey.objects.get(name="other").revoked is None


def test_who_made_no_key_that_works_is_not_asked_about_any(organization, owner, member):
    key, _ = ApiKey.objects.issue(organization, name="gone", creator=member.user)
    ApiKey.objects.filter(pk=key.pk).update(revoked=key.created)
    assert "revoke_keys" not in browser_of(owner).get(page_of(member)).content.decode()


def test_a_removal_that_is_refused_revokes_nothing(organization, owner):
    ApiKey.objects.issue(organization, name="mine", creator=owner.user)
    other = join(organization, "otto@acme.example", Role.OWNER)
    page = browser_of(owner).get(page_of(owner)).content.decode()
    assert "Revoke the key that you made" in page
    Membership.objects.filter(pk=other.pk).delete()
    response = browser_of(owner).post(page_of(owner), {"remove": "1", "revoke_keys": "on"})
    assert response.status_code == 422
    assert ApiKey.objects.get().revoked is None


@pytest.mark.parametrize("sent", [{"remove": "1"}, {"name": "Ada", "role": "member"}])
def test_who_takes_his_own_right_is_led_home(deputy, sent):
    response = browser_of(deputy).post(page_of(deputy), sent)
    assert (response.status_code, response.url.rstrip("/")) == (302, "/a")


def test_an_owner_among_several_may_leave(organization, owner):
    second = join(organization, "otto@acme.example", Role.OWNER)
    assert browser_of(second).post(page_of(second), {"remove": "1"}).status_code == 302
    assert stored(second) is None


def test_a_form_without_its_token_is_refused(owner, member):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(owner.user)
    assert careful.post(page_of(member), {"remove": "1"}).status_code == 403
    assert careful.post(MEMBERS, {"email": "a@acme.example", "role": "member"}).status_code == 403
