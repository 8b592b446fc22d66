"""API keys, made, changed and revoked on their pages."""

import datetime
import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from projects.models import ApiKey, User
from projects.scopes import TASK_SCOPES, Role, Scope
from tests.browsers import browser_of
from tests.client import Api

KEYS = "/a/acme/keys/"


@pytest.fixture
def owner(organization, project):
    return browser_of(organization, Role.OWNER)


@pytest.fixture
def deputy(organization, project):
    return browser_of(organization, Role.ADMIN)


def made(browser, **fields):
    """The answer to a new key's form, and the key in it."""
    sent = {"name": "importer", "project": "web", "scopes": sorted(TASK_SCOPES), **fields}
    response = browser.post(KEYS, sent)
    assert response.status_code == 201, response.content.decode()
    page = response.content.decode()
    return page, re.search(r'<code id="secret">([^<]+)</code>', page)[1]


def test_a_key_is_shown_once_and_works(owner):
    page, text = made(owner)
    assert Api(text, base="/api/acme/web").post("tasks", {"name": "hello"}).status_code == 201
    key = ApiKey.objects.get()
    assert (key.name, key.project.slug, set(key.scopes)) == ("importer", "web", set(TASK_SCOPES))
    assert key.creator.email == "owner@acme.example"
    assert text in unescape(re.search(r'<code id="line">([^<]+)</code>', page)[1])
    for path in (KEYS, f"{KEYS}{key.pk}/"):
        shown = owner.get(path).content.decode()
        assert text not in shown
        assert key.prefix in shown
    assert text not in str(dict(owner.session.items()))


def test_the_answer_with_a_key_is_kept_by_nobody(owner):
    response = owner.post(KEYS, {"name": "a", "project": "web", "scopes": ["read:tasks"]})
    assert "no-store" in response.headers["Cache-Control"]
    assert "Location" not in response.headers


@pytest.mark.parametrize(
    ("scopes", "reach", "line"),
    [
        (["create:tasks"], "web", "/api/acme/web/tasks -H 'Authorization: Bearer {}' -H 'Content-Type"),
        (["access:tasks"], "web", "/api/acme/web/tasks -H 'Authorization: Bearer {}'"),
        (["update:tasks"], "web", "/api/acme/projects -H"),
        (["admin"], "", "/api/acme/web/tasks -H 'Authorization: Bearer {}' -H 'Content-Type"),
    ],
)
def test_the_line_for_a_shell_does_what_the_key_may(owner, scopes, reach, line):
    page, text = made(owner, scopes=scopes, project=reach)
    shown = unescape(re.search(r'<code id="line">([^<]+)</code>', page)[1])
    assert shown.startswith("curl -sS http://testserver/api/acme/")
    assert line.format(text) in shown


def test_a_last_day_is_a_whole_day(owner):
    made(owner, expires="2099-12-31")
    assert ApiKey.objects.get().expires == datetime.datetime(2099, 12, 31, 23, 59, 59, 999999, datetime.UTC)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"name": ""}, "This field is required", id="no name"),
        pytest.param({"name": "x" * 256}, "at most 255", id="long name"),
        pytest.param({"scopes": []}, "This field is required", id="no scopes"),
        pytest.param({"scopes": ["rule:all"]}, "is not one of the available", id="no such scope"),
        pytest.param({"project": "nowhere"}, "is not one of the available", id="no such project"),
        pytest.param({"expires": "2001-01-01"}, "This moment has passed", id="past"),
        pytest.param({"expires": "soon"}, "Enter a valid date", id="no date"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(owner, fields, said):
    response = owner.post(KEYS, {"name": "kept-name", "project": "web", "scopes": ["read:tasks"], **fields})
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert "name" in fields or "kept-name" in page
    assert "It is marked below." in page  # under a list that may be long
    assert "It is marked below." not in owner.get(KEYS).content.decode()
    assert not ApiKey.objects.exists()


def test_an_admin_gives_out_no_more_than_he_may(deputy):
    response = deputy.post(KEYS, {"name": "a", "project": "", "scopes": ["admin"]})
    assert response.status_code == 422
    assert "Only an owner may give out the admin scope" in response.content.decode()
    made(deputy, scopes=["admin"], project="web")


def test_the_list_says_what_each_key_is(owner, organization, project):
    now = timezone.now()
    ApiKey.objects.issue(organization, name="whole", scopes=[Scope.ADMIN])
    ApiKey.objects.issue(organization, project, name="used", last_used=now - datetime.timedelta(minutes=5))
    ApiKey.objects.issue(organization, project, name="over", expires=now - datetime.timedelta(days=1))
    ApiKey.objects.issue(organization, project, name="gone", revoked=now - datetime.timedelta(hours=2))
    page = owner.get(KEYS).content.decode()
    for text in ("all projects", "5 min ago", "expired", "revoked", "2 h ago", "never"):
        assert text in page, text
    assert page.index("used") < page.index("gone")


def test_of_one_project_are_shown_those_that_reach_it(owner, organization, project, other_project):
    ApiKey.objects.issue(organization, name="everywhere")
    ApiKey.objects.issue(organization, project, name="of-web")
    ApiKey.objects.issue(organization, other_project, name="of-billing")
    page = owner.get(KEYS, {"project": "web"}).content.decode()
    assert "everywhere" in page
    assert "of-web" in page
    assert "of-billing" not in page


def test_a_key_is_changed(owner, organization, project):
    key, _ = ApiKey.objects.issue(organization, project, name="old")
    expires = datetime.datetime(2099, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    ApiKey.objects.filter(pk=key.pk).update(expires=expires)
    fields = {"name": "new", "scopes": ["read:tasks"], "expires": "2099-01-02"}
    response = owner.post(f"{KEYS}{key.pk}/", fields, follow=True)
    assert "The key “new” is changed." in response.content.decode()
    key.refresh_from_db()
    assert (key.name, key.scopes, key.expires) == ("new", ["read:tasks"], expires)
    assert owner.post(f"{KEYS}{key.pk}/", {**fields, "expires": ""}).status_code == 302
    key.refresh_from_db()
    assert key.expires is None


def test_a_revoked_key_opens_nothing_and_stays_to_be_seen(owner):
    _, text = made(owner)
    key = ApiKey.objects.get()
    response = owner.post(f"{KEYS}{key.pk}/", {"revoke": "1"}, follow=True)
    assert "is revoked." in response.content.decode()
    assert Api(text, base="/api/acme/web").get("tasks").status_code == 401
    page = owner.get(f"{KEYS}{key.pk}/").content.decode()
    assert "A revoked key opens nothing" in page
    assert '<button class="danger"' not in page
    response = owner.post(f"{KEYS}{key.pk}/", {"name": "again", "scopes": ["read:tasks"]})
    assert response.status_code == 422
    assert "A revoked key stays as it is" in response.content.decode()


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_keys_are_for_administrators(organization, project, role):
    key, _ = ApiKey.objects.issue(organization, project, name="a")
    browser = browser_of(organization, role)
    for path in (KEYS, f"{KEYS}{key.pk}/"):
        assert browser.get(path).status_code == 403
        assert browser.post(path, {"revoke": "1"}).status_code == 403
    assert ApiKey.objects.get().revoked is None


def test_strangers_find_nothing(owner, stranger):
    theirs, _ = ApiKey.objects.issue(stranger.organization, stranger, name="theirs")
    assert "theirs" not in owner.get(KEYS).content.decode()
    for path in (f"{KEYS}{theirs.pk}/", "/a/globex/keys/", f"/a/globex/keys/{theirs.pk}/", f"{KEYS}0/", f"{KEYS}x/"):
        assert owner.get(path).status_code == 404, path
        assert owner.post(path, {"revoke": "1"}).status_code == 404, path
    assert owner.get(KEYS, {"project": "nowhere"}).status_code == 404
    assert Client().get(KEYS).status_code == 302


def test_forms_without_their_token_are_refused(owner, organization, project):
    key, _ = ApiKey.objects.issue(organization, project, name="a")
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(User.objects.get(email="owner@acme.example"))
    assert careful.post(KEYS, {"name": "b", "scopes": ["admin"]}).status_code == 403
    assert careful.post(f"{KEYS}{key.pk}/", {"revoke": "1"}).status_code == 403


def test_names_are_only_text(owner, organization, project):
    name = '<img src=x onerror=alert(1)>"onx='
    key, _ = ApiKey.objects.issue(organization, project, name=name)
    for path in (KEYS, f"{KEYS}{key.pk}/"):
        page = owner.get(path).content.decode()
        assert "<img" not in page
        assert '"onx=' not in page


def test_queries_do_not_grow_with_keys(owner, organization, project, django_assert_max_num_queries):
    for number in range(30):
        ApiKey.objects.issue(organization, project, name=f"k{number}")
    with django_assert_max_num_queries(7):
        assert "k29" in owner.get(KEYS).content.decode()
